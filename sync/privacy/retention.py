"""Carrying out retention rules: preview, and chunks that each are one transaction."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import msgspec
import structlog
from sqlalchemy import Select, delete, exists, func, select
from sqlalchemy.orm import Session

from content_packages.player.erasure import count_stale_progress, delete_stale_progress
from sync.calendars import local_day
from sync.forwarding.models import OutgoingStatement
from sync.privacy.learning_records import hold_followers
from sync.privacy.models import RetentionRule, RetentionRun
from sync.privacy.retention_rules import Scope, get_rule, scope_of
from xapi_bridge.database import insert_or_update
from xapi_bridge.statement.rewriting import drop_attachments, reduce_statement
from xapi_bridge.store.erased import remember_rewritten
from xapi_bridge.store.erased_files import (
    count_old_documents,
    delete_old_documents,
    payloads_of,
    release_unnamed_attachments,
)
from xapi_bridge.store.erasure import change_statements
from xapi_bridge.store.models import ActivityRow, Part, Posting, StatementAttachment, StatementRow, TermKind
from xapi_bridge.store.postings import TermKey, agent_term
from xapi_bridge.store.sequence import sequence_at
from xapi_bridge.store.terms import find_terms

OpenTransaction = Callable[[], AbstractContextManager[Session]]

#: Records per transaction.
CHUNK = 200

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Chunk:
    """What one chunk did: records changed, and whether there is more."""

    records: int
    is_more: bool


def preview_rule(session: Session, rule_id: int, *, now: datetime) -> int:
    """How many records the rule would look at now; some statements may be reduced already.

    Raises:
        RetentionRuleUnknown: there is no such rule.
    """
    rule = get_rule(session, rule_id)
    before, scope = now - timedelta(days=rule.keep_days), scope_of(rule)
    if rule.kind in {"statements", "attachments"}:
        found = _old_statements(session, rule, scope, before=before)
        return 0 if found is None else session.scalar(select(func.count()).select_from(found.subquery())) or 0
    if rule.kind == "documents":
        return count_old_documents(session, resource=scope.resource, before=before)
    if rule.kind == "study_records":
        return count_stale_progress(session, before=before)
    return session.scalar(select(func.count()).where(OutgoingStatement.dead_at < before)) or 0


def apply_rules(open_transaction: OpenTransaction, *, now: datetime, most_chunks: int) -> int:
    """Runs every rule that is on, in chunks; returns how many records were changed or deleted."""
    with open_transaction() as session:
        active = session.scalars(
            select(RetentionRule.rule_id)
            .where(RetentionRule.active_since.is_not(None))
            .order_by(RetentionRule.rule_id)
        ).all()
    return sum(apply_rule(open_transaction, one, now=now, most_chunks=most_chunks) for one in active)


def apply_rule(open_transaction: OpenTransaction, rule_id: int, *, now: datetime, most_chunks: int) -> int:
    """Runs one rule, whether it is on or not; returns how many records were changed or deleted.

    Raises:
        RetentionRuleUnknown: there is no such rule.
    """
    records = 0
    for _ in range(most_chunks):
        with open_transaction() as session:
            chunk = apply_chunk(session, rule_id, now=now)
        records += chunk.records
        if not chunk.is_more:
            break
    if records:
        log.info("retention_applied", rule_id=rule_id, records=records)
    return records


def is_rule_waiting(session: Session, *, now: datetime) -> bool:
    """Whether a rule that is on has something to look at; takes no lock."""
    active = session.scalars(select(RetentionRule).where(RetentionRule.active_since.is_not(None)))
    return any(_is_waiting(session, rule, now=now) for rule in active.all())


def apply_chunk(session: Session, rule_id: int, *, now: datetime, limit: int = CHUNK) -> _Chunk:
    """One chunk of one rule. Two workers take one after the other.

    Raises:
        RetentionRuleUnknown: there is no such rule.
    """
    get_rule(session, rule_id)
    rule = session.get(RetentionRule, rule_id, with_for_update=True, populate_existing=True)
    if rule is None:
        return _Chunk(0, is_more=False)
    chunk = _APPLY[rule.kind](session, rule, now - timedelta(days=rule.keep_days), limit)
    if chunk.records:
        _note_run(session, rule, chunk.records, now=now)
    session.flush()
    return chunk


def _is_waiting(session: Session, rule: RetentionRule, *, now: datetime) -> bool:
    before, scope = now - timedelta(days=rule.keep_days), scope_of(rule)
    if rule.kind in {"statements", "attachments"}:
        found = _old_statements(session, rule, scope, before=before)
        return found is not None and session.execute(found.limit(1)).first() is not None
    return preview_rule(session, rule.rule_id, now=now) > 0


def _reduce_statements(session: Session, rule: RetentionRule, before: datetime, limit: int) -> _Chunk:
    return _change_statements(session, rule, before, limit, change=reduce_statement)


def _delete_attachments(session: Session, rule: RetentionRule, before: datetime, limit: int) -> _Chunk:
    usage_type = scope_of(rule).usage_type or None
    return _change_statements(
        session, rule, before, limit, change=lambda raw: drop_attachments(raw, usage_type=usage_type)
    )


def _change_statements(
    session: Session,
    rule: RetentionRule,
    before: datetime,
    limit: int,
    *,
    change: Callable[[bytes], bytes],
) -> _Chunk:
    hold_followers(session)
    found = _old_statements(session, rule, scope_of(rule), before=before)
    if found is None:
        return _Chunk(0, is_more=False)
    seqs = session.scalars(found.limit(limit)).all()
    if not seqs:
        return _Chunk(0, is_more=False)
    changed = change_statements(session, seqs, change)
    release_unnamed_attachments(session, payloads_of(session, changed))
    # A repeat of what was reduced must neither conflict nor bring back what is gone.
    remember_rewritten(session, changed)
    rule.reached_seq = seqs[-1]
    return _Chunk(len(changed), is_more=len(seqs) == limit)


def _delete_documents(session: Session, rule: RetentionRule, before: datetime, limit: int) -> _Chunk:
    gone = delete_old_documents(session, resource=scope_of(rule).resource, before=before, limit=limit)
    return _Chunk(gone, is_more=gone == limit)


def _delete_dead_letters(session: Session, _rule: RetentionRule, before: datetime, limit: int) -> _Chunk:
    dead = session.execute(
        select(OutgoingStatement.target_id, OutgoingStatement.seq)
        .where(OutgoingStatement.dead_at < before)
        .limit(limit)
    ).all()
    for target_id, seq in dead:
        session.execute(
            delete(OutgoingStatement).where(
                OutgoingStatement.target_id == target_id, OutgoingStatement.seq == seq
            )
        )
    return _Chunk(len(dead), is_more=len(dead) == limit)


def _delete_study_records(session: Session, _rule: RetentionRule, before: datetime, limit: int) -> _Chunk:
    gone = delete_stale_progress(session, before=before, limit=limit)
    return _Chunk(gone, is_more=gone == limit)


_APPLY: dict[str, Callable[[Session, RetentionRule, datetime, int], _Chunk]] = {
    "statements": _reduce_statements,
    "attachments": _delete_attachments,
    "documents": _delete_documents,
    "dead_letters": _delete_dead_letters,
    "study_records": _delete_study_records,
}


def _old_statements(
    session: Session, rule: RetentionRule, scope: Scope, *, before: datetime
) -> "Select[int] | None":
    """Sequence numbers that the rule has not looked at and that are old enough; None if nothing can match."""
    found = (
        select(StatementRow.seq)
        .where(StatementRow.seq > rule.reached_seq, StatementRow.seq < sequence_at(before))
        .order_by(StatementRow.seq)
    )
    if rule.kind == "attachments":
        found = found.where(exists().where(StatementAttachment.statement_id == StatementRow.statement_id))
    for terms, part in _wanted(session, scope):
        if not terms:
            return None
        found = found.where(
            exists().where(
                Posting.term_id.in_(terms),
                Posting.seq == StatementRow.seq,
                Posting.mask.op("&")(int(part | Part.VIA_REF)) == int(part),
            )
        )
    return found


def _wanted(session: Session, scope: Scope) -> Sequence[tuple[Sequence[int], Part]]:
    """The terms of which one must stand in a statement, each with the part that it must play."""
    wanted: list[tuple[Sequence[int], Part]] = []
    if scope.verb:
        found = find_terms(session, [TermKey(TermKind.VERB, scope.verb)])
        wanted.append((list(found.values()), Part.VERB))
    if scope.source_name:
        source = agent_term(("account", scope.source_home_page, scope.source_name))
        wanted.append((list(find_terms(session, [source]).values()), Part.AUTHORITY))
    if scope.activity_type:
        wanted.append((_activities_of_type(session, scope.activity_type), Part.OBJECT))
    return wanted


def _activities_of_type(session: Session, activity_type: str) -> list[int]:
    rows = session.execute(select(ActivityRow.term_id, ActivityRow.definition))
    return [
        term_id
        for term_id, definition in rows
        if msgspec.json.decode(definition).get("type") == activity_type
    ]


def _note_run(session: Session, rule: RetentionRule, records: int, *, now: datetime) -> None:
    row = {
        "rule_id": rule.rule_id,
        "ran_on": local_day(now),
        "rule": f"{rule.title}: {rule.action} {rule.kind} {rule.scope} > {rule.keep_days} days"[:500],
        "records": records,
        "last_at": now,
    }
    insert_or_update(
        session,
        RetentionRun.__table__,
        [row],
        change=lambda kept, new: {"records": kept.c.records + new.records, "last_at": new.last_at},
    )
