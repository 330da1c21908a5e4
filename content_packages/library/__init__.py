"""Catalogue of published package versions: immutable, content-addressed."""

from content_packages.library.following import Following, following
from content_packages.library.publish import publish_package, roll_back
from content_packages.library.versions import (
    PublishedVersion,
    Release,
    find_base,
    find_current_version,
    find_numbered_version,
    find_version,
    list_current_packages,
    list_releases,
    list_versions,
    read_canonical,
    read_findings,
    read_package,
)

__all__ = [
    "Following",
    "PublishedVersion",
    "Release",
    "find_base",
    "find_current_version",
    "find_numbered_version",
    "find_version",
    "following",
    "list_current_packages",
    "list_releases",
    "list_versions",
    "publish_package",
    "read_canonical",
    "read_findings",
    "read_package",
    "roll_back",
]
