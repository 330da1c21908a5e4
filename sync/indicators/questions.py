"""Questions answered in time: those sent in a period, credited to the asker's unit of that day."""

from datetime import date, datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from content_packages.experts.models import ExpertQuestion
from sync.calendars import Period, local_day
from sync.indicators.measures import Share, Unmeasured
from sync.organization.models import COMMAND, ActorIdentity, Appointment, UnitClosure
from sync.reports.questions import UNCOUNTED, instants_of_days

#: When it was asked and first answered, the last day in time, and the post whose unit it is credited to.
_Row = tuple[datetime, datetime | None, date, date, date]


def measure_answers(session: Session, unit_id: int, *, period: Period) -> Share:
    """Questions of the unit's people that were answered by their last day in time, of all they sent.

    Both are questions, not people. What an account asks that is tied to nobody belongs to no unit.
    """
    asked = [row for row in _questions(session, unit_id, period) if row[3] <= local_day(row[0]) < row[4]]
    in_time = sum(answered is not None and local_day(answered) <= due for _, answered, due, _, _ in asked)
    return Share(in_time, len(asked), None if asked else Unmeasured.NOTHING_RECORDED)


def _questions(session: Session, unit_id: int, period: Period) -> list[_Row]:
    """Questions of the period with every primary post that their askers ever had in the unit."""
    begins, ends = instants_of_days(period.first_day, period.last_day)
    rows = session.execute(
        select(
            ExpertQuestion.asked_at,
            ExpertQuestion.answered_at,
            ExpertQuestion.due_on,
            Appointment.valid_from,
            Appointment.valid_to,
        )
        .join(
            ActorIdentity,
            and_(
                ActorIdentity.home_page == ExpertQuestion.home_page,
                ActorIdentity.account_name == ExpertQuestion.name,
            ),
        )
        .join(Appointment, Appointment.person_id == ActorIdentity.person_id)
        .join(UnitClosure, UnitClosure.descendant_id == Appointment.unit_id)
        .where(
            ExpertQuestion.asked_at >= begins,
            ExpertQuestion.asked_at < ends,
            ExpertQuestion.state.not_in(UNCOUNTED),
            Appointment.is_primary.is_(True),
            UnitClosure.hierarchy == COMMAND,
            UnitClosure.ancestor_id == unit_id,
        )
    )
    return [(asked, answered, due, begin, end) for asked, answered, due, begin, end in rows]
