"""Forms of training: how many people and turns completed modules in which form, within a period."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from sync.calendars import Period
from sync.indicators.measures import Share, Unmeasured
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from sync.organization.population_sql import belongs_to
from sync.rollups.definitions import FactKind, Population, TrainingForm
from sync.rollups.models import LearningFact

_CLASSES = frozenset({TrainingForm.IN_CLASS, TrainingForm.LIVE_ONLINE})


@dataclass(frozen=True)
class FormCount:
    """One form: people, of everybody who completed something; and turns (person × module)."""

    form: TrainingForm
    share: Share
    turns: int


def measure_forms(
    session: Session, unit_id: int, *, period: Period, population: Population
) -> list[FormCount]:
    """Flow: completions within a period, in the unit of their day, by form; every form, empty ones too."""
    return count_forms(list_form_turns(session, [unit_id], period=period, population=population))


def list_form_turns(
    session: Session, unit_ids: Collection[int], *, period: Period, population: Population
) -> list[tuple[int, str, TrainingForm]]:
    """(person, module, form) of the completions within a period at or below any of the units, each once."""
    rows = session.execute(
        select(ActorIdentity.person_id, LearningFact.module_iri, LearningFact.form)
        .distinct()
        .select_from(LearningFact)
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .join(
            Appointment,
            and_(
                Appointment.person_id == ActorIdentity.person_id,
                *belongs_to(population),
                Appointment.valid_from <= LearningFact.occurred_on,
                LearningFact.occurred_on < Appointment.valid_to,
            ),
        )
        .join(
            UnitClosure,
            and_(UnitClosure.descendant_id == Appointment.unit_id, UnitClosure.hierarchy == COMMAND),
        )
        .where(
            UnitClosure.ancestor_id.in_(sorted(unit_ids)),
            LearningFact.voided.is_(False),
            LearningFact.kind == FactKind.COMPLETED.value,
            LearningFact.occurred_on.between(period.first_day, period.last_day),
        )
    )
    return [(person, module, TrainingForm(form)) for person, module, form in rows if person]


def count_forms(turns: Iterable[tuple[int, str, TrainingForm]]) -> list[FormCount]:
    """The counts from (person, module, form). One module both in a class and alone is blended, too. Pure."""
    by_module: dict[tuple[int, str], set[TrainingForm]] = {}
    for person, module, form in turns:
        by_module.setdefault((person, module), set()).add(form)
    for forms in by_module.values():
        if TrainingForm.SELF_PACED in forms and forms & _CLASSES:
            forms.add(TrainingForm.BLENDED)
    everybody = len({person for person, _ in by_module})
    because = None if everybody else Unmeasured.NOTHING_RECORDED
    counted = []
    for form in TrainingForm:
        those = [key for key, forms in by_module.items() if form in forms]
        people = len({person for person, _ in those})
        counted.append(FormCount(form, Share(people, everybody, because), len(those)))
    return counted
