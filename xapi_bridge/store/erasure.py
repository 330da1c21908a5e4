"""Taking a person out of the statements: payloads, terms, postings and counters, in chunks.

A chunk is one transaction. It moves the postings of what it rewrites, so queries by the old identifier and by
the pseudonym are right at every commit, and what is left to do can be asked from the postings.
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import ColumnElement, Row, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.statement.rewriting import Identifier, Rewriting, is_own, rewrite_statement
from xapi_bridge.store.erased import remember_rewritten
from xapi_bridge.store.erased_postings import blank_unused, exchange_postings
from xapi_bridge.store.models import (
    Part,
    Posting,
    StatementKey,
    StatementReference,
    StatementRow,
    TermKind,
)
from xapi_bridge.store.postings import Postings, TermKey, agent_term, postings_of
from xapi_bridge.store.sequence import hold_sequence
from xapi_bridge.store.terms import find_terms, in_chunks, number_terms

_COLUMNS = (StatementRow.seq, StatementRow.statement_id, StatementRow.target_id, StatementRow.payload)


@dataclass(frozen=True)
class Occurrences:
    """How often a person is named in the store.

    Attributes:
        own: statements whose actor is the person.
        others: statements of others that name the person, or that point to one which does.
    """

    own: int
    others: int


@dataclass(frozen=True)
class RewrittenChunk:
    """What one chunk did.

    Attributes:
        last_seq: where the next chunk begins; None when there is no more.
        own: ids of the person's own statements that were rewritten.
        others: ids of other people's statements that were rewritten.
        registrations: those of the own statements, before they were replaced.
    """

    last_seq: int | None
    own: Sequence[UUID] = ()
    others: Sequence[UUID] = ()
    registrations: frozenset[UUID] = frozenset()


@dataclass
class _Changes:
    """The rewritten payloads of one chunk, by statement id, and who the person's own are."""

    after: dict[UUID, bytes] = field(default_factory=dict)
    own: list[UUID] = field(default_factory=list)
    registrations: set[UUID] = field(default_factory=set)


def count_occurrences(session: Session, identifiers: Iterable[Identifier], *, until: int) -> Occurrences:
    """How many statements up to `until` name the person."""
    numbers = list(find_terms(session, {agent_term(one) for one in identifiers}).values())
    named = (Posting.term_id.in_(numbers), Posting.seq <= until)
    # As a Group's member or through a reference the person is not the actor.
    is_actor = Posting.mask.op("&")(int(Part.ACTOR | Part.MEMBER | Part.VIA_REF)) == int(Part.ACTOR)
    count = select(func.count(Posting.seq.distinct()))
    total = session.scalar(count.where(*named)) or 0
    own = session.scalar(count.where(*named, is_actor)) or 0
    return Occurrences(own=own, others=total - own)


def change_statements(session: Session, seqs: Sequence[int], change: Callable[[bytes], bytes]) -> list[UUID]:
    """Changes the payloads of these statements; returns the ids of those that are not the same now.

    Args:
        change: from one payload to another of the same id, actor, verb and object.
    """
    hold_sequence(session)
    rows = [row for chunk in in_chunks(seqs) for row in _rows(session, StatementRow.seq.in_(chunk))]
    changes = _Changes()
    for row in rows:
        after = change(row.payload)
        if after != row.payload:
            changes.after[row.statement_id] = after
    changed = {row.payload: changes.after.get(row.statement_id, row.payload) for row in rows}
    _write(session, rows, changes, lambda raw: changed.get(raw, raw))
    return list(changes.after)


def find_named_seqs(
    session: Session, identifiers: Iterable[Identifier], *, until: int
) -> tuple[list[int], list[int]]:
    """Sequence numbers of the person's own statements, and of the others that name the person."""
    numbers = list(find_terms(session, {agent_term(one) for one in identifiers}).values())
    rows = session.execute(
        select(Posting.seq, Posting.mask).where(Posting.term_id.in_(numbers), Posting.seq <= until)
    )
    own: set[int] = set()
    others: set[int] = set()
    for seq, mask in rows:
        is_own_one = mask & int(Part.ACTOR) and not mask & int(Part.MEMBER | Part.VIA_REF)
        (own if is_own_one else others).add(seq)
    return sorted(own), sorted(others - own)


