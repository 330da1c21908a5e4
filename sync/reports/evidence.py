"""The statements behind a figure: where every drill-down ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased

from sync.errors import EvidenceUnknown
from sync.organization.models import ActorIdentity
from sync.reports.people import ModuleStanding
from sync.rollups.definitions import FactKind
from sync.rollups.facts import places_of
from sync.rollups.models import LearningFact
from xapi_bridge.store.follow import StoredStatement, find_stored


@dataclass(frozen=True)
class Evidence:
    """One statement that counts for a person.

    Attributes:
        kind: accessed, completed, passed or failed.
        occurred_on: the day in Viet Nam.
        score_scaled: -1.0 to 1.0; `None` for accessed and completed.
        voided: taken back; shown, and not counted.
        person_id: `None` while the account belongs to nobody.
    """

    statement_id: UUID
    module_iri: str
    kind: str
    occurred_at: datetime
    occurred_on: date
    score_scaled: float | None
    voided: bool
    person_id: int | None


_COLUMNS = (
    LearningFact.statement_id,
    LearningFact.module_iri,
    LearningFact.kind,
    LearningFact.occurred_at,
    LearningFact.occurred_on,
    LearningFact.score_scaled,
    LearningFact.voided,
    ActorIdentity.person_id,
)


def list_evidence(
    session: Session, person_id: int, *, until: date, module_iri: str | None = None
) -> list[Evidence]:
    """Everything that counts for a person up to and with a day, oldest first."""
    question = (
        select(*_COLUMNS)
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(ActorIdentity.person_id == person_id, LearningFact.occurred_on <= until)
        .order_by(LearningFact.occurred_at, LearningFact.seq)
    )
    if module_iri is not None:
        question = question.where(LearningFact.module_iri == module_iri)
    return [Evidence(*row) for row in session.execute(question)]


def list_account_evidence(
    session: Session, home_page: str, account_name: str, *, until: date
) -> list[Evidence]:
    """Everything that counts for the person of an account, all accounts of the person; oldest first.

    An account that belongs to nobody has what was done with it.
    """
    owner = aliased(ActorIdentity)
    question = (
        select(*_COLUMNS)
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .join(
            owner,
            or_(owner.identity_id == ActorIdentity.identity_id, owner.person_id == ActorIdentity.person_id),
        )
        .where(
            owner.home_page == home_page,
            owner.account_name == account_name,
            LearningFact.occurred_on <= until,
        )
        .order_by(LearningFact.occurred_at, LearningFact.seq)
    )
    return [Evidence(*row) for row in session.execute(question)]


def standings_from(pieces: Iterable[Evidence]) -> list[ModuleStanding]:
    """What was done with each module, from the statements that count; by IRI (pure)."""
    by_module: dict[str, list[Evidence]] = {}
    for piece in pieces:
        if not piece.voided:
            by_module.setdefault(piece.module_iri, []).append(piece)
    return [_standing(iri, found) for iri, found in sorted(by_module.items())]


def _standing(module_iri: str, pieces: Sequence[Evidence]) -> ModuleStanding:
    completed = [one.occurred_on for one in pieces if one.kind == FactKind.COMPLETED.value]
    scores = [one.score_scaled for one in pieces if one.score_scaled is not None]
    return ModuleStanding(
        module_iri,
        min(one.occurred_on for one in pieces),
        min(completed, default=None),
        max(scores, default=None),
    )


def find_evidence(session: Session, statement_id: UUID) -> Evidence | None:
    """What a statement counts for; `None` when it is not counted (or not yet)."""
    row = session.execute(
        select(*_COLUMNS)
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(LearningFact.seq.in_(places_of([statement_id])))
    ).one_or_none()
    return Evidence(*row) if row else None


def get_statement(session: Session, statement_id: UUID) -> StoredStatement:
    """The statement as the store keeps it, voided or not.

    Raises:
        EvidenceUnknown: the store has no statement with this id.
    """
    stored = find_stored(session, statement_id)
    if stored is None:
        raise EvidenceUnknown(f"The store has no statement {statement_id}.")
    return stored
