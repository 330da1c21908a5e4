"""Law has dates: what is still right on a day, and what an author must look at soon (pure)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from content_packages.companions import LegalBasis, QAEntry
from content_packages.contents import Package, Question

#: How far ahead an author is told, when nothing else is asked for.
AHEAD = timedelta(days=90)


def draw_pool(package: Package, *, on: date) -> tuple[Question, ...]:
    """The questions that a graded quiz may draw on that day, by id.

    A question leaves when the document that it cites is out of force, or not yet in force; it comes back
    by itself when the day does. Questions that cite no dated document stay.
    """
    questions = (package.questions[question_id] for question_id in sorted(package.questions))
    return tuple(question for question in questions if is_in_force(package, question.source, on=on))


def is_in_force(package: Package, source: str | None, *, on: date) -> bool:
    """Whether what cites this source may be relied upon on that day."""
    cited = package.legal_basis.get(source) if source is not None else None
    return cited is None or cited.is_in_force(on)


@dataclass(frozen=True)
class CitedLaw:
    """A document that is, or soon will be, out of force, and what rests on it.

    Attributes:
        state: `expired`; `expiring` within the days asked for; `coming` when it is not in force yet.
        question_ids, qa_ids: what cites it, sorted.
    """

    basis: LegalBasis
    state: Literal["expired", "expiring", "coming"]
    question_ids: tuple[str, ...]
    qa_ids: tuple[str, ...]


def list_expiring_law(package: Package, *, on: date, ahead: timedelta = AHEAD) -> tuple[CitedLaw, ...]:
    """Documents that an author must act upon, those out of force longest first."""
    found = [
        CitedLaw(
            basis, state, _citing(package.questions.values(), basis), _citing(package.qa.values(), basis)
        )
        for basis in package.legal_basis.values()
        if (state := _state(basis, on, ahead)) is not None
    ]
    return tuple(sorted(found, key=lambda one: (one.basis.last_day or date.max, one.basis.ref)))


def _citing(sourced: Iterable[Question | QAEntry], basis: LegalBasis) -> tuple[str, ...]:
    return tuple(sorted(one.id for one in sourced if one.source == basis.ref))


def _state(basis: LegalBasis, day: date, ahead: timedelta) -> Literal["expired", "expiring", "coming"] | None:
    if basis.last_day is not None and basis.last_day < day:
        return "expired"
    if basis.effective_on is not None and basis.effective_on > day:
        return "coming"
    if basis.last_day is not None and basis.last_day <= day + ahead:
        return "expiring"
    return None


@dataclass(frozen=True)
class DueReview:
    """Something whose author wanted to read it again by a day that has come or comes soon."""

    kind: Literal["package", "module", "question", "qa"]
    id: str
    review_by: date


def list_due_reviews(package: Package, *, on: date, ahead: timedelta = AHEAD) -> tuple[DueReview, ...]:
    """What is to be reviewed, earliest first."""
    due = [
        DueReview(kind, name, day)
        for kind, name, day in _review_days(package)
        if day is not None and day <= on + ahead
    ]
    return tuple(sorted(due, key=lambda one: (one.review_by, one.kind, one.id)))


def _review_days(
    package: Package,
) -> Iterator[tuple[Literal["package", "module", "question", "qa"], str, date | None]]:
    yield "package", package.id, package.review_by
    yield from (("module", one.id, one.review_by) for one in package.modules.values())
    yield from (("question", one.id, one.review_by) for one in package.questions.values())
    yield from (("qa", one.id, one.review_by) for one in package.qa.values())
