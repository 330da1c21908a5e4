"""Reading other record stores: page by page, oldest first, never past what they call certain.

A reading begins behind the bookmark and follows `more` to its end. Each page is taken in with the bookmark in
one transaction; between pages nothing is locked. If a process dies, the lease ends and the next one goes on
from `more`, or from the bookmark where the source no longer knows it: statements that come twice are known by
their ids.

The bookmark moves to the last `stored` before the newest one of a page, because the next page may have more
of the newest instant; at the end of a reading to the newest, but never past Consistent-Through: what is
stored later may still get company. A source that does not send Consistent-Through is read again with an
overlap.
"""

import secrets
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import msgspec
import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.errors import IntakeRefused, SourcePagingBroken
from sync.intake.models import IntakeSource
from sync.intake.sources import account_of, filters_of
from sync.intake.taking import Taken, take_statements
from sync.ports import RemoteLrs
from xapi_bridge.errors import RuleBroken
from xapi_bridge.lrs_account import LrsAccount, RemotePage
from xapi_bridge.remote_errors import RemoteLrsRefused
from xapi_bridge.statement.errors import TimestampMalformed
from xapi_bridge.statement.formats import instant_from_timestamp

#: Statements asked for in one page: some tenths of a second of the store's lock.
PAGE = 200
#: Pages per run, so that one source does not keep the others waiting.
MOST_PAGES = 25
#: How long a claimed source belongs to its worker; every page that comes renews it.
LEASE = timedelta(minutes=5)
LONGEST_PAUSE_SECONDS = 3600.0
#: What is read again of a source that does not say how far it is consistent.
OVERLAP = timedelta(seconds=60)
#: How far ahead another store's clock may be before its word about later instants is not believed.
CLOCK_TOLERANCE = timedelta(minutes=5)
#: Empty pages with `more` in a row before a reading is given up.
_MOST_EMPTY_PAGES = 3

OpenTransaction = Callable[[], AbstractContextManager[Session]]

_RANDOM = secrets.SystemRandom()

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Claim:
    """One reading of one source by one worker."""

    source_id: int
    number: int
    account: LrsAccount
    filters: dict[str, str]
    since: datetime | None
    more: str


@dataclass
class _Seen:
    """What this run has seen of a source, to notice pages that repeat themselves."""

    addresses: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)
    empty_pages: int = 0


class _Stamped(msgspec.Struct):
    id: str = ""
    stored: str = ""


_read_stamp = msgspec.json.Decoder(_Stamped)


def is_source_due(session: Session, *, now: datetime) -> bool:
    """Whether a source waits to be read; asks without locking."""
    due = select(IntakeSource.source_id).where(IntakeSource.due_at <= now).limit(1)
    return session.scalar(due) is not None


def pull_due_sources(
    open_transaction: OpenTransaction,
    remote: RemoteLrs,
    *,
    secret: str,
    iri_base: str,
    clock: Callable[[], datetime],
    most_pages: int = MOST_PAGES,
) -> Taken:
    """Reads every source that is due, one after the other; several workers may do this at once.

    Args:
        open_transaction: opens a session that commits at the end of its block. Asking happens outside.
        secret: CCHC_SECRET_KEY, which opens the passwords.
        iri_base: home page of the accounts that vouch for the sources.
    """
    taken = Taken()
    tried: set[int] = set()
    while True:
        with open_transaction() as session:
            claim = _claim_due_source(session, tried, secret=secret, now=clock())
        if claim is None:
            return taken
        tried.add(claim.source_id)
        taken += _read(open_transaction, remote, claim, iri_base=iri_base, clock=clock, most_pages=most_pages)


def _claim_due_source(session: Session, tried: set[int], *, secret: str, now: datetime) -> _Claim | None:
    """The next source that is due; one whose password cannot be opened is noted and passed over."""
    while True:
        row = session.scalars(
            select(IntakeSource)
            .where(IntakeSource.due_at <= now, IntakeSource.source_id.not_in(tried))
            .order_by(IntakeSource.due_at, IntakeSource.source_id)
            .limit(1)
            .with_for_update(skip_locked=True)
        ).one_or_none()
        if row is None:
            return None
        row.claims += 1
        row.due_at = now + LEASE
        try:
            account = account_of(row, secret=secret)
        except IntakeRefused as refused:
            _fail(row, refused, now=now)
            tried.add(row.source_id)
            session.flush()
            continue
        return _Claim(row.source_id, row.claims, account, dict(filters_of(row)), row.read_through, row.more)


def _read(
    open_transaction: OpenTransaction,
    remote: RemoteLrs,
    claim: _Claim,
    *,
    iri_base: str,
    clock: Callable[[], datetime],
    most_pages: int,
) -> Taken:
    taken, more, seen = Taken(), claim.more, _Seen()
    for _ in range(most_pages):
        try:
            page = _ask(remote, claim, more)
            with open_transaction() as session:
                row = _held(session, claim)
                if row is None:
                    return taken
                taken += _take_page(session, row, page, seen, iri_base=iri_base, now=clock())
                more = row.more
        except RuleBroken as refused:
            _note_failure(open_transaction, claim, refused, now=clock())
            return taken
        except Exception as broken:
            # One source that trips the reader must not hold up the others.
            log.exception("source_reading_broke", source_id=claim.source_id)
            trouble = IntakeRefused(f"unexpected: {type(broken).__name__}")
            _note_failure(open_transaction, claim, trouble, now=clock())
            return taken
        if not more:
            return taken
    with open_transaction() as session:
        row = _held(session, claim)
        if row is not None:
            # There is more: the next run goes on at once, after the other sources had their turn.
            row.due_at = clock()
    return taken


