"""Classes: make one, list them, say who is expected."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, Unit, UnitClosure
from sync.organization_errors import ClassMalformed, ClassUnknown
from sync.rollups.definitions import TrainingForm
from sync.rollups.models import LONGEST_IRI
from sync.training_classes.models import Attendance, ClassPerson, ClassSite, TrainingClass
from xapi_bridge.database import insert_if_absent

_MOST_MINUTES = 60 * 24 * 60


@dataclass(frozen=True)
class ClassPlan:
    """A class as it is entered; see the columns of `TrainingClass`.

    Attributes:
        sites: names of the places (điểm cầu); empty: one place.
    """

    title: str
    form: TrainingForm
    unit_id: int
    begins_at: datetime
    minutes: int
    place: str = ""
    sites: tuple[str, ...] = ()
    lecturer: str = ""
    module_iris: tuple[str, ...] = ()
    cost: int | None = None
    document: str = ""


@dataclass(frozen=True)
class ClassLine:
    """A class in a list, with how many were expected and were there."""

    row: TrainingClass
    expected: int
    attended: int


def create_class(session: Session, plan: ClassPlan, *, by: str, now: datetime) -> TrainingClass:
    """Enters a class with its places.

    Raises:
        ClassMalformed: no title, no time, a cost below zero, or a unit that does not exist.
    """
    _check(session, plan)
    row = TrainingClass(
        title=plan.title.strip(),
        form=plan.form.value,
        unit_id=plan.unit_id,
        begins_at=plan.begins_at,
        minutes=plan.minutes,
        place=plan.place.strip()[:200],
        lecturer=plan.lecturer.strip()[:200],
        module_iris="\n".join(plan.module_iris),
        cost=plan.cost,
        document=plan.document.strip()[:200],
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    names = dict.fromkeys(name.strip()[:160] for name in plan.sites if name.strip())
    session.add_all(ClassSite(class_id=row.class_id, name=name) for name in names)
    session.flush()
    return row


def get_class(session: Session, class_id: int, *, root_id: int | None) -> TrainingClass:
    """The class; a manager gets those of the own subtree.

    Raises:
        ClassUnknown.
    """
    row = session.get(TrainingClass, class_id)
    if row is not None and root_id is not None:
        below = select(UnitClosure.depth).where(
            UnitClosure.hierarchy == COMMAND,
            UnitClosure.ancestor_id == root_id,
            UnitClosure.descendant_id == row.unit_id,
        )
        row = row if session.scalar(below) is not None else None
    if row is None:
        raise ClassUnknown(f"There is no class {class_id} of yours.")
    return row


def list_classes(session: Session, *, root_id: int | None, limit: int = 100) -> list[ClassLine]:
    """Classes of a subtree (`None`: of everybody), the latest first."""
    expected = (
        select(func.count())
        .where(ClassPerson.class_id == TrainingClass.class_id)
        .correlate(TrainingClass)
        .scalar_subquery()
    )
    attended = (
        select(func.count())
        .where(Attendance.class_id == TrainingClass.class_id, Attendance.taken_back_at.is_(None))
        .correlate(TrainingClass)
        .scalar_subquery()
    )
    asked = select(TrainingClass, expected, attended).order_by(TrainingClass.begins_at.desc()).limit(limit)
    if root_id is not None:
        below = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == root_id
        )
        asked = asked.where(TrainingClass.unit_id.in_(below))
    return [ClassLine(*row) for row in session.execute(asked)]


def list_sites(session: Session, class_id: int) -> Sequence[ClassSite]:
    """The places of a class, by name."""
    asked = select(ClassSite).where(ClassSite.class_id == class_id).order_by(ClassSite.name)
    return session.scalars(asked).all()


def expect_people(session: Session, class_id: int, person_ids: Iterable[int]) -> int:
    """Puts people on the list of a class; returns how many were new."""
    rows = [{"class_id": class_id, "person_id": one} for one in sorted(set(person_ids))]
    return insert_if_absent(session, ClassPerson.__table__, rows)


def _check(session: Session, plan: ClassPlan) -> None:
    if not 0 < len(plan.title.strip()) <= 200:
        raise ClassMalformed("A class has a title of up to 200 characters.")
    if not 0 < plan.minutes <= _MOST_MINUTES or plan.begins_at.tzinfo is None:
        raise ClassMalformed("A class begins at an instant and lasts 1 minute to 60 days.")
    if plan.cost is not None and not 0 <= plan.cost < 2**63:
        raise ClassMalformed("The cost is a number of đồng from 0.")
    if any(len(iri) > LONGEST_IRI for iri in plan.module_iris):
        raise ClassMalformed("A module of the class is none of ours.")
    if session.get(Unit, plan.unit_id) is None:
        raise ClassMalformed(f"There is no unit {plan.unit_id} to hold the class.")
