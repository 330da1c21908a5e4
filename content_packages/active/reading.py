"""A file that somebody brings in -> its course, its files, and everything that is wrong (no database)."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from content_packages.archive import ArchiveLimits, ArchiveRefused, SafeArchive, SeekableBytes, open_archive
from content_packages.authoring.findings import Finding
from content_packages.formats import cmi5_in, h5p_in, scorm_in, tincan_in
from content_packages.formats.course_structure import CourseStructure

_LARGEST_MANIFEST: Final = 32 * 1024 * 1024
_ZIP_START: Final = b"PK"
_CHUNK: Final = 1024 * 1024

_Reader = Callable[..., tuple[CourseStructure | None, tuple[Finding, ...]]]

#: Path of a description -> its reader, in the order in which they are looked for.
READERS: Final[Mapping[str, _Reader]] = {
    cmi5_in.MANIFEST: cmi5_in.read_cmi5,
    scorm_in.MANIFEST: scorm_in.read_scorm,
    tincan_in.MANIFEST: tincan_in.read_tincan,
    h5p_in.MANIFEST: h5p_in.read_h5p,
}


@dataclass(frozen=True)
class ReadCourse:
    """What became of a file.

    Attributes:
        course: None when it cannot be published.
        findings: errors and warnings, with places.
        archive: None for a bare cmi5.xml, and for a file that is refused as a whole.
        digest: SHA-256 of the file, hexadecimal.
        downloads: paths that are to be sent as downloads whatever their ending.
    """

    course: CourseStructure | None
    findings: tuple[Finding, ...]
    archive: SafeArchive | None
    digest: str
    downloads: frozenset[str] = frozenset()

    @property
    def may_publish(self) -> bool:
        """Whether nothing speaks against it."""
        return self.course is not None and not any(one.severity == "error" for one in self.findings)


def read_course(file: SeekableBytes, *, file_name: str, limits: ArchiveLimits) -> ReadCourse:
    """Reads a zip of any known kind, or a bare cmi5.xml; nothing is refused by raising.

    Args:
        file: stays open as long as the archive in the answer is read.
    """
    digest = _digest_of(file)
    if _begins_like_a_zip(file, file_name):
        try:
            return _read_archive(open_archive(file, limits=limits, name=file_name), digest, file_name)
        except ArchiveRefused as refused:
            return ReadCourse(None, refused.findings, None, digest)
    if not file_name.lower().endswith(".xml"):
        finding = Finding(file_name, 1, "14.0.0.0-1", "không phải gói zip, cũng không phải tệp cmi5.xml")
        return ReadCourse(None, (finding,), None, digest)
    file.seek(0)
    course, findings = cmi5_in.read_cmi5(file.read(_LARGEST_MANIFEST + 1), has_file=None)
    return ReadCourse(course, findings, None, digest)


def _read_archive(archive: SafeArchive, digest: str, file_name: str) -> ReadCourse:
    manifest = next((path for path in READERS if path in archive), None)
    if manifest is None:
        return ReadCourse(None, (_no_manifest(archive, file_name),), None, digest)
    pictures = archive.find_active_pictures()
    content = archive.read(manifest, at_most=_LARGEST_MANIFEST)
    course, findings = READERS[manifest](content, has_file=archive.__contains__)
    found = (*findings, *archive.warnings, *pictures)
    return ReadCourse(course, found, archive, digest, frozenset(one.path for one in pictures))


def _no_manifest(archive: SafeArchive, file_name: str) -> Finding:
    """Says where the description is, when it only lies one folder too deep."""
    deeper = _deeper([one.path for one in archive.members])
    if deeper:
        words = f"{deeper} phải nằm ngay ở gốc gói; hãy nén nội dung bên trong thư mục, không nén cả thư mục"
    else:
        words = f"gói không có tệp mô tả nào ({', '.join(READERS)}) ở gốc"
    return Finding(file_name, 1, "14.1.0.0-2", words)


def _deeper(paths: Sequence[str]) -> str:
    return next((path for path in paths if path.rpartition("/")[2] in READERS), "")


def _begins_like_a_zip(file: SeekableBytes, file_name: str) -> bool:
    file.seek(0)
    return file.read(2) == _ZIP_START or file_name.lower().endswith((".zip", ".h5p"))


def _digest_of(file: SeekableBytes) -> str:
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
