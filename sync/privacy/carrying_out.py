"""Carrying out an erasure: steps, each in chunks, each chunk one transaction with its progress in it.

Killed at any point, the work goes on where it was; done twice, a step finds nothing to do.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

import msgspec
import structlog
from sqlalchemy.orm import Session

from content_packages.experts.erasure import erase_asker
from content_packages.player.erasure import erase_learner
from sync.forwarding.follower import actor_key
from sync.forwarding.withdrawals import forget_actor, is_any_in_flight
from sync.ports import ErasureNeighbour, LaunchTraces
from sync.privacy.erasures import FINISHED, RUNNING, Working, add_counts, list_running, working_of
from sync.privacy.learning_records import (
    anonymise_person,
    drop_identities,
    forget_scores,
    hold_followers,
    move_facts,
    move_facts_left,
)
from sync.privacy.models import Erasure
from sync.privacy.person_export import expire_exports_of
from sync.privacy.targets import find_given_statements, withdraw_from_targets
from xapi_bridge.statement.rewriting import Rewriting
from xapi_bridge.store.archive import find_archives
from xapi_bridge.store.erased import Erased, rewriting_of
from xapi_bridge.store.erased_files import (
    delete_documents_of,
    drop_definitions,
    payloads_of,
    release_unnamed_attachments,
)
from xapi_bridge.store.erasure import (
    RewrittenChunk,
    blank_unused_terms,
    find_named_seqs,
    rewrite_mentions,
    rewrite_own_statements,
    rewrite_statements_of_others,
)

OpenTransaction = Callable[[], AbstractContextManager[Session]]

#: Statements per transaction: some tenths of a second, during which a learner's save must wait.
CHUNK = 200
#: Statements of everybody that are looked through for texts in one transaction.
_LOOK_THROUGH = 20_000

log = structlog.get_logger(__name__)


class Advance(Enum):
    """What a chunk leaves."""

    MORE = "more"
    #: Nothing can be done now: a worker is sending a statement of the person; its lease ends.
    WAITING = "waiting"
    DONE = "done"


@dataclass(frozen=True)
class Tools:
    """What the work needs beside the database.

    Attributes:
        key: recognises erased identifiers.
        launches: what the application keeps of an account.
        neighbours: further rooms that keep copies.
    """

    key: bytes
    launches: LaunchTraces
    neighbours: Sequence[ErasureNeighbour] = ()


@dataclass(frozen=True)
class _Work:
    """One erasure at work, in one transaction."""

    session: Session
    erasure: Erasure
    working: Working
    rewriting: Rewriting
    tools: Tools
    now: datetime
    limit: int


def carry_out(
    open_transaction: OpenTransaction, tools: Tools, *, clock: Callable[[], datetime], most_chunks: int
) -> int:
    """Goes on with every erasure that was begun; returns the number of chunks, 0 when nothing is left."""
    done = 0
    with open_transaction() as session:
        waiting = list_running(session)
    for erasure_id in waiting:
        while done < most_chunks:
            with open_transaction() as session:
                outcome = advance_erasure(session, erasure_id, tools, now=clock())
            done += outcome is not Advance.WAITING
            if outcome is not Advance.MORE:
                break
    return done


def advance_erasure(
    session: Session, erasure_id: int, tools: Tools, *, now: datetime, limit: int = CHUNK
) -> Advance:
    """Does the next chunk.

    Several workers may try at once: the request is locked, so they take one chunk after the other.
    """
    erasure = session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if erasure is None or erasure.state != RUNNING:
        return Advance.DONE
    work = _work(session, erasure, tools, now=now, limit=limit)
    step = erasure.step or next(iter(STEPS))
    before = erasure.reached_seq
    is_step_done = STEPS[step](work)
    if is_step_done:
        _take_next_step(erasure, step, now=now)
    else:
        erasure.step = step
    session.flush()
    if erasure.state != RUNNING:
        return Advance.DONE
    return Advance.MORE if is_step_done or erasure.reached_seq != before else Advance.WAITING


def progress_of(erasure: Erasure) -> tuple[int, int]:
    """The number of the step at work, from 1, and how many there are; (n, n) when all are done."""
    names = list(STEPS)
    if erasure.state == FINISHED:
        return len(names), len(names)
    return (names.index(erasure.step) if erasure.step in names else 0) + 1, len(names)


def _work(session: Session, erasure: Erasure, tools: Tools, *, now: datetime, limit: int) -> _Work:
    working = working_of(erasure)
    erased = Erased(working.pseudonym, erasure.kind == "erase", erasure.confirmed_at or now)
    identifiers = [one for one in working.subject.identifiers if one != working.pseudonym.identifier]
    rewriting = rewriting_of(session, identifiers, erased, key=tools.key)
    return _Work(session, erasure, working, rewriting, tools, now, limit)


def _take_next_step(erasure: Erasure, step: str, *, now: datetime) -> None:
    names = list(STEPS)
    place = names.index(step) + 1
    erasure.reached_seq = 0
    if place < len(names):
        erasure.step = names[place]
        return
    erasure.state, erasure.step, erasure.subject, erasure.finished_at = FINISHED, "", "", now
    log.info("person_erased", erasure_id=erasure.erasure_id, kind=erasure.kind)


def _erase_own(work: _Work) -> bool:
    hold_followers(work.session)
    chunk = rewrite_own_statements(
        work.session,
        work.rewriting,
        after=work.erasure.reached_seq,
        until=work.erasure.until_seq,
        limit=work.limit,
    )
    if work.working.pseudonym.account is not None:
        move_facts(work.session, chunk.own, to=work.working.pseudonym.account)
    forgotten = forget_scores(
        work.session, chunk.registrations, registration_for=work.rewriting.registration_for
    )
    add_counts(work.erasure, {"scores_forgotten": forgotten})
    return _note_chunk(work, chunk)


def _erase_others(work: _Work) -> bool:
    hold_followers(work.session)
    return _note_chunk(
        work,
        rewrite_statements_of_others(
            work.session,
            work.rewriting,
            after=work.erasure.reached_seq,
            until=work.erasure.until_seq,
            limit=work.limit,
        ),
    )


def _erase_mentions(work: _Work) -> bool:
    hold_followers(work.session)
    return _note_chunk(
        work,
        rewrite_mentions(
            work.session,
            work.rewriting,
            after=work.erasure.reached_seq,
            until=work.erasure.until_seq,
            limit=_LOOK_THROUGH,
        ),
    )


def _note_chunk(work: _Work, chunk: RewrittenChunk) -> bool:
    rewritten = payloads_of(work.session, [*chunk.own, *chunk.others])
    add_counts(
        work.erasure,
        {
            "own_statements": len(chunk.own),
            "other_statements": len(chunk.others),
            "attachments": release_unnamed_attachments(work.session, rewritten),
        },
    )
    if chunk.last_seq is None:
        return True
    work.erasure.reached_seq = chunk.last_seq
    return False


def _erase_documents(work: _Work) -> bool:
    gone = delete_documents_of(work.session, work.rewriting.identifiers)
    add_counts(work.erasure, {"documents": gone})
    return True


def _ask_neighbours(work: _Work) -> bool:
    named, texts = work.rewriting.identifiers, work.rewriting.forbidden_texts
    for neighbour in work.tools.neighbours:
        add_counts(work.erasure, neighbour.erase_person(work.session, named, texts, now=work.now))
    return True


def _list_archives(work: _Work) -> bool:
    """Months in files cannot be changed; they are listed, and rewritten when they come back."""
    away = [one for one in find_archives(work.session) if one.is_removed]
    work.erasure.archives = " ".join(one.file_name for one in away)
    return True


def _delete_exports(work: _Work) -> bool:
    gone = expire_exports_of(work.session, work.working.subject, now=work.now)
    add_counts(work.erasure, {"person_exports": gone})
    return True


def _withdraw(work: _Work) -> bool:
    """Waits until no worker is sending a statement of the person, then asks the targets to let go."""
    pseudonym = work.working.pseudonym
    named = [pseudonym.identifier or ()]
    own, others = find_named_seqs(work.session, named, until=work.erasure.until_seq)
    if is_any_in_flight(work.session, [*own, *others], now=work.now):
        return False
    forget_actor(work.session, own, actor_key=actor_key({"actor": msgspec.to_builtins(pseudonym)}))
    given = find_given_statements(work.session, named, until=work.erasure.until_seq)
    queued = withdraw_from_targets(work.session, work.erasure, given, now=work.now)
    add_counts(work.erasure, {"withdrawals": queued})
    return True


def _erase_accounts(work: _Work) -> bool:
    """Study records, launches, scores and the registry of accounts."""
    hold_followers(work.session)
    accounts = [one for one in work.working.subject.accounts if one != work.working.pseudonym.account]
    registrations = work.tools.launches.forget_accounts(work.session, accounts)
    add_counts(work.erasure, {"launches": len(registrations)})
    forgotten = forget_scores(work.session, registrations, registration_for=work.rewriting.registration_for)
    add_counts(work.erasure, {"scores_forgotten": forgotten})
    for account in accounts if work.working.pseudonym.account else ():
        add_counts(
            work.erasure,
            erase_learner(
                work.session,
                account,
                pseudonym=work.working.pseudonym.account or account,
                registration_for=work.rewriting.registration_for,
                reduces=work.rewriting.reduces,
            ),
        )
        asked = erase_asker(
            work.session,
            account,
            pseudonym=work.working.pseudonym.account or account,
            reduces=work.rewriting.reduces,
        )
        # Most people ask nothing; the pages need not say so.
        add_counts(work.erasure, {kind: count for kind, count in asked.items() if count})
    if work.working.pseudonym.account is not None:
        move_facts_left(
            work.session,
            work.working.subject,
            to=work.working.pseudonym.account,
            until=work.erasure.until_seq,
        )
    gone = drop_identities(work.session, work.working.subject, work.working.pseudonym)
    add_counts(work.erasure, {"accounts": gone})
    return True


def _erase_registry(work: _Work) -> bool:
    if work.erasure.anonymises_person and work.working.person_id is not None:
        add_counts(work.erasure, {"people": anonymise_person(work.session, work.working.person_id)})
    return True


def _erase_terms(work: _Work) -> bool:
    blank_unused_terms(work.session, work.rewriting.identifiers)
    add_counts(work.erasure, {"definitions": drop_definitions(work.session)})
    return True


#: In this order; a step returns whether it is done.
STEPS: dict[str, Callable[[_Work], bool]] = {
    "own": _erase_own,
    "others": _erase_others,
    "mentions": _erase_mentions,
    "documents": _erase_documents,
    "accounts": _erase_accounts,
    "registry": _erase_registry,
    "terms": _erase_terms,
    "exports": _delete_exports,
    "neighbours": _ask_neighbours,
    "archives": _list_archives,
    "targets": _withdraw,
}
