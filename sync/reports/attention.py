"""Who needs attention: people who have not begun, have stopped, or have failed, as conditions on posts."""

from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import ColumnElement, select

from sync.organization.models import ActorIdentity, Appointment
from sync.reports.learned import Learned
from sync.rollups.models import LearningFact, PersonModule

#: Who opened something, completed nothing and did nothing for so long has stalled.
QUIET_AFTER: Final = timedelta(days=30)
#: A quiz result below this is low: half of the points.
LOW_RESULT: Final = 0.5


class Attention(StrEnum):
    """Why somebody stands on the list of those who need attention; nobody is in two of these."""

    #: Has opened nothing.
    NOT_OPENED = "not_opened"
    #: Has opened something, completed nothing, and done nothing in the last 30 days.
    STALLED = "stalled"
    #: Has a low result at a module that is not completed, and has not stalled.
    FAILED = "failed"


def needs_attention(reason: Attention, learned: Learned, *, on: date) -> ColumnElement[bool]:
    """The person of the appointment needs attention on that day for this reason.

    Args:
        learned: over all modules; beside the appointment.
    """
    opened = learned.had_accessed(on)
    if reason is Attention.NOT_OPENED:
        return ~opened
    stalled = opened & ~learned.had_completed(on) & ~_did_something_since(on - QUIET_AFTER, until=on)
    return stalled if reason is Attention.STALLED else _has_low_result(on) & ~stalled


def _did_something_since(day: date, *, until: date) -> ColumnElement[bool]:
    return (
        select(LearningFact.statement_id)
        .join(ActorIdentity, ActorIdentity.identity_id == LearningFact.identity_id)
        .where(
            ActorIdentity.person_id == Appointment.person_id,
            LearningFact.voided.is_(False),
            LearningFact.occurred_on > day,
            LearningFact.occurred_on <= until,
        )
        .correlate(Appointment)
        .exists()
    )


def _has_low_result(on: date) -> ColumnElement[bool]:
    return (
        select(PersonModule.person_id)
        .where(
            PersonModule.person_id == Appointment.person_id,
            PersonModule.first_accessed_on <= on,
            PersonModule.best_scaled < LOW_RESULT,
            PersonModule.first_completed_on.is_(None) | (PersonModule.first_completed_on > on),
        )
        .correlate(Appointment)
        .exists()
    )