def rewrite_own_statements(
    session: Session, rewriting: Rewriting, *, after: int, until: int, limit: int
) -> RewrittenChunk:
    """Rewrites the person's own statements among the next `limit` in which the person acts.

    Args:
        after: `last_seq` of the chunk before; 0 for the first.
        until: the last statement that belongs to the erasure.
    """
    acts = Posting.mask.op("&")(int(Part.ACTOR)) != 0
    return _rewrite_named(session, rewriting, acts, after=after, until=until, limit=limit, only_own=True)


def rewrite_statements_of_others(
    session: Session, rewriting: Rewriting, *, after: int, until: int, limit: int
) -> RewrittenChunk:
    """Rewrites the next `limit` statements that name the person; after all own ones are done."""
    anywhere = Posting.mask != 0
    return _rewrite_named(session, rewriting, anywhere, after=after, until=until, limit=limit, only_own=False)


def rewrite_mentions(
    session: Session, rewriting: Rewriting, *, after: int, until: int, limit: int
) -> RewrittenChunk:
    """Looks through the next `limit` statements of everybody for texts that name the person."""
    hold_sequence(session)
    window = session.execute(
        select(StatementRow.seq).where(StatementRow.seq > after, StatementRow.seq <= until)
        .order_by(StatementRow.seq).limit(limit)
    ).scalars().all()  # fmt: skip
    if not window or not rewriting.forbidden_texts:
        return RewrittenChunk(None)
    rows = _rows(
        session,
        StatementRow.seq > after,
        StatementRow.seq <= window[-1],
        _holds_any(session, rewriting.forbidden_texts),
    )
    changes = _rewritten(rows, rewriting, only_own=False)
    _write(session, rows, changes, lambda raw: rewrite_statement(raw, rewriting))
    return _chunk(window[-1] if len(window) == limit else None, changes)


def blank_unused_terms(session: Session, identifiers: Iterable[Identifier]) -> None:
    """The old identifiers leave the dictionary, unless newer statements use them."""
    hold_sequence(session)
    numbers = find_terms(session, {agent_term(one) for one in identifiers})
    blank_unused(session, numbers.values())


def _rewrite_named(
    session: Session,
    rewriting: Rewriting,
    part: ColumnElement[bool],
    *,
    after: int,
    until: int,
    limit: int,
    only_own: bool,
) -> RewrittenChunk:
    hold_sequence(session)
    numbers = find_terms(session, {agent_term(one) for one in rewriting.identifiers})
    seqs = session.scalars(
        select(Posting.seq).distinct()
        .where(Posting.term_id.in_(numbers.values()), part, Posting.seq > after, Posting.seq <= until)
        .order_by(Posting.seq).limit(limit)
    ).all()  # fmt: skip
    if not seqs:
        return RewrittenChunk(None)
    rows = [row for chunk in in_chunks(seqs) for row in _rows(session, StatementRow.seq.in_(chunk))]
    changes = _rewritten(rows, rewriting, only_own=only_own)
    _write(session, rows, changes, lambda raw: rewrite_statement(raw, rewriting))
    return _chunk(seqs[-1] if len(seqs) == limit else None, changes)


def _chunk(last_seq: int | None, changes: _Changes) -> RewrittenChunk:
    own = set(changes.own)
    others = [one for one in changes.after if one not in own]
    return RewrittenChunk(last_seq, changes.own, others, frozenset(changes.registrations))


def _rows(
    session: Session, *conditions: ColumnElement[bool]
) -> Sequence["Row[int, UUID, UUID | None, bytes]"]:
    return session.execute(select(*_COLUMNS).where(*conditions).order_by(StatementRow.seq)).all()


def _holds_any(session: Session, texts: Iterable[str]) -> ColumnElement[bool]:
    """Whether a payload holds one of the texts, in the notations that JSON writers use."""
    place = func.pg_catalog.position if session.get_bind().dialect.name == "postgresql" else func.instr
    notations = sorted({written for text in texts for written in _notations(text)})
    return or_(*(place(StatementRow.payload, written.encode()) > 0 for written in notations))


def _notations(text: str) -> set[str]:
    """The text inside a JSON string, with and without escapes, as other programs write it."""
    plain = {json.dumps(text, ensure_ascii=escaped)[1:-1] for escaped in (True, False)}
    # PHP, and so Moodle, escapes every slash.
    return plain | {written.replace("/", "\\/") for written in plain}


def _rewritten(
    rows: "Sequence[Row[int, UUID, UUID | None, bytes]]", rewriting: Rewriting, *, only_own: bool
) -> _Changes:
    changes = _Changes()
    for row in rows:
        own = is_own(row.payload, rewriting)
        if only_own and not own:
            continue
        after = rewrite_statement(row.payload, rewriting)
        if after == row.payload:
            continue
        changes.after[row.statement_id] = after
        if own:
            changes.own.append(row.statement_id)
            registration = _parsed(row.payload).registration
            changes.registrations |= set() if registration is None else {registration}
    return changes


