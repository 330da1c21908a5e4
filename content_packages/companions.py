"""What stands beside the lessons of a package: cited law, questions and answers, surveys (pure)."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

SurveyKind = Literal["needs", "reaction", "learning", "behaviour", "results"]


@dataclass(frozen=True)
class LegalBasis:
    """A document that the content cites.

    Attributes:
        signed_on: its date.
        effective_on: first day in force, when it is not the day it was signed.
        last_day: last day in force; None while no end is known.
        replaced_by: `ref` of the document that takes its place.
    """

    ref: str
    signed_on: date
    title: str | None = None
    effective_on: date | None = None
    last_day: date | None = None
    replaced_by: str | None = None

    def is_in_force(self, day: date) -> bool:
        """Whether the document holds on that day."""
        return (self.effective_on or date.min) <= day <= (self.last_day or date.max)


@dataclass(frozen=True)
class QAEntry:
    """One question that officials ask, with its answer.

    Attributes:
        collection: the file it stands in.
        also: other ways to ask it, for search.
        question, answer: Markdown, like a stem.
        as_of: the day the answer was checked; shown to the reader.
    """

    id: str
    collection: str
    area: str | None
    question: str
    answer: str
    also: tuple[str, ...]
    source: str
    as_of: date | None
    review_by: date | None = None


@dataclass(frozen=True)
class SurveyItem:
    """One question of a survey; `likert5` is answered 1 (disagree) to 5 (agree)."""

    id: str
    type: Literal["likert5", "text"]
    text: str
    optional: bool = False


@dataclass(frozen=True)
class Survey:
    """A survey; when `anonymous`, no answer is ever joined to a person."""

    id: str
    title: str
    kind: SurveyKind
    anonymous: bool
    items: tuple[SurveyItem, ...]