def _ask(remote: RemoteLrs, claim: _Claim, more: str) -> RemotePage:
    if more:
        return remote.read_more(claim.account, more)
    return remote.read_page(claim.account, since=claim.since, limit=PAGE, filters=claim.filters)


def _held(session: Session, claim: _Claim) -> IntakeSource | None:
    """The source, locked, if the claim is still the newest; else another worker or a person has it."""
    row = session.get(IntakeSource, claim.source_id, with_for_update=True, populate_existing=True)
    return row if row is not None and row.claims == claim.number else None


def _take_page(
    session: Session, row: IntakeSource, page: RemotePage, seen: _Seen, *, iri_base: str, now: datetime
) -> Taken:
    """Takes in one page and moves the bookmark, in the same transaction.

    Raises:
        SourcePagingBroken: the page repeats an earlier one or goes back in time.
    """
    stamps = [_stamp(raw) for raw in page.statements]
    _refuse_repetition(page, stamps, seen, current=row.more)
    instants = [instant for _, instant in stamps if instant is not None]
    _refuse_wrong_order(instants, row.last_stored)
    _move_bookmark(row, page, instants, now=now)
    row.failures, row.trouble_code, row.trouble = 0, "", ""
    row.due_at = now + (LEASE if row.more else timedelta(seconds=row.interval_seconds))
    return take_statements(session, row, page.statements, iri_base=iri_base, now=now)


def _refuse_repetition(
    page: RemotePage, stamps: list[tuple[str, datetime | None]], seen: _Seen, *, current: str
) -> None:
    if page.more and (page.more == current or page.more in seen.addresses):
        raise SourcePagingBroken("A page leads back to itself or to an earlier page of the same reading.")
    ids = {identifier for identifier, _ in stamps if identifier}
    if page.more and ids and ids <= seen.ids:
        raise SourcePagingBroken("A page holds only statements that earlier pages of the reading had.")
    seen.empty_pages = 0 if page.statements or not page.more else seen.empty_pages + 1
    if seen.empty_pages >= _MOST_EMPTY_PAGES:
        raise SourcePagingBroken(f"{seen.empty_pages} empty pages in a row lead on to another.")
    seen.addresses |= {page.more} if page.more else set()
    seen.ids |= ids


def _refuse_wrong_order(instants: list[datetime], last_stored: datetime | None) -> None:
    before = last_stored
    for instant in instants:
        if before is not None and instant < before:
            raise SourcePagingBroken(
                "The statements do not come in the order in which they were stored: `ascending=true` is not "
                "followed, or a page goes back."
            )
        before = instant


def _move_bookmark(row: IntakeSource, page: RemotePage, instants: list[datetime], *, now: datetime) -> None:
    row.ceiling = _earliest(row.ceiling, page.consistent_through)
    certain = _earliest(row.ceiling, now + CLOCK_TOLERANCE)
    if instants:
        row.last_stored = instants[-1]
    if page.more:
        newest = row.last_stored
        finished = [instant for instant in instants if newest is not None and instant < newest]
        if finished:
            row.read_through = _latest(row.read_through, _earliest(finished[-1], certain))
        row.more = page.more
        return
    if row.last_stored is not None:
        end = row.last_stored if row.ceiling is not None else row.last_stored - OVERLAP
        row.read_through = _latest(row.read_through, _earliest(end, certain))
    row.more, row.ceiling, row.last_stored, row.complete_at = "", None, None, now


def _earliest(*instants: datetime | None) -> datetime | None:
    return min((one for one in instants if one is not None), default=None)


def _latest(*instants: datetime | None) -> datetime | None:
    return max((one for one in instants if one is not None), default=None)


def _stamp(raw: bytes) -> tuple[str, datetime | None]:
    """Id and `stored` of a statement; empty and None where they are not what they should be."""
    try:
        stamp = _read_stamp.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return "", None
    try:
        return stamp.id.lower(), instant_from_timestamp(stamp.stored, at="stored").astimezone(UTC)
    except (TimestampMalformed, OverflowError):
        return stamp.id.lower(), None


def _note_failure(
    open_transaction: OpenTransaction, claim: _Claim, refused: RuleBroken, *, now: datetime
) -> None:
    with open_transaction() as session:
        row = _held(session, claim)
        if row is not None:
            _fail(row, refused, now=now)


def _fail(row: IntakeSource, refused: RuleBroken, *, now: datetime) -> None:
    """Notes the trouble and when it is tried again; a reading under way begins anew at the bookmark."""
    row.failures += 1
    row.trouble_code, row.trouble = refused.code, str(refused)[:500]
    if not _may_go_on(refused):
        row.more, row.ceiling, row.last_stored = "", None, None
    asked = getattr(refused, "retry_after_seconds", None) or 0.0
    row.due_at = now + timedelta(seconds=max(pause_seconds(row, drawn=_RANDOM.random()), asked))
    log.warning("source_not_read", source_id=row.source_id, code=refused.code, failures=row.failures)


def _may_go_on(refused: RuleBroken) -> bool:
    """Whether `more` is still good: after a time-out or 5xx, not after a refusal of the page itself."""
    return isinstance(refused, RemoteLrsRefused) and refused.code == "remote_unavailable"


def pause_seconds(row: IntakeSource, *, drawn: float) -> float:
    """Pause after a failure: the interval, doubled with each further one, at most an hour, spread by a fifth.

    Args:
        drawn: 0.0 to 1.0.
    """
    doubled = min(row.interval_seconds * 2.0 ** min(row.failures - 1, 20), LONGEST_PAUSE_SECONDS)
    return max(doubled, float(min(row.interval_seconds, LONGEST_PAUSE_SECONDS))) * (0.9 + 0.2 * drawn)
