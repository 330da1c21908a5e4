"""The figures of one report as frozen values, with one canonical text of which the hash is taken (pure).

People stand here by pseudonym only, so that a frozen report keeps no name: lists with names are made when
somebody who may see them asks (decision 0058).
"""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

import msgspec

from sync.official_reports.forms import ReportForm


@dataclass(frozen=True)
class Counts:
    """The people of a unit, or of a level. Stock and flow stand side by side and are never added.

    Attributes:
        can_bo, cong_chuc, vien_chuc: stock: who works on administrative reform, whatever the population.
        people: stock: those of the report's population, the denominator.
        accessed, trained: stock: of them, who had opened, or completed, a module by the day.
        period_people: flow: who has first completions of modules within the period, each person once, in the
            unit of the earliest of these days.
        period_turns: flow: first completions (person and module) within the period.
    """

    can_bo: int = 0
    cong_chuc: int = 0
    vien_chuc: int = 0
    people: int = 0
    accessed: int = 0
    trained: int = 0
    period_people: int = 0
    period_turns: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(*(getattr(self, name) + getattr(other, name) for name in COUNTED))

    @property
    def staff(self) -> int:
        """Everybody who works on administrative reform."""
        return self.can_bo + self.cong_chuc + self.vien_chuc

    @property
    def percent(self) -> Fraction | None:
        """Trained people of the population, exact, 0 to 100; `None` of nobody."""
        return Fraction(self.trained * 100, self.people) if self.people else None

    @property
    def access_percent(self) -> Fraction | None:
        """As `percent`, of those who opened a module."""
        return Fraction(self.accessed * 100, self.people) if self.people else None


COUNTED = tuple(Counts.__dataclass_fields__)


@dataclass(frozen=True)
class UnitLine:
    """One unit with everything below it. `depth` 1: directly below the reporting unit."""

    unit_id: int
    code: str
    name: str
    level: str
    depth: int
    counts: Counts


@dataclass(frozen=True)
class LevelLine:
    """The people whose posts are in units of one level."""

    level: str
    counts: Counts


@dataclass(frozen=True)
class TopicLine:
    """One area or skill within the period; `before` and `after` are means of 100, or unknown."""

    code: str
    title: str
    is_skill: bool
    is_tagged: bool
    classes: int
    turns: int
    people: int
    before: float | None = None
    after: float | None = None


@dataclass(frozen=True)
class ClassLine:
    """One class that was held; `attended` by level, in the order of levels."""

    title: str
    form: str
    day: date
    minutes: int
    places: str
    lecturer: str
    cost: int | None
    attended: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class FormLine:
    """One form of training within the period."""

    form: str
    people: int
    turns: int


@dataclass(frozen=True)
class TestLine:
    """Results of one unit within the period, each person once by the best one; bands from the best down."""

    unit_id: int
    name: str
    bands: tuple[int, ...]
    points: float

    @property
    def sat(self) -> int:
        """People with a result."""
        return sum(self.bands)

    @property
    def mean(self) -> float | None:
        """Mean of 100 points; `None` of nobody."""
        return self.points / self.sat if self.sat else None

    @property
    def percent(self) -> Fraction | None:
        """Who passed, 0 to 100."""
        return Fraction((self.sat - self.bands[-1]) * 100, self.sat) if self.sat else None


@dataclass(frozen=True)
class ListedPerson:
    """One line of a list of people; `points` of 100."""

    pseudonym: str
    unit: str
    points: float
    reason: str


@dataclass(frozen=True)
class NeedLine:
    """People of one level who had completed no module of a topic by the day."""

    level: str
    topic: str
    people: int


@dataclass(frozen=True)
class MovedPerson:
    """Somebody who was trained and left the work soon after."""

    pseudonym: str
    unit: str
    completed_on: date
    left_on: date


@dataclass(frozen=True)
class MovedLine:
    """How many of a unit were trained and left the work soon after, of how many who were trained there."""

    unit: str
    moved: int
    of: int


@dataclass(frozen=True)
class YearLine:
    """One year of the series.

    Attributes:
        as_was: the unit, or those that it came from, as they were on the last day; flow of that year.
        is_restated: whether predecessors answered for it.
        as_is_trained: of the people who are in the unit on the report's day, who had been trained by then.
    """

    year: int
    last_day: date
    as_was: Counts
    is_restated: bool
    as_is_trained: int


@dataclass(frozen=True)
class PartLine:
    """Whether a unit directly below has sent its report, and what it said."""

    unit_id: int
    name: str
    state: str
    due_on: date
    sent_at: datetime | None = None
    digest: str = ""
    counts: Counts | None = None


@dataclass(frozen=True)
class Definition:
    """How one figure is defined; `timing` is stock or flow."""

    title: str
    timing: str
    numerator: str
    denominator: str
    legal_basis: str


@dataclass(frozen=True)
class ReportHead:
    """Which unit, form and days; what was known when the figures were made.

    Attributes:
        on: the day of the stock: the last of the period, or the present day before it.
        waiting: statements that were not counted yet.
        target_percent, target_due_on, exceeds: the target that is due next.
    """

    unit_id: int
    unit_name: str
    unit_code: str
    unit_level: str
    above_name: str
    form: ReportForm
    year: int
    calendar: str
    first_day: date
    last_day: date
    on: date
    made_at: datetime
    waiting: int
    population_code: str
    population_version: int
    population_title: str
    target_percent: int
    target_due_on: date
    exceeds: bool


@dataclass(frozen=True)
class ReportFigures:
    """Everything that a report counts."""

    head: ReportHead
    total: Counts
    own: Counts
    units: tuple[UnitLine, ...]
    levels: tuple[LevelLine, ...]
    years: tuple[YearLine, ...]
    topics: tuple[TopicLine, ...]
    forms: tuple[FormLine, ...]
    classes: tuple[ClassLine, ...]
    tests: tuple[TestLine, ...]
    commended: tuple[ListedPerson, ...]
    recommended: tuple[ListedPerson, ...]
    needs: tuple[NeedLine, ...]
    moved: tuple[MovedLine, ...]
    moved_people: tuple[MovedPerson, ...]
    parts: tuple[PartLine, ...]
    definitions: tuple[Definition, ...]

    @property
    def cost(self) -> int:
        """Cost of the classes in đồng, where it is known."""
        return sum(one.cost or 0 for one in self.classes)

    @property
    def tested(self) -> TestLine:
        """Results of the whole unit."""
        bands = tuple(map(sum, zip(*(one.bands for one in self.tests), strict=True))) or (0, 0, 0, 0)
        points = sum(one.points for one in self.tests)
        return TestLine(self.head.unit_id, self.head.unit_name, bands, points)


def write_figures(figures: ReportFigures) -> bytes:
    """The canonical text: JSON with sorted names, the same for the same figures everywhere."""
    return msgspec.json.encode(figures, order="sorted")


def read_figures(text: bytes) -> ReportFigures:
    """The figures of a canonical text."""
    return msgspec.json.decode(text, type=ReportFigures)


def digest_of(*parts: bytes) -> str:
    """SHA-256 over the SHA-256 of each part, hexadecimal; a part cannot run over into the next one."""
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()
