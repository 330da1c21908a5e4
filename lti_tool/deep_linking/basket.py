"""What a teacher has chosen, in order, each with its settings. Pure.

Between two pages the basket lies in the database as JSON, so that a page which is reloaded, or has no script,
loses nothing.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import Any, Final

from lti_tool.deep_linking.errors import BasketFull

#: More than a course needs; one answer must stay a form that every LMS takes.
MOST_ITEMS: Final = 50
LONGEST_TEXT: Final = 2000
#: LTI allows longer titles, but the most common LMS stops the teacher at a longer one.
LONGEST_TITLE: Final = 255
#: Scores are sent as points of 100; the LMS converts them to the maximum of its column.
USUAL_MAXIMUM: Final = 100.0


@dataclass(frozen=True)
class Span:
    """From when until when; None is open on that side."""

    begins_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        """Whether neither side has a limit."""
        return self.begins_at is None and self.ends_at is None


@dataclass(frozen=True)
class BasketItem:
    """One chosen content and how the LMS is to show it.

    Attributes:
        content: see `ContentEntry.content`.
        graded: whether it gets a column of the gradebook.
        score_maximum: points of that column, above zero.
        target: `iframe` or `window`; "" leaves it to the LMS.
        available: when learners may open it.
        submission: when attempts may be made; for tests.
        reviewable: whether the gradebook may open a learner's submission here.
    """

    content: str
    title: str
    text: str
    graded: bool
    score_maximum: float = USUAL_MAXIMUM
    target: str = ""
    available: Span = Span()
    submission: Span = Span()
    reviewable: bool = False


Basket = tuple[BasketItem, ...]


def add_item(basket: Basket, item: BasketItem, *, several: bool) -> Basket:
    """The basket with the item at its end; one that is in it already stays as it is.

    Args:
        several: where the LMS takes one item only, the new one takes the place of the other.

    Raises:
        BasketFull
    """
    if any(one.content == item.content for one in basket):
        return basket
    if not several:
        return (item,)
    if len(basket) >= MOST_ITEMS:
        raise BasketFull(f"One answer carries at most {MOST_ITEMS} items. Add these first, then choose more.")
    return (*basket, item)


def remove_item(basket: Basket, content: str) -> Basket:
    """The basket without that content."""
    return tuple(item for item in basket if item.content != content)


def move_item(basket: Basket, content: str, *, by: int) -> Basket:
    """The basket with one item moved `by` places; beyond the ends it stays where it is."""
    places = [item.content for item in basket]
    if content not in places:
        return basket
    here = places.index(content)
    there = max(0, min(len(basket) - 1, here + by))
    others = [item for item in basket if item.content != content]
    others.insert(there, basket[here])
    return tuple(others)


def change_item(basket: Basket, content: str, change: Callable[[BasketItem], BasketItem]) -> Basket:
    """The basket with one item changed."""
    return tuple(change(item) if item.content == content else item for item in basket)


def write_basket(basket: Sequence[BasketItem]) -> str:
    """The basket as JSON."""
    return json.dumps([asdict(item) for item in basket], default=_instant_text, ensure_ascii=False)


def read_basket(written: str) -> Basket:
    """What `write_basket` wrote."""
    return tuple(_item(one) for one in json.loads(written))


def _item(written: dict[str, Any]) -> BasketItem:
    known = {field.name for field in fields(BasketItem)}
    item = BasketItem(**{name: value for name, value in written.items() if name in known})
    return replace(item, available=_span(written["available"]), submission=_span(written["submission"]))


def _span(written: dict[str, str | None]) -> Span:
    return Span(_instant(written["begins_at"]), _instant(written["ends_at"]))


def _instant(written: str | None) -> datetime | None:
    return datetime.fromisoformat(written) if written else None


def _instant_text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"Not a part of a basket: {value!r}.")
