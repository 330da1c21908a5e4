"""What readers from outside may see: no published table gives a hidden figure away."""

from datetime import date
from itertools import product

from hypothesis import given
from hypothesis import strategies as st

from sync.reports.disclosure import (
    SMALLEST,
    Cell,
    band_of,
    closing_days,
    is_small,
    protect_table,
)


@st.composite
def cells(draw):
    made = []
    for key in range(draw(st.integers(1, 4))):
        people = draw(st.integers(0, 14))
        accessed = draw(st.integers(0, people))
        made.append(Cell(key, people, accessed, draw(st.integers(0, accessed))))
    return made


def possible_counts(published, hidden_highs, total):
    """Every way in which the hidden counts can make up the total."""
    rest = total - sum(published)
    return [ways for ways in product(*(range(high + 1) for high in hidden_highs)) if sum(ways) == rest]


@given(cells())
def test_no_small_count_is_published_and_no_sum_gives_a_hidden_one_away(table):
    shown = protect_table(table)

    for cell, row in zip(table, shown.rows, strict=True):
        assert row.completed is None or not is_small(row.completed, of=cell.people)
        assert row.accessed is None or not is_small(row.accessed, of=cell.people)
    hidden = [cell for cell, row in zip(table, shown.rows, strict=True) if row.completed is None]
    if hidden and shown.total.completed is not None:
        published = [row.completed for row in shown.rows if row.completed is not None]
        ways = possible_counts(published, [cell.people for cell in hidden], shown.total.completed)
        for place in range(len(hidden)):
            assert len({way[place] for way in ways}) >= min(SMALLEST, hidden[place].people + 1) > 1


@given(cells())
def test_the_difference_of_two_published_figures_of_a_unit_is_never_small(table):
    for row in protect_table(table).rows:
        if row.accessed is not None and row.completed is not None:
            assert not 0 < row.accessed - row.completed < SMALLEST


@given(cells())
def test_the_table_of_accesses_keeps_its_hidden_counts_also_from_who_knows_the_completions(table):
    shown = protect_table(table)
    rows = list(zip(table, shown.rows, strict=True))
    hidden = [(cell, row.completed or 0) for cell, row in rows if row.accessed is None]
    if not hidden or shown.total.accessed is None:
        return
    rest = shown.total.accessed - sum(row.accessed for _, row in rows if row.accessed is not None)
    ways = [
        way for way in product(*(range(low, cell.people + 1) for cell, low in hidden)) if sum(way) == rest
    ]

    for place, (cell, low) in enumerate(hidden):
        assert len({way[place] for way in ways}) >= min(SMALLEST, cell.people - low + 1)


@given(cells(), st.data())
def test_what_the_reader_knows_already_protects_nothing(table, data):
    known = data.draw(st.sets(st.sampled_from([cell.key for cell in table])))
    shown = protect_table(table, known=known)

    hidden = [cell for cell, row in zip(table, shown.rows, strict=True) if row.completed is None]
    assert not known & {cell.key for cell in hidden}
    if hidden and shown.total.completed is not None:
        published = [row.completed for row in shown.rows if row.completed is not None]
        ways = possible_counts(published, [cell.people for cell in hidden], shown.total.completed)
        assert all(len({way[place] for way in ways}) > 1 for place in range(len(hidden)))


def test_one_small_unit_hides_the_next_smallest_with_it():
    table = [Cell("nhỏ", 6, 6, 2), Cell("vừa", 40, 30, 20), Cell("lớn", 400, 300, 200)]

    shown = {row.key: row.completed for row in protect_table(table).rows}

    assert shown == {"nhỏ": None, "vừa": None, "lớn": 200}


def test_a_large_table_stays_as_it_is():
    table = [Cell(key, 100 + key, 80, 60) for key in range(34)]

    assert [row.completed for row in protect_table(table).rows] == [60] * 34


@given(st.integers(0, 60), st.data())
def test_a_band_never_stands_for_fewer_than_three_counts_of_a_small_figure(people, data):
    completed = data.draw(st.integers(0, people))
    band = band_of(completed, of=people)

    if band is not None and is_small(completed, of=people):
        same = [count for count in range(people + 1) if band_of(count, of=people) == band]
        fits = [count for count in range(people + 1) if band[0] * people < count * 100 <= band[1] * people]
        assert len(same) >= 1
        assert len(fits) + (band[0] == 0) >= 3


def test_readers_from_outside_choose_among_the_closing_days_of_quarters():
    days = closing_days(date(2026, 11, 24), since=date(2025, 12, 1))

    assert days == [date(2026, 9, 14), date(2026, 6, 14), date(2026, 3, 14), date(2025, 12, 14)]
