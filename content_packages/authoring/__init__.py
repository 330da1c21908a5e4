"""Native source folder -> lint -> one canonical JSON (pure)."""

from content_packages.authoring.findings import Finding
from content_packages.authoring.overlay import BasePackage, base_from_canonical
from content_packages.authoring.package import CompiledPackage, build
from content_packages.authoring.sources import read_extends

__all__ = ["BasePackage", "CompiledPackage", "Finding", "base_from_canonical", "build", "read_extends"]
