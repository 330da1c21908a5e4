"""The audit log: who was shown which records of learners, and which operator changed who may ask.

A reading is kept before it is answered. People stand in it as keyed digests: the log answers "who read the
records of this person" for whoever knows the person, and tells nobody else whom it is about.
"""

import hmac
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from sqlalchemy import Connection, Select, delete, insert, select
from sqlalchemy.orm import Session

from xapi_bridge.database import instant_written, tell_driver
from xapi_bridge.store.audit_models import ActionRow, ReadingRow

ReaderKind = Literal["key", "token", "operator", "teacher", "command"]

_LONGEST_VALUE: Final = 400
_LONGEST_ASKED: Final = 4000
_LONGEST_READER: Final = 200
#: Rows removed in one command, so that a reading waits no longer than that takes.
_PRUNED_AT_ONCE: Final = 5000
_READING_COLUMNS: Final = "read_at, reader_kind, reader, resource, asked, person_digest, records, request_id"
#: By the driver itself: every reading at the door waits for this.
_ADD_READING: Final = f"INSERT INTO xapi_reading ({_READING_COLUMNS}) VALUES "  # noqa: S608 - our own names
#: What may hold a name or an address: kept as a digest.
_PERSONAL: Final = re.compile(r"@|%40", re.IGNORECASE)
#: Parameters that say nothing about what was asked.
_DROPPED: Final = frozenset({"cursor", "csrf_token"})


@dataclass(frozen=True)
class Reader:
    """Who was shown something: a key, the subject of a token, an operator, a teacher, or the command line."""

    kind: ReaderKind
    name: str


@dataclass(frozen=True)
class Reading:
    """One entry.

    Attributes:
        resource: what was read, for example `statements`.
        asked: JSON text in which people are digests, from `redact_asked`.
        person_digest: of the person asked for, from `digest_person`.
        records: how many were answered.
    """

    read_at: datetime
    reader: Reader
    resource: str
    asked: str
    person_digest: str | None
    records: int
    request_id: str
    reading_id: int = 0


@dataclass(frozen=True)
class ReadingFilter:
    """All must match; None means any. `since` is included, `until` is not."""

    reader: str | None = None
    person_digest: str | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Action:
    """What an operator did. `particulars` is JSON text."""

    done_at: datetime
    operator: str
    action: str
    subject: str
    particulars: str
    action_id: int = 0


def digest_person(identifier: Iterable[str], *, secret: bytes) -> str:
    """What stands in the log for a person: 32 hexadecimal digits.

    Args:
        identifier: as `Actor.identifier` gives it.
        secret: without it nobody can try names against the log.
    """
    return hmac.digest(secret, b"audit-person\n" + " ".join(identifier).encode(), "sha256").hex()[:32]


def redact_asked(asked: Mapping[str, Any], *, secret: bytes) -> str:
    """Parameters as JSON text, sorted; `agent` and whatever holds an e-mail address become digests."""
    kept = {name: _redacted(name, str(asked[name]), secret) for name in sorted(asked) if name not in _DROPPED}
    text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    return (
        text if len(text) <= _LONGEST_ASKED else json.dumps({"digest": digest_person([text], secret=secret)})
    )


def note_reading(connection: Connection, reading: Reading) -> None:
    """Adds an entry; `reading_id` of the argument does not count."""
    mark = "%s" if connection.dialect.name == "postgresql" else "?"
    values = (
        instant_written(connection, reading.read_at),
        reading.reader.kind,
        reading.reader.name[:_LONGEST_READER],
        reading.resource,
        reading.asked,
        reading.person_digest,
        reading.records,
        reading.request_id,
    )
    tell_driver(connection, f"{_ADD_READING}({', '.join([mark] * len(values))})", values)


def note_action(
    session: Session, action: str, *, operator: str, subject: str, now: datetime, **particulars: Any
) -> None:
    """Adds what an operator did, in the transaction that does it.

    Args:
        action: a past-tense event, for example `credential_revoked`.
        particulars: JSON values; no secrets and no names of learners.
    """
    session.execute(
        insert(ActionRow),
        {
            "done_at": now,
            "operator": operator,
            "action": action,
            "subject": subject,
            "particulars": json.dumps(particulars, ensure_ascii=False, sort_keys=True),
        },
    )


def list_readings(
    session: Session, wanted: ReadingFilter, *, limit: int, before: int | None = None
) -> Sequence[Reading]:
    """Entries that match, newest first.

    Args:
        before: only entries older than the one with this `reading_id`, for the next page.
    """
    selected = _matching(select(ReadingRow), wanted).order_by(ReadingRow.reading_id.desc()).limit(limit)
    if before is not None:
        selected = selected.where(ReadingRow.reading_id < before)
    return [_reading_from_row(row) for row in session.scalars(selected)]


def list_actions(session: Session, *, limit: int, before: int | None = None) -> Sequence[Action]:
    """What operators did, newest first; `before` as in `list_readings`."""
    selected = select(ActionRow).order_by(ActionRow.action_id.desc()).limit(limit)
    if before is not None:
        selected = selected.where(ActionRow.action_id < before)
    return [
        Action(row.done_at, row.operator, row.action, row.subject, row.particulars, row.action_id)
        for row in session.scalars(selected)
    ]


def prune_readings(session: Session, *, older_than: datetime) -> int:
    """Removes some of the entries from before an instant; returns how many, 0 when none is left.

    Call it again, each time in a transaction of its own, until it returns 0.
    """
    oldest = select(ReadingRow.reading_id).where(ReadingRow.read_at < older_than)
    numbers = session.scalars(oldest.order_by(ReadingRow.read_at).limit(_PRUNED_AT_ONCE)).all()
    if numbers:
        session.execute(
            delete(ReadingRow)
            .where(ReadingRow.reading_id.in_(oldest.order_by(ReadingRow.read_at).limit(_PRUNED_AT_ONCE)))
            .execution_options(synchronize_session=False)
        )
    return len(numbers)


def _matching(selected: "Select[ReadingRow]", wanted: ReadingFilter) -> "Select[ReadingRow]":
    if wanted.reader is not None:
        selected = selected.where(ReadingRow.reader == wanted.reader)
    if wanted.person_digest is not None:
        selected = selected.where(ReadingRow.person_digest == wanted.person_digest)
    if wanted.since is not None:
        selected = selected.where(ReadingRow.read_at >= wanted.since)
    if wanted.until is not None:
        selected = selected.where(ReadingRow.read_at < wanted.until)
    return selected


def _redacted(name: str, value: str, secret: bytes) -> str:
    if name == "agent" or _PERSONAL.search(value) or len(value) > _LONGEST_VALUE:
        return f"digest:{digest_person([value], secret=secret)}"
    return value


def _reading_from_row(row: ReadingRow) -> Reading:
    return Reading(
        read_at=row.read_at,
        reader=Reader(row.reader_kind, row.reader),  # type: ignore[arg-type]
        resource=row.resource,
        asked=row.asked,
        person_digest=row.person_digest,
        records=row.records,
        request_id=row.request_id,
        reading_id=row.reading_id,
    )
