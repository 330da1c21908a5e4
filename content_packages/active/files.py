"""Bytes of imported courses: kept under their SHA-256, once for all courses that hold them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_packages.active.errors import UnitNotFound
from content_packages.active.models import ActiveFile
from content_packages.archive import SafeArchive
from content_packages.archive_names import DOWNLOAD
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.blobs import Blobs, spooled


class PackageBlobs(Blobs, Protocol):
    """The place that keeps the bytes of imported courses: a port of its own, apart from the attachments."""


@dataclass(frozen=True)
class KeptFile:
    """A file whose bytes are kept.

    Attributes:
        sha256: of the bytes, hexadecimal.
        as_download: never shown as a page.
    """

    path: str
    sha256: str
    size: int
    media_type: str
    as_download: bool


def keep_files(archive: SafeArchive, blobs: Blobs, *, downloads: frozenset[str]) -> list[KeptFile]:
    """Keeps the bytes of every file; no transaction should be open, because this may take minutes.

    Args:
        downloads: paths to be sent as downloads.

    Raises:
        ArchiveRefused: a file contradicts the archive's list of contents.
        AttachmentStorageUnavailable: the bytes could not be kept.
    """
    kept = []
    with spooled(blobs) as folder:
        for member in archive.members:
            sha256 = _keep(archive.open_chunks(member.path), folder / "file", blobs)
            as_download = member.path in downloads or member.media_type == DOWNLOAD
            kept.append(KeptFile(member.path, sha256, member.size, member.media_type, as_download))
    return kept


def _keep(chunks: Iterable[bytes], body: Path, blobs: Blobs) -> str:
    digest = hashlib.sha256()
    with body.open("wb") as file:
        for chunk in chunks:
            digest.update(chunk)
            file.write(chunk)
    sha256 = digest.hexdigest()
    if blobs.size_of(sha256) is None:
        blobs.keep(sha256, body)
    return sha256


def list_files_of(session: Session, package_id: str, files: Iterable[KeptFile]) -> None:
    """Notes which files a course has."""
    rows = [
        {
            "package_id": package_id,
            "path": one.path,
            "sha256": one.sha256,
            "size": one.size,
            "media_type": one.media_type,
            "as_download": one.as_download,
        }
        for one in files
    ]
    insert_if_absent(session, ActiveFile.__table__, rows)


def find_file(session: Session, package_id: str, path: str) -> ActiveFile:
    """The file of a course; a folder gives its index.html.

    Raises:
        UnitNotFound: there is none.
    """
    found = session.get(ActiveFile, (package_id, path))
    if found is None and (not path or path.endswith("/")):
        found = session.get(ActiveFile, (package_id, f"{path}index.html"))
    if found is None:
        raise UnitNotFound(f"The course has no file {path[:80]!r}.")
    return found


def forget_files(session: Session, package_id: str) -> set[str]:
    """Takes the files off the course; returns the hashes that no course names any more.

    Whoever calls discards their bytes after the commit, so that a failed transaction loses nothing.
    """
    mine = set(session.scalars(select(ActiveFile.sha256).where(ActiveFile.package_id == package_id)))
    session.execute(delete(ActiveFile).where(ActiveFile.package_id == package_id))
    session.flush()
    still = set(session.scalars(select(ActiveFile.sha256).where(ActiveFile.sha256.in_(mine))))
    return mine - still
