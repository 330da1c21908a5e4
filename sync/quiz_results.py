"""Final results by statement, and the best valid one of each xAPI registration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.models import FinalResult, QuizResult
from sync.rollups.definitions import is_final_result
from sync.statement_outline import StatementOutline, read_outline
from xapi_bridge.database import insert_if_absent
from xapi_bridge.store.follow import StoredStatement, find_stored
from xapi_bridge.store.references import find_voided
from xapi_bridge.vocabulary import adl


@dataclass(frozen=True)
class ReachedResult:
    """A final result as a statement tells it; `scaled` is 0.0 to 1.0."""

    statement_id: UUID
    registration: UUID
    scaled: float
    reached_at: datetime


@dataclass(frozen=True)
class GradedBatch:
    """What a batch of statements says about grades: results, and the ids of statements taken back."""

    results: tuple[ReachedResult, ...]
    voided_ids: tuple[UUID, ...]


def read_graded_batch(
    batch: Iterable[StoredStatement], *, iri_base: str, authorities: frozenset[tuple[str, str]]
) -> GradedBatch:
    """The results and the voidings of a batch; statements that are voided already are left out.

    Args:
        authorities: home page and name of those whose statements count.
    """
    results, voided_ids = [], []
    for stored in batch:
        outline = read_outline(stored.payload, stored=stored.stored)
        if outline is None or stored.voided:
            continue
        if outline.verb_iri == adl.VOIDED and outline.voided_statement_id is not None:
            voided_ids.append(outline.voided_statement_id)
        result = _result_in(stored.statement_id, outline, iri_base=iri_base)
        if result is not None and outline.authority in authorities:
            results.append(result)
    return GradedBatch(tuple(results), tuple(voided_ids))


def keep_results(session: Session, results: Iterable[ReachedResult]) -> dict[UUID, FinalResult]:
    """Keeps results; returns the best of each registration whose best rose."""
    listed = sorted(results, key=lambda one: one.statement_id)
    insert_if_absent(session, QuizResult.__table__, [_row(one) for one in listed])
    best: dict[UUID, ReachedResult] = {}
    for one in listed:
        known = best.get(one.registration)
        if known is None or (one.scaled, known.reached_at) > (known.scaled, one.reached_at):
            best[one.registration] = one
    return _raise_best(session, best)


def void_results(session: Session, voided_ids: Iterable[UUID], *, iri_base: str, through: int) -> set[UUID]:
    """Marks results that were taken back; returns the registrations whose best fell or is gone.

    The store alone decides whether a voiding takes effect: a key may not void what another one vouches for.

    Args:
        through: sequence number of the last statement that was read.
    """
    touched = {
        registration
        for statement_id in sorted(find_voided(session, set(voided_ids), through=through))
        if (registration := _void(session, statement_id, iri_base=iri_base)) is not None
    }
    session.flush()
    return {registration for registration in sorted(touched) if _lower_best(session, registration)}


def _void(session: Session, statement_id: UUID, *, iri_base: str) -> UUID | None:
    """The registration of a result that is voided now; None when the statement is no result of ours."""
    kept = session.get(QuizResult, statement_id)
    if kept is None:
        # It was read before results were kept one by one, or was voided before it was read.
        stored = find_stored(session, statement_id)
        outline = read_outline(stored.payload, stored=stored.stored) if stored else None
        result = _result_in(statement_id, outline, iri_base=iri_base) if outline else None
        if result is None:
            return None
        kept = QuizResult(**_row(result))
        session.add(kept)
    kept.voided = True
    return kept.registration


def _lower_best(session: Session, registration: UUID) -> bool:
    result = session.get(FinalResult, registration)
    if result is None:
        return False
    best = session.scalars(
        select(QuizResult)
        .where(QuizResult.registration == registration, QuizResult.voided.is_(False))
        .order_by(QuizResult.scaled.desc(), QuizResult.reached_at)
        .limit(1)
    ).first()
    if best is None:
        session.delete(result)
    elif best.scaled < result.best_scaled:
        result.best_scaled, result.reached_at = best.scaled, best.reached_at
    else:
        return False
    session.flush()
    return True


def _raise_best(session: Session, best: Mapping[UUID, ReachedResult]) -> dict[UUID, FinalResult]:
    kept = {
        result.registration: result
        for result in session.scalars(select(FinalResult).where(FinalResult.registration.in_(best)))
    }
    improved: dict[UUID, FinalResult] = {}
    for registration, one in best.items():
        result = kept.get(registration)
        if result is None:
            result = FinalResult(registration=registration, best_scaled=one.scaled, reached_at=one.reached_at)
            session.add(result)
        elif one.scaled > result.best_scaled:
            result.best_scaled, result.reached_at = one.scaled, one.reached_at
        else:
            continue
        improved[registration] = result
    session.flush()
    return improved


def _result_in(statement_id: UUID, outline: StatementOutline, *, iri_base: str) -> ReachedResult | None:
    if outline.registration is None or not is_final_result(outline, iri_base=iri_base):
        return None
    # A gradebook knows no score below zero.
    scaled = min(max(outline.scaled or 0.0, 0.0), 1.0)
    return ReachedResult(statement_id, outline.registration, scaled, outline.occurred_at)


def _row(one: ReachedResult) -> dict[str, object]:
    return {
        "statement_id": one.statement_id,
        "registration": one.registration,
        "scaled": one.scaled,
        "reached_at": one.reached_at,
        "voided": False,
    }
