"""Compares every fact, state and cell with a plain recount of the raw statements.

Call it in one snapshot (PostgreSQL: REPEATABLE READ): otherwise a batch that the follower finishes meanwhile
looks like a difference.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.bookmarks import find_bookmark
from sync.organization.models import ActorIdentity
from sync.rollups.archived import refuse_without_archives
from sync.rollups.dirty import ROLLUPS, count_dirty_keys
from sync.rollups.models import LearningFact, PersonDays, PersonModule, QuizScore, UnitCount
from sync.rollups.person_days import counted_required
from sync.rollups.recount import PlainFact, PlainScore, recount_statements
from xapi_bridge.store.archive import read_archives
from xapi_bridge.store.erased import read_without_erased
from xapi_bridge.store.follow import count_after

K = TypeVar("K")
V = TypeVar("V")

_MOST_DIFFERENCES = 20


@dataclass(frozen=True)
class Difference:
    """One row that is not what the statements say.

    Attributes:
        table: facts, scores, state, days or counts.
        key: which row.
        recounted: what the statements give; empty when there should be no row.
        kept: what the table holds; empty when it has no row.
    """

    table: str
    key: str
    recounted: str
    kept: str

    def __str__(self) -> str:
        return (
            f"{self.table} {self.key}: recounted {self.recounted or 'nothing'}, kept {self.kept or 'nothing'}"
        )


@dataclass(frozen=True)
class VerificationReport:
    """Whether the rollups are what the statements say.

    Attributes:
        agree: no difference, and no mark waited that could have hidden one.
        statements: how many were read, up to the follower's bookmark.
        facts: how many the statements give.
        states: people × modules likewise.
        cells: counts of units × modules × months likewise.
        waiting: statements after the bookmark; they are not compared yet.
        marks: people's modules marked to be counted again; while some wait, differences are to be expected.
        difference_count: how many rows differ.
        differences: the first of them.
    """

    agree: bool
    statements: int
    facts: int
    states: int
    cells: int
    waiting: int
    marks: int
    difference_count: int
    differences: tuple[Difference, ...]


def verify_rollups(
    session: Session, *, iri_base: str, archive_folder: Path | None = None
) -> VerificationReport:
    """Recounts all statements up to the follower's bookmark and compares.

    Args:
        iri_base: beginning of our activity identifiers, as the follower has it.
        archive_folder: where the files of archived months are.

    Raises:
        ArchivesNeeded: months are archived, and no folder was given.
        ArchiveRefused: a file is missing or was changed.
    """
    refuse_without_archives(session, archive_folder)
    filed = read_archives(session, archive_folder) if archive_folder else ()
    archived = read_without_erased(session, filed)
    bookmark = find_bookmark(session, ROLLUPS)
    last_seq = bookmark.last_seq if bookmark else 0
    recount = recount_statements(session, last_seq=last_seq, iri_base=iri_base, archived=archived)
    differences = [
        *_compare("facts", recount.facts, _kept_facts(session)),
        *_compare("scores", recount.scores, _kept_scores(session)),
        *_compare("state", recount.states, _kept_states(session)),
        *_compare("days", _recounted_days(session, recount.states), _kept_days(session)),
        *_compare("counts", recount.cells, _kept_cells(session)),
    ]
    marks = count_dirty_keys(session)
    return VerificationReport(
        agree=not differences and marks == 0,
        statements=recount.statements,
        facts=len(recount.facts),
        states=len(recount.states),
        cells=len(recount.cells),
        waiting=count_after(session, last_seq),
        marks=marks,
        difference_count=len(differences),
        differences=tuple(differences[:_MOST_DIFFERENCES]),
    )


def _kept_facts(session: Session) -> dict[UUID, PlainFact]:
    rows = session.execute(
        select(LearningFact, ActorIdentity.home_page, ActorIdentity.account_name).join(
            ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id
        )
    )
    return {
        fact.statement_id: PlainFact(
            fact.seq,
            (home_page, account_name),
            fact.module_iri,
            fact.kind,
            fact.occurred_on,
            fact.score_scaled,
            fact.form,
            fact.voided,
        )
        for fact, home_page, account_name in rows
    }


def _kept_scores(session: Session) -> dict[UUID, PlainScore]:
    rows = session.execute(
        select(QuizScore, ActorIdentity.home_page, ActorIdentity.account_name).join(
            ActorIdentity, ActorIdentity.identity_id == QuizScore.identity_id
        )
    )
    return {
        score.statement_id: PlainScore(
            score.seq,
            (home_page, account_name),
            score.quiz_iri,
            score.occurred_on,
            score.scaled,
            score.passed,
            score.voided,
        )
        for score, home_page, account_name in rows
    }


def _kept_states(session: Session) -> dict[tuple[int, str], tuple[Any, ...]]:
    return {
        (state.person_id, state.module_iri): (
            state.first_accessed_on,
            state.first_completed_on,
            state.last_completed_on,
            state.completions,
            state.best_scaled,
            state.access_unit_id,
            state.leaf_unit_id,
        )
        for state in session.scalars(select(PersonModule))
    }


def _recounted_days(
    session: Session, states: Mapping[tuple[int, str], tuple[Any, ...]]
) -> dict[int, tuple[date | None, ...]]:
    """Person → first opened, first completed, last of all required modules completed."""
    required = counted_required(session)
    opened: dict[int, set[date]] = defaultdict(set)
    completed: dict[int, dict[str, date]] = defaultdict(dict)
    for (person_id, module_iri), (accessed_on, completed_on, *_rest) in states.items():
        opened[person_id].add(accessed_on)
        if completed_on is not None:
            completed[person_id][module_iri] = completed_on
    days: dict[int, tuple[date | None, ...]] = {}
    for person_id, accessed in opened.items():
        done = completed[person_id]
        wanted = [done[one] for one in required if one in done]
        is_all = bool(required) and len(wanted) == len(required)
        days[person_id] = (min(accessed), min(done.values(), default=None), max(wanted) if is_all else None)
    return days


def _kept_days(session: Session) -> dict[int, tuple[date | None, ...]]:
    return {
        row.person_id: (row.first_accessed_on, row.first_completed_on, row.completed_all_on)
        for row in session.scalars(select(PersonDays))
    }


def _kept_cells(session: Session) -> dict[tuple[int, str, str, date], tuple[int, int]]:
    return {
        (cell.unit_id, cell.module_iri, cell.calendar, cell.period_start): (
            cell.people_accessed,
            cell.people_completed,
        )
        for cell in session.scalars(select(UnitCount))
    }


def _compare(table: str, recounted: Mapping[K, V], kept: Mapping[K, V]) -> Iterator[Difference]:
    for key in sorted(recounted.keys() | kept.keys(), key=str):
        if recounted.get(key) != kept.get(key):
            yield Difference(
                table=table,
                key=str(key),
                recounted=str(recounted[key]) if key in recounted else "",
                kept=str(kept[key]) if key in kept else "",
            )
