"""Use cases of bringing a file in: receive, look, choose, publish, discard."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, defer

from content_packages.authoring.differences import Weight
from content_packages.authoring.numbering import lowest_version
from content_packages.errors import PackageHasErrors
from content_packages.import_errors import ImportAlreadySettled, ImportNotFound, PackageNotImported
from content_packages.imports.choices import ImportChoices
from content_packages.imports.models import ContentImport
from content_packages.imports.reading import ReadImport, read_import, recognise_format
from content_packages.library import PublishedVersion, find_current_version, publish_package

_FIRST_VERSION = "0.1.0"


@dataclass(frozen=True)
class Preview:
    """A file as it would be published now.

    Attributes:
        version: number that the package would get.
        replaces: the package's current version; None for a new package.
    """

    row: ContentImport
    choices: ImportChoices
    version: str
    replaces: PublishedVersion | None
    read: ReadImport


def receive_file(
    session: Session, file_name: str, content: bytes, *, choices: ImportChoices, by: str, now: datetime
) -> str:
    """Keeps a file aside and returns its id; nothing in it is active.

    Raises:
        ImportFormatUnknown: the file is of no kind that is read.
    """
    row = ContentImport(
        id=secrets.token_hex(16),
        file_name=file_name,
        format=recognise_format(file_name, content),
        content=content,
        digest=hashlib.sha256(content).hexdigest(),
        choices=choices.to_json(),
        received_at=now,
        received_by=by,
        state="waiting",
        settled_by="",
    )
    session.add(row)
    session.flush()
    return row.id


def list_imports(session: Session, *, limit: int) -> Sequence[ContentImport]:
    """The newest files first, without their bytes."""
    newest = select(ContentImport).order_by(ContentImport.received_at.desc(), ContentImport.id).limit(limit)
    return session.scalars(newest.options(defer(ContentImport.content))).all()


def find_import(session: Session, import_id: str) -> ContentImport:
    """The file with this id.

    Raises:
        ImportNotFound: there is none.
    """
    row = session.get(ContentImport, import_id)
    if row is None:
        raise ImportNotFound("No file with this id was brought in. It may have been removed with its time.")
    return row


def choose(session: Session, import_id: str, choices: ImportChoices) -> None:
    """Keeps other choices for a waiting file.

    Raises:
        ImportNotFound: there is none.
        ImportAlreadySettled: it was published or discarded.
        ImportChoiceRefused: a field has another form.
    """
    _waiting(session, import_id).choices = choices.check().to_json()
    session.flush()


def look(session: Session, import_id: str, *, today: date) -> Preview:
    """The file read with the choices made so far.

    Raises:
        ImportNotFound: there is none.
    """
    row = find_import(session, import_id)
    choices = ImportChoices.from_json(row.choices)
    current = find_current_version(session, choices.package_id)
    # An import replaces the whole bank, keys included; that is what MAJOR says.
    version = lowest_version(current.version, Weight.MAJOR) if current else _FIRST_VERSION
    read = read_import(
        row.format, row.content, file_name=row.file_name, choices=choices, version=version, today=today
    )
    return Preview(row, choices, version, current, read)


def publish_import(
    session: Session, import_id: str, *, by: str, now: datetime, today: date
) -> PublishedVersion:
    """Publishes a waiting file as a package of its own.

    Raises:
        ImportNotFound: there is none.
        ImportAlreadySettled: it was published or discarded.
        ImportChoiceRefused: a choice is missing.
        PackageNotImported: a package of that id exists and did not come from a file.
        PackageHasErrors: some questions have errors, and they are not to be left out.
    """
    row = _waiting(session, import_id)
    preview = look(session, import_id, today=today)
    preview.choices.check()
    if preview.replaces is not None and not _came_from_a_file(session, preview.replaces):
        raise PackageNotImported(
            f"The package {preview.choices.package_id} was not made from a file. Choose another id."
        )
    if preview.read.compiled is None:
        raise PackageHasErrors("No question of the file could be read.")
    published = publish_package(session, preview.read.compiled, now=now, by=by)
    row.state, row.settled_at, row.settled_by = "published", now, by
    row.published_digest = published.digest
    session.flush()
    return published


def discard_import(session: Session, import_id: str, *, by: str, now: datetime) -> None:
    """Throws the bytes of a waiting file away; who did it and when stays.

    Raises:
        ImportNotFound: there is none.
        ImportAlreadySettled: it was published or discarded.
    """
    row = _waiting(session, import_id)
    row.content = b""
    row.state, row.settled_at, row.settled_by = "discarded", now, by
    session.flush()


def _waiting(session: Session, import_id: str) -> ContentImport:
    row = find_import(session, import_id)
    if row.state != "waiting":
        raise ImportAlreadySettled("The file was already published or discarded. Bring it in again.")
    return row


def _came_from_a_file(session: Session, version: PublishedVersion) -> bool:
    known = select(ContentImport.id).where(ContentImport.published_digest == version.digest).limit(1)
    return session.scalar(known) is not None
