"""The sources: entered, changed, paused, and what a person sees of them."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.errors import (
    IntakeSourceMalformed,
    SourceKeySealed,
    SourceNameTaken,
    SourceNotPulled,
    SourceUnknown,
)
from sync.intake.models import IntakeSource, RejectedStatement
from sync.rollups.rebuild import rebuild_rollups
from xapi_bridge.lrs_account import LrsAccount
from xapi_bridge.sealing import sealer
from xapi_bridge.statement import Account
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.postings import TermKey, agent_term
from xapi_bridge.store.terms import find_terms, in_chunks
from xapi_bridge.vocabulary.cchc import source_authority

SourceKind = Literal["lrs", "moodle-logstore", "other"]

KINDS: tuple[SourceKind, ...] = ("lrs", "moodle-logstore", "other")
VERSIONS = ("1.0.3", "2.0.0")
SHORTEST_INTERVAL_SECONDS = 10
LONGEST_INTERVAL_SECONDS = 7 * 24 * 3600

_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\s\x00]+")


@dataclass(frozen=True)
class NewSource:
    """What an operator enters.

    Attributes:
        name: small letters, digits and hyphens; never changes.
        endpoint, key, secret: empty when the source is not pulled.
        verb_iri, activity_iri: filters; empty for none.
        since: only what was stored there after this instant; None for everything.
        trusted: whether its statements may count as learning.
    """

    name: str
    title: str
    kind: SourceKind = "lrs"
    endpoint: str = ""
    xapi_version: str = "1.0.3"
    key: str = ""
    secret: str = ""
    verb_iri: str = ""
    activity_iri: str = ""
    since: datetime | None = None
    interval_seconds: int = 300
    trusted: bool = False


@dataclass(frozen=True)
class SourceState:
    """A source as a page shows it.

    Attributes:
        row: the source itself.
        waiting: rejected statements that wait for a person.
        lag_seconds: since the last reading that came to its end; None for a source that is not pulled, or
            before its first.
    """

    row: IntakeSource
    waiting: int
    lag_seconds: float | None


def add_source(session: Session, new: NewSource, *, secret: str, now: datetime) -> IntakeSource:
    """Enters a source; one with an address is read from now on.

    Args:
        secret: CCHC_SECRET_KEY, under which the password is sealed.

    Raises:
        IntakeSourceMalformed: its name, address, version, interval or a filter.
        SourceNameTaken: another source has the name.
    """
    _check(new)
    if session.scalar(select(IntakeSource.source_id).where(IntakeSource.name == new.name)) is not None:
        raise SourceNameTaken(f"There is a source {new.name} already. Choose another name.")
    row = IntakeSource(
        name=new.name,
        title=new.title.strip(),
        kind=new.kind,
        endpoint=new.endpoint.strip().rstrip("/").removesuffix("/statements"),
        xapi_version=new.xapi_version,
        key=new.key,
        sealed_secret=_sealer(secret).encrypt(new.secret.encode()).decode() if new.secret else "",
        verb_iri=new.verb_iri,
        activity_iri=new.activity_iri,
        trusted=new.trusted,
        interval_seconds=new.interval_seconds,
        read_through=new.since,
        created_at=now,
        due_at=now if new.endpoint else None,
    )
    session.add(row)
    session.flush()
    return row


def change_key(session: Session, name: str, *, key: str, password: str, secret: str, now: datetime) -> None:
    """Another key at the source; it is tried at once.

    Raises:
        SourceUnknown, SourceNotPulled.
    """
    row = find_source(session, name, locked=True)
    _require_pulled(row)
    row.key, row.sealed_secret = key, _sealer(secret).encrypt(password.encode()).decode()
    _make_due(row, now=now)


def pause_source(session: Session, name: str, *, now: datetime) -> None:
    """Stops reading a source; what comes by a key is still taken."""
    row = find_source(session, name, locked=True)
    row.paused_at = row.paused_at or now
    row.due_at = None


def resume_source(session: Session, name: str, *, now: datetime) -> None:
    """Reads a source again, at once, from where it stopped."""
    row = find_source(session, name, locked=True)
    row.paused_at = None
    _make_due(row, now=now)


def trust_source(session: Session, name: str, *, trusted: bool) -> None:
    """Lets the statements of a source count as learning, or no longer.

    What was counted is made anew from the statements, because earlier ones of the source count otherwise now.
    """
    row = find_source(session, name, locked=True)
    if row.trusted != trusted:
        row.trusted = trusted
        rebuild_rollups(session)


def find_source(session: Session, name: str, *, locked: bool = False) -> IntakeSource:
    """The source with this name.

    Raises:
        SourceUnknown: there is none.
    """
    wanted = select(IntakeSource).where(IntakeSource.name == name)
    if locked:
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    row = session.scalars(wanted).one_or_none()
    if row is None:
        raise SourceUnknown("There is no source of this name. `cchc intake list` shows all.")
    return row


def list_sources(session: Session, *, now: datetime) -> list[SourceState]:
    """Every source with its state, by name."""
    rows_waiting = session.execute(
        select(RejectedStatement.source_id, func.count())
        .where(RejectedStatement.decided_at.is_(None))
        .group_by(RejectedStatement.source_id)
    )
    waiting: dict[int, int] = {row[0]: row[1] for row in rows_waiting}
    rows = session.scalars(select(IntakeSource).order_by(IntakeSource.name))
    return [SourceState(row, waiting.get(row.source_id, 0), _lag(row, now=now)) for row in rows]


def account_of(row: IntakeSource, *, secret: str) -> LrsAccount:
    """Our account at the source.

    Raises:
        SourceNotPulled: it has no address.
        SourceKeySealed: CCHC_SECRET_KEY has changed since.
    """
    _require_pulled(row)
    try:
        password = _sealer(secret).decrypt(row.sealed_secret.encode()).decode() if row.sealed_secret else ""
    except InvalidToken as other:
        raise SourceKeySealed(
            f"The password of {row.name} was sealed under another CCHC_SECRET_KEY. Enter it again: "
            f"cchc intake key {row.name}"
        ) from other
    return LrsAccount(row.endpoint, row.key, password, row.xapi_version)


def sources_of(session: Session, statement_ids: Collection[UUID], *, iri_base: str) -> dict[UUID, str]:
    """Which source vouches for each statement: its name; ours and those of other keys are left out."""
    names = list(session.scalars(select(IntakeSource.name)))
    keys = {_authority_term(source_authority(iri_base, name)): name for name in names}
    numbers = {number: keys[key] for key, number in find_terms(session, list(keys)).items()}
    found: dict[UUID, str] = {}
    for chunk in in_chunks(list(statement_ids)):
        rows = session.execute(
            select(StatementRow.statement_id, StatementRow.authority_term_id).where(
                StatementRow.statement_id.in_(chunk)
            )
        )
        found |= {row.statement_id: numbers[row.authority_term_id] for row in rows if row[1] in numbers}
    return found


def filters_of(row: IntakeSource) -> Mapping[str, str]:
    """The parameters of GET /statements that a source is read with."""
    given = {"verb": row.verb_iri, "activity": row.activity_iri}
    return {name: value for name, value in given.items() if value}


def _authority_term(account: Account) -> TermKey:
    return agent_term(("account", account.home_page, account.name))


def _check(new: NewSource) -> None:
    if not _NAME.fullmatch(new.name):
        raise IntakeSourceMalformed(
            "A source's name is 1 to 40 small letters, digits and hyphens, e.g. lrs-bo-y-te."
        )
    if not new.title.strip() or len(new.title) > 160:
        raise IntakeSourceMalformed("A source's title has 1 to 160 characters.")
    if new.kind not in KINDS or new.xapi_version not in VERSIONS:
        raise IntakeSourceMalformed(f"Kinds: {', '.join(KINDS)}; versions: {', '.join(VERSIONS)}.")
    if not SHORTEST_INTERVAL_SECONDS <= new.interval_seconds <= LONGEST_INTERVAL_SECONDS:
        raise IntakeSourceMalformed(f"The interval is {SHORTEST_INTERVAL_SECONDS} seconds to 7 days.")
    if new.endpoint and not _is_web_address(new.endpoint):
        raise IntakeSourceMalformed(
            "The address begins with https:// (or http:// on an intranet) and names a host."
        )
    for iri in (new.verb_iri, new.activity_iri):
        if iri and (not _IRI.fullmatch(iri) or len(iri) > 1000):
            raise IntakeSourceMalformed("Verb and activity filters are IRIs of at most 1000 characters.")


def _is_web_address(address: str) -> bool:
    try:
        parts = urlsplit(address.strip())
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = not (parts.query or parts.fragment or parts.username or parts.password)
    return parts.scheme in {"http", "https"} and has_host and plain and len(address) <= 1000


def _require_pulled(row: IntakeSource) -> None:
    if not row.endpoint:
        raise SourceNotPulled(f"{row.name} has no address: its statements come by a key or in files.")


def _make_due(row: IntakeSource, *, now: datetime) -> None:
    if row.endpoint and row.paused_at is None:
        row.due_at, row.failures = now, 0
        # A reading that another worker still has under way must not overwrite what the operator decided.
        row.claims += 1


def _lag(row: IntakeSource, *, now: datetime) -> float | None:
    if not row.endpoint or row.complete_at is None:
        return None
    return max((now - row.complete_at).total_seconds(), 0.0)


def _sealer(secret: str) -> Fernet:
    return sealer(secret, purpose=b"cchc intake source")
