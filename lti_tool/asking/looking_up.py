"""One question looked up for a page: the answer, what else was found, and what people ask in an area."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from sqlalchemy.orm import Session

from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.asking import Lesson
from content_packages.knowledge import Answer, Entry, Filters, SearchResult, answer, list_entries, search
from content_packages.knowledge.source.fields import LEVELS

LONGEST_WORDS: Final = 300
_MOST_FOUND: Final = 10
_MOST_OFTEN_ASKED: Final = 6


@dataclass(frozen=True)
class AskedWords:
    """What somebody looks for.

    Attributes:
        words: empty: nothing yet.
        area: asked first; the whole is asked when the area does not know.
        on: day as of which documents are looked at.
        everything: also the lists of all that was found.
    """

    words: str
    area: str
    level: str
    on: date
    everything: bool = False
    lesson: Lesson = field(default_factory=Lesson)

    @property
    def filters(self) -> Filters:
        """As the knowledge base takes them."""
        return Filters(area=self.area, level=self.level)


@dataclass(frozen=True)
class LookedUp:
    """What a page shows.

    Attributes:
        answer: None: nothing was asked.
        is_elsewhere: the area did not know, and the answer comes from all areas.
        found: the lists, when they were asked for.
        often_asked: questions of the area, when nothing was asked.
    """

    answer: Answer | None = None
    is_elsewhere: bool = False
    found: SearchResult | None = None
    often_asked: tuple[Entry, ...] = ()


def read_words(given: Mapping[str, str], *, today: date, area: str = "") -> AskedWords:
    """The question in an address; what does not fit counts as not given.

    Args:
        given: `q`, `linh-vuc`, `cap`, `ngay`, `tat-ca`; beside a lesson `goi`, `bai`, `muc`.
        area: asked first unless the address says otherwise.
    """
    chosen = given.get("linh-vuc", area)
    level = given.get("cap", "")
    return AskedWords(
        words=" ".join(given.get("q", "").replace("\x00", "").split())[:LONGEST_WORDS],
        area=chosen if chosen in AREA_TITLES else "",
        level=level if level in LEVELS else "",
        on=_day(given.get("ngay", ""), today),
        everything=given.get("tat-ca") == "1",
        lesson=_lesson(given),
    )


def look_up(session: Session, asked: AskedWords) -> LookedUp:
    """The answer of the area, else of all areas; without a question what is often asked."""
    if not asked.words:
        entries = [one for one in list_entries(session) if asked.area in ("", one.area)]
        return LookedUp(often_asked=tuple(entries[:_MOST_OFTEN_ASKED]))
    given, is_elsewhere = _answer(session, asked)
    filters = Filters(level=asked.level) if is_elsewhere else asked.filters
    found = (
        search(session, asked.words, on=asked.on, filters=filters, limit=_MOST_FOUND)
        if asked.everything
        else None
    )
    return LookedUp(given, is_elsewhere, found)


def _answer(session: Session, asked: AskedWords) -> tuple[Answer, bool]:
    given = answer(session, asked.words, on=asked.on, filters=asked.filters)
    if given.kind != "unknown" or not asked.area:
        return given, False
    wider = answer(session, asked.words, on=asked.on, filters=Filters(level=asked.level))
    return (wider, True) if wider.kind != "unknown" or not given.alternatives else (given, False)


def _lesson(given: Mapping[str, str]) -> Lesson:
    number = given.get("muc", "")
    section = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
    return Lesson(
        package_id=given.get("goi", "").replace("\x00", "")[:64],
        module_id=given.get("bai", "").replace("\x00", "")[:64],
        section=section,
    )


def _day(text: str, today: date) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return today
