"""Where the bytes of attachments are kept: under their SHA-2, so they can be checked and never clash."""

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

from xapi_bridge.errors import AttachmentLost, AttachmentStorageUnavailable

#: Bytes read or written at once; no attachment is ever in memory as a whole.
CHUNK_BYTES = 64 * 1024

#: xAPI names the algorithm by the length of the hash, in hexadecimal digits.
_ALGORITHMS = {56: "sha224", 64: "sha256", 96: "sha384", 128: "sha512"}


class Blobs(Protocol):
    """A place that keeps bytes under their hash: a folder or a bucket."""

    @property
    def spool(self) -> Path:
        """A folder for bytes that are still coming in."""

    def keep(self, sha2: str, body: Path) -> None:
        """Keeps the file's bytes for good before it returns; the file itself may be gone afterwards.

        Bytes that are kept already are written again: that repairs them.

        Raises:
            AttachmentStorageUnavailable: they could not be kept.
        """

    def size_of(self, sha2: str) -> int | None:
        """How many bytes are kept under the hash, None if there are none.

        Raises:
            AttachmentStorageUnavailable: the storage does not answer.
        """

    def read(self, sha2: str, *, start: int = 0) -> Iterator[bytes]:
        """The bytes from `start` on, in pieces.

        Raises:
            AttachmentLost, AttachmentStorageUnavailable: when the first piece is asked for, or later.
        """

    def discard(self, sha2: str) -> None:
        """Removes the bytes, if they are there."""

    def list_kept(self) -> Iterator[str]:
        """The hashes of everything that is kept, in any order."""


def hash_named_by(sha2: str) -> "hashlib._Hash":
    """A fresh computation with the algorithm that a hash of this length was made with."""
    return hashlib.new(_ALGORITHMS[len(sha2)])


def is_sha2(text: str) -> bool:
    """Whether the text is a lower-case SHA-224, SHA-256, SHA-384 or SHA-512."""
    return len(text) in _ALGORITHMS and not set(text) - set("0123456789abcdef")


def address_of(sha2: str) -> str:
    """The name under which bytes are kept: two levels of folders, so that none grows too full."""
    return f"{sha2[:2]}/{sha2[2:4]}/{sha2}"


@contextmanager
def spooled(blobs: Blobs) -> Iterator[Path]:
    """A folder for one request; what is left in it at the end is removed.

    Raises:
        AttachmentStorageUnavailable: the folder cannot be made.
    """
    with storage_written():
        _make_folder(blobs.spool)
        made = TemporaryDirectory(dir=blobs.spool, ignore_cleanup_errors=True)
    with made as folder:
        yield Path(folder)


@contextmanager
def storage_written() -> Iterator[None]:
    """Turns what the operating system says about a full or broken disk into a refusal."""
    try:
        yield
    except OSError as failed:
        reason = errno.errorcode.get(failed.errno or 0, "error")
        raise AttachmentStorageUnavailable(
            f"The attachment storage cannot be written ({reason}). Nothing was stored; send the request "
            "again when the operator has made room."
        ) from failed


def sweep_spool(spool: Path, *, before: datetime) -> int:
    """Removes what killed processes left in the spool; returns how many folders.

    Args:
        before: only what was begun earlier, so that running requests keep theirs.
    """
    if not spool.is_dir():
        return 0
    left = [one for one in spool.iterdir() if one.is_dir() and one.stat().st_mtime < before.timestamp()]
    for folder in left:
        shutil.rmtree(folder, ignore_errors=True)
    return len(left)


class FolderBlobs:
    """Bytes as files of one folder, ab/cd/abcd….

    A file appears under its name when all its bytes are on the disk, never before.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def spool(self) -> Path:
        # In the same file system, so that a finished file is moved and not copied.
        return self._folder / "incoming"

    def keep(self, sha2: str, body: Path) -> None:
        with storage_written():
            place = self._place(sha2)
            _make_folder(place.parent)
            body.chmod(0o600)
            _flush(body)
            body.replace(place)
            _flush(place.parent)

    def size_of(self, sha2: str) -> int | None:
        try:
            return self._place(sha2).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, sha2: str, *, start: int = 0) -> Iterator[bytes]:
        try:
            with self._place(sha2).open("rb") as file:
                file.seek(start)
                while chunk := file.read(CHUNK_BYTES):
                    yield chunk
        except FileNotFoundError as missing:
            raise lost(sha2) from missing

    def discard(self, sha2: str) -> None:
        with suppress(FileNotFoundError):
            self._place(sha2).unlink()

    def list_kept(self) -> Iterator[str]:
        for place in self._folder.glob("??/??/*"):
            if is_sha2(place.name):
                yield place.name

    def _place(self, sha2: str) -> Path:
        return self._folder / address_of(sha2)


def lost(sha2: str) -> AttachmentLost:
    """The refusal that says which bytes are gone, and what reader and operator can do."""
    return AttachmentLost(
        f"The bytes of the attachment {sha2} are not in the storage. Ask without attachments=true for the "
        "statements alone; the operator restores the storage (cchc attachments check)."
    )


def _make_folder(folder: Path) -> None:
    """Makes the folder and those above it, for the owner alone, and so that they survive a power cut."""
    if folder.is_dir():
        return
    _make_folder(folder.parent)
    folder.mkdir(mode=0o700, exist_ok=True)
    _flush(folder.parent)


def _flush(place: Path) -> None:
    """Waits until a file's bytes, or a folder's entries, are on the disk."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
