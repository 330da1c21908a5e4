"""Native source folder -> lint -> one canonical JSON (pure)."""

from content_packages.authoring.findings import Finding
from content_packages.authoring.package import CompiledPackage, build

__all__ = ["CompiledPackage", "Finding", "build"]
