"""Catalogue of published package versions: immutable, content-addressed."""

from content_packages.library.publish import publish_package
from content_packages.library.versions import (
    PublishedVersion,
    find_current_version,
    find_version,
    list_current_packages,
    read_package,
)

__all__ = [
    "PublishedVersion",
    "find_current_version",
    "find_version",
    "list_current_packages",
    "publish_package",
    "read_package",
]
