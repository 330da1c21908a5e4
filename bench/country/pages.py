"""What the pages of statistics ask: cold (counted) and warm (kept, with the look whether anything changed).

Cold keeps no figures; maps of the tree are kept, as they are while no unit changes.
"""

from collections.abc import Callable
from datetime import date
from typing import Final

from sqlalchemy import Engine, event, func, select
from sqlalchemy.orm import Session

from bench.country.facts import module_iris
from bench.country.measuring import Meter
from sync.calendars import Calendar, PeriodKind
from sync.kept import MODULES, PEOPLE, keep, keep_days
from sync.organization.models import Unit
from sync.organization.units import children_of, find_nation
from sync.reports.coverage import cover
from sync.reports.flow import flow_of_year
from sync.reports.leaves import StockQuestion
from sync.reports.matrix import count_topics
from sync.reports.people import PeopleQuestion, Progress, count_people, list_people
from sync.reports.programme import ModuleName, Programme
from sync.reports.series import closing_days_until, stock_on_days
from sync.reports.targets import FIRST_DAY
from sync.rollups.definitions import CIVIL_SERVANTS
from sync.rollups.person_days import recount_person_days

TODAY, LAST_YEAR = date(2026, 11, 18), date(2024, 12, 31)
_REQUIRED: Final = 10
_PER_TOPIC: Final = 6


def measure_pages(engine: Engine, meter: Meter) -> None:
    """Prints each question of each page for the country, a ministry, a province and a commune."""
    programme = Programme(
        tuple(ModuleName(iri, iri[-2:]) for iri in module_iris()), frozenset(module_iris()[:_REQUIRED])
    )
    with (
        meter.measure("first days of everybody from the states"),
        Session(engine) as session,
        session.begin(),
    ):
        recount_person_days(session, required=programme.required_iris)
    with Session(engine.execution_options(read_only=True)) as session:
        asker = _Asker(session, meter, programme)
        for words, unit_id in _units(session):
            asker.ask_for(words, unit_id)


def _units(session: Session) -> list[tuple[str, int]]:
    nation = find_nation(session).unit_id
    parts = children_of(session, nation, on_date=TODAY)
    ministry, province = (
        next(one.unit_id for one in parts if one.level == level) for level in ("central", "province")
    )
    commune = session.scalar(
        select(func.min(Unit.unit_id)).where(Unit.parent_id == province, Unit.level == "commune")
    )
    return [("country", nation), ("ministry", ministry), ("province", province), ("commune", commune or 0)]


class _Asker:
    def __init__(self, session: Session, meter: Meter, programme: Programme) -> None:
        self.session, self.meter, self.programme = session, meter, programme
        self.queries = 0
        event.listen(session.get_bind(), "before_cursor_execute", self._count)

    def ask_for(self, words: str, unit_id: int) -> None:
        session = self.session
        for what, on, to in (
            ("today", TODAY, None),
            (f"{LAST_YEAR}", LAST_YEAR, None),
            (f"{LAST_YEAR} restated", LAST_YEAR, TODAY),
        ):
            asked = StockQuestion(unit_id, on, CIVIL_SERVANTS, self.programme, restated_to=to)
            self._measure(f"{words}: stock {what}", lambda asked=asked: cover(session, asked))
            self._warm(f"{words}: stock {what}", asked, lambda asked=asked: cover(session, asked))
        asked = StockQuestion(unit_id, TODAY, CIVIL_SERVANTS, self.programme, module_iris()[3])
        self._measure(f"{words}: one module, today", lambda: cover(session, asked))
        self._series(words, unit_id)
        self._topics(words, unit_id)
        self._measure(
            f"{words}: flow of a year",
            lambda: flow_of_year(session, unit_id, year=2026, calendar=Calendar.OFFICIAL),
        )
        self._people(words, unit_id)

    def _series(self, words: str, unit_id: int) -> None:
        days = closing_days_until(TODAY, since=FIRST_DAY, kind=PeriodKind.QUARTER, calendar=Calendar.OFFICIAL)

        def count(missing: list[date]) -> list[object]:
            return list(stock_on_days(self.session, unit_id, missing, population=CIVIL_SERVANTS))

        self._measure(f"{words}: trend, {len(days)} quarters", lambda: count(days))
        self._measure(f"{words}: trend, today's figure only", lambda: count(days[-1:]))
        self._measure(
            f"{words}: trend, warm", lambda: keep_days(self.session, unit_id, days, count, of=PEOPLE)
        )

    def _topics(self, words: str, unit_id: int) -> None:
        iris = module_iris()
        columns = {str(start): iris[start : start + _PER_TOPIC] for start in range(0, len(iris), _PER_TOPIC)}
        asked = StockQuestion(unit_id, TODAY, CIVIL_SERVANTS, self.programme)

        def ask() -> object:
            return count_topics(self.session, asked, columns)

        self._measure(f"{words}: areas and skills", ask)
        self._measure(
            f"{words}: areas and skills, warm",
            lambda: keep(self.session, ("topics", asked), ask, of=MODULES, on=TODAY),
        )

    def _people(self, words: str, unit_id: int) -> None:
        for what, progress in (
            ("everybody", frozenset(Progress)),
            ("not begun", frozenset({Progress.NOT_STARTED})),
        ):
            asked = PeopleQuestion(unit_id, TODAY, CIVIL_SERVANTS, self.programme, progress)
            self._measure(
                f"{words}: list of {what}, count and first page",
                lambda asked=asked: (
                    count_people(self.session, asked),
                    list_people(self.session, asked, limit=50),
                ),
            )

    def _measure(self, words: str, ask: Callable[[], object]) -> None:
        def ask_alone() -> object:
            """Each time in a transaction of its own, as each page has."""
            self.session.rollback()
            self.queries = 0
            return ask()

        ask_alone()
        self.meter.repeat(words, ask_alone, times=3)
        self.meter.say(f"    {self.queries} queries")

    def _warm(self, words: str, asked: StockQuestion, count: Callable[[], object]) -> None:
        self._measure(f"{words}, warm", lambda: keep(self.session, asked, count, of=PEOPLE, on=asked.on))

    def _count(self, *_given: object) -> None:
        self.queries += 1
