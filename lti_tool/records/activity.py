"""What happened, in a picture: statements per day or month and by verb, of a sample that is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from lti_tool.records.sentences import say_verb
from sync.calendars import VIET_NAM
from xapi_bridge.store.follow import StoredStatement

#: Newest matches that the picture is made of: a bound on its price, whatever the store holds.
SAMPLE: Final = 1_000
_MOST_DAYS: Final = 31
_MOST_VERBS: Final = 6
#: The picture, in its own units.
_WIDTH: Final = 620
_HEIGHT: Final = 120
_GAP: Final = 2
_WIDEST: Final = 40


@dataclass(frozen=True)
class Bar:
    """One day or month; x, y, width and height in the units of the picture."""

    label: str
    count: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True)
class ActivityPicture:
    """The sample in figures.

    Attributes:
        is_whole: the sample is everything that matches.
        by_month: bars are months, because the sample is longer than a month.
        verbs: words and count, the most frequent first; the rest as one.
    """

    sampled: int
    is_whole: bool
    by_month: bool
    first_at: datetime
    last_at: datetime
    bars: Sequence[Bar]
    verbs: Sequence[tuple[str, int]]
    width: int = _WIDTH
    height: int = _HEIGHT


class _Verb(msgspec.Struct):
    id: str
    display: dict[str, str] = msgspec.field(default_factory=dict)


class _VerbOnly(msgspec.Struct):
    verb: _Verb


_read_verb = msgspec.json.Decoder(_VerbOnly)


def draw_activity(sample: Sequence[StoredStatement], *, is_whole: bool, other: str) -> ActivityPicture | None:
    """The picture of a sample, newest first; None of nothing.

    Args:
        other: the word for all verbs beyond the first six.
    """
    if not sample:
        return None
    days = [one.stored.astimezone(VIET_NAM).date() for one in sample]
    by_month = (max(days) - min(days)).days >= _MOST_DAYS
    return ActivityPicture(
        sampled=len(sample),
        is_whole=is_whole,
        by_month=by_month,
        first_at=sample[-1].stored,
        last_at=sample[0].stored,
        bars=_draw_bars(_tally_months(days) if by_month else _tally_days(days)),
        verbs=_tally_verbs(sample, other=other),
    )


def _tally_days(days: Sequence[date]) -> list[tuple[str, int]]:
    """Every day from the first to the last, also those without a statement."""
    tally = Counter(days)
    span = (max(days) - min(days)).days + 1
    every = [min(days) + timedelta(days=place) for place in range(span)]
    return [(f"{day:%d/%m/%Y}", tally[day]) for day in every]


def _tally_months(days: Sequence[date]) -> list[tuple[str, int]]:
    """Every month from the first to the last."""
    tally = Counter((day.year, day.month) for day in days)
    first, last = min(tally), max(tally)
    span = (last[0] - first[0]) * 12 + last[1] - first[1] + 1
    places = [divmod(first[1] - 1 + place, 12) for place in range(span)]
    return [
        (f"{month + 1:02d}/{first[0] + years}", tally[first[0] + years, month + 1]) for years, month in places
    ]


def _draw_bars(tally: Sequence[tuple[str, int]]) -> list[Bar]:
    most = max(count for _, count in tally) or 1
    step = _WIDTH / len(tally)
    bars = []
    for place, (label, count) in enumerate(tally):
        height = round(count / most * (_HEIGHT - 4), 1)
        bars.append(
            Bar(
                label=label,
                count=count,
                x=round(place * step + _GAP / 2, 1),
                y=round(_HEIGHT - height, 1),
                width=round(min(max(step - _GAP, 1), _WIDEST), 1),
                height=height,
            )
        )
    return bars


def _tally_verbs(sample: Sequence[StoredStatement], *, other: str) -> list[tuple[str, int]]:
    verbs = [_read_verb.decode(one.payload).verb for one in sample]
    words = {verb.id: say_verb(verb.id, verb.display) for verb in verbs}
    tally = Counter(verb.id for verb in verbs).most_common()
    shown = [(words[iri], count) for iri, count in tally[:_MOST_VERBS]]
    rest = sum(count for _, count in tally[_MOST_VERBS:])
    return [*shown, (other, rest)] if rest else shown
