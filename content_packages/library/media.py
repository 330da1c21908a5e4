"""Pictures and other files of published versions."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content_packages.errors import ItemNotFound
from content_packages.library.models import ContentMedia


@dataclass(frozen=True)
class StoredMedia:
    """A file as a page gets it."""

    media_type: str
    content: bytes


def read_media(session: Session, name: str) -> StoredMedia:
    """The file of that name (`<sha256>.<ending>`).

    Raises:
        ItemNotFound: no published version shows such a file.
    """
    found = session.get(ContentMedia, name)
    if found is None:
        raise ItemNotFound("No published version shows this file.")
    return StoredMedia(found.media_type, found.content)


def find_media_bytes(session: Session, name: str) -> bytes | None:
    """The bytes of the file of that name; None when no published version shows it."""
    found = session.get(ContentMedia, name)
    return None if found is None else found.content
