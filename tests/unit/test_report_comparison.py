"""Units side by side: honest ties, small units without a place; and what somebody does next."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from sync.organization.models import OPEN_END
from sync.organization.units import UnitOnDay
from sync.reports.comparison import distribute, median_rate, rank_units
from sync.reports.coverage import PartStock
from sync.reports.next_steps import NextStep, Step, next_step
from sync.reports.people import ModuleStanding
from sync.reports.programme import ModuleName, Programme
from sync.reports.stock import Stock

DAY = date(2026, 11, 1)


def make_part(name: str, people: int, completed: int) -> PartStock:
    unit = UnitOnDay(
        hash(name), "QD19/2025", "01", "province", "tinh", f"Tỉnh {name}", name, date(2025, 7, 1), OPEN_END
    )
    return PartStock(unit, Stock(people, completed, completed))


def places(*parts: PartStock) -> dict[str, int | None]:
    return {one.unit.short_name: one.place for one in rank_units(parts)}


def test_equal_rates_share_a_place_and_the_next_place_stays_empty():
    ranked = places(
        make_part("Ba", 10, 5), make_part("Một", 20, 18), make_part("Hai", 100, 50), make_part("Bốn", 10, 1)
    )

    assert ranked == {"Một": 1, "Ba": 2, "Hai": 2, "Bốn": 4}


def test_rates_that_only_look_equal_are_not_tied():
    assert places(make_part("Một", 1001, 500), make_part("Hai", 1000, 500)) == {"Hai": 1, "Một": 2}


def test_a_unit_with_fewer_than_five_people_has_a_band_and_no_place():
    [small] = rank_units([make_part("Nhỏ", 4, 2)])

    assert (small.place, small.percent, small.band) == (None, None, (0, 50))


def test_tied_units_stand_in_vietnamese_order():
    ranked = rank_units([make_part("Đồng Nai", 10, 5), make_part("An Giang", 10, 5), make_part("Ẩn", 10, 5)])

    assert [one.unit.short_name for one in ranked] == ["An Giang", "Ẩn", "Đồng Nai"]


@given(st.lists(st.tuples(st.integers(5, 60), st.integers(0, 60)), max_size=30))
def test_every_unit_with_a_place_stands_in_exactly_one_bin(sizes):
    parts = [make_part(str(place), of, min(done, of)) for place, (of, done) in enumerate(sizes)]

    assert sum(one.units for one in distribute(parts)) == len(parts)
    assert (median_rate(parts) is None) == (not parts)


PROGRAMME = Programme(
    tuple(ModuleName(iri, iri) for iri in ("m1", "m2", "m3")), frozenset({"m1", "m2", "m3"})
)


def opened(iri: str, *, completed: bool = False, best: float | None = None) -> ModuleStanding:
    return ModuleStanding(iri, DAY, DAY if completed else None, best)


def test_whoever_has_done_nothing_begins_with_the_first_module():
    assert next_step([], PROGRAMME) == NextStep(Step.BEGIN, "m1")


def test_a_low_result_is_repeated_before_anything_new():
    step = next_step([opened("m1"), opened("m2", best=0.3)], PROGRAMME)

    assert step == NextStep(Step.REPEAT, "m2", DAY)


def test_what_was_left_off_is_continued_in_order_of_delivery():
    assert next_step([opened("m3"), opened("m2")], PROGRAMME) == NextStep(Step.CONTINUE, "m2", DAY)


def test_after_a_finished_module_comes_the_first_new_one():
    assert next_step([opened("m1", completed=True)], PROGRAMME) == NextStep(Step.GO_ON, "m2")


def test_with_everything_complete_there_is_nothing_to_do():
    done = [opened(iri, completed=True) for iri in ("m1", "m2", "m3")]

    assert next_step(done, PROGRAMME) == NextStep(Step.NOTHING)