def _write(
    session: Session,
    rows: "Sequence[Row[int, UUID, UUID | None, bytes]]",
    changes: _Changes,
    seen_as: Callable[[bytes], bytes],
) -> None:
    """Payloads, then the postings of the statements and of all that point to them, then the counters."""
    referring = _referring_rows(session, changes.after)
    touched = {row.statement_id: row for row in [*referring, *rows]}
    before = {one: _postings(session, row, lambda raw: raw) for one, row in touched.items()}
    # What a reference leads to may be rewritten only in a later chunk; its terms are taken as they will be.
    after = {
        one: _postings(session, row, seen_as, own=changes.after.get(one)) for one, row in touched.items()
    }
    numbers = number_terms(session, {key for postings in after.values() for key in postings})
    _update_rows(session, {touched[one].seq: after for one, after in changes.after.items()}, numbers)
    known = numbers | find_terms(session, {key for postings in before.values() for key in postings})
    candidates = {row.seq: {known[key] for key in [*before[one], *after[one]] if key in known}
                  for one, row in touched.items()}  # fmt: skip
    wanted = {
        (numbers[key], row.seq): int(part) for one, row in touched.items() for key, part in after[one].items()
    }
    exchange_postings(session, candidates, wanted)
    remember_rewritten(session, changes.after)


def _postings(
    session: Session,
    row: "Row[int, UUID, UUID | None, bytes]",
    seen_as: Callable[[bytes], bytes],
    *,
    own: bytes | None = None,
) -> Postings:
    """The terms of a statement and of all that its references lead to."""
    postings = dict(_own_postings(row.payload if own is None else own))
    seen = {row.statement_id}
    target_id = row.target_id
    while target_id is not None and target_id not in seen:
        seen.add(target_id)
        target = session.execute(
            select(*_COLUMNS)
            .join(StatementKey, StatementKey.seq == StatementRow.seq)
            .where(StatementKey.statement_id == target_id)
        ).one_or_none()
        if target is None:
            break
        for key, part in _own_postings(seen_as(target.payload)).items():
            postings[key] = postings.get(key, Part(0)) | part | Part.VIA_REF
        target_id = target.target_id
    return postings


def _own_postings(payload: bytes) -> Postings:
    statement = _parsed(payload)
    return postings_of(statement, authority=statement.authority) if statement.authority else {}


def _parsed(payload: bytes) -> Statement:
    # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
    return parse_statement(payload, version="2.0.0")


def _referring_rows(
    session: Session, changed: Collection[UUID]
) -> "list[Row[int, UUID, UUID | None, bytes]]":
    """All statements that point to one of these, directly or through others."""
    found: dict[UUID, Row[int, UUID, UUID | None, bytes]] = {}
    wave = sorted(changed)
    while wave:
        nearer: set[int] = set()
        for chunk in in_chunks(wave):
            refers = select(StatementReference.seq).where(StatementReference.target_id.in_(chunk))
            nearer |= set(session.scalars(refers))
        rows = [
            row for some in in_chunks(sorted(nearer)) for row in _rows(session, StatementRow.seq.in_(some))
        ]
        wave = sorted({row.statement_id for row in rows} - found.keys())
        found |= {row.statement_id: row for row in rows}
    return list(found.values())


def _update_rows(session: Session, after: Mapping[int, bytes], numbers: Mapping[TermKey, int]) -> None:
    if not after:
        return
    session.connection().execute(
        update(StatementRow)
        .where(StatementRow.seq == bindparam("known_seq"))
        .values(
            payload=bindparam("new_payload"),
            # What was received names the person too.
            received=None,
            registration=bindparam("new_registration"),
            verb_term_id=bindparam("new_verb"),
            authority_term_id=bindparam("new_authority"),
        ),
        [_row_values(one, payload, numbers) for one, payload in sorted(after.items())],
    )


def _row_values(seq: int, payload: bytes, numbers: Mapping[TermKey, int]) -> dict[str, object]:
    statement = _parsed(payload)
    vouching = statement.authority.identifier if statement.authority else None
    return {
        "known_seq": seq,
        "new_payload": payload,
        "new_registration": statement.registration,
        "new_verb": numbers[TermKey(TermKind.VERB, statement.verb.id)],
        "new_authority": numbers[agent_term(vouching or ())],
    }
