"""A file of somebody's becomes a staged course: read, its bytes kept, then noted."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from content_packages.active.files import KeptFile, keep_files
from content_packages.active.reading import ReadCourse, read_course
from content_packages.archive import ArchiveLimits, ArchiveRefused, SeekableBytes
from xapi_bridge.store.blobs import Blobs


@dataclass(frozen=True)
class TakenIn:
    """What was read, and which bytes are kept for it."""

    read: ReadCourse
    files: Sequence[KeptFile]


def take_in(file: SeekableBytes, *, file_name: str, limits: ArchiveLimits, blobs: Blobs) -> TakenIn:
    """Reads a file, and keeps its bytes when it can be published; the transaction comes afterwards.

    Raises:
        AttachmentStorageUnavailable: the bytes could not be kept.
    """
    read = read_course(file, file_name=file_name, limits=limits)
    if read.archive is None or not read.may_publish:
        return TakenIn(read, ())
    try:
        return TakenIn(read, keep_files(read.archive, blobs, downloads=read.downloads))
    except ArchiveRefused as refused:
        findings = (*refused.findings, *read.findings)
        return TakenIn(replace(read, course=None, findings=findings), ())
