"""All counts as expressions over the exported files, without an engine in them: DuckDB here, Spark there.

They say the same as the incremental SQL of `sync.rollups`, in other words and by another program, so that one
can judge the other. Needs the extra `analytics` (ibis); import it only where that is there.

Names of columns are those of `sync.analysis.schemas`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import reduce
from pathlib import Path
from typing import Any, Final

import ibis

from sync.calendars import Calendar
from sync.rollups.definitions import FactKind, Population

#: Prime below 2**31 and a multiplier: products stay below 2**63 on every engine.
_PRIME: Final = 2_147_483_647
_STEP: Final = 1_103_515_245
_OFFICIAL_SHIFT: Final = 14


@dataclass(frozen=True)
class AnalysisTables:
    """The exported files as tables of one engine."""

    facts: Any
    accounts: Any
    appointments: Any
    units: Any
    unit_tree: Any


def read_tables(connection: Any, folder: Path | str) -> AnalysisTables:
    """The tables of an exported folder.

    Args:
        connection: of ibis, to any engine that reads Parquet (`ibis.duckdb.connect()`,
            `ibis.pyspark.connect(session)`).
        folder: as the engine can reach it.
    """

    def dimension(name: str) -> Any:
        return connection.read_parquet(f"{folder}/dimensions/{name}.parquet", table_name=f"analysis_{name}")

    facts = connection.read_parquet(f"{folder}/facts/*/*.parquet", table_name="analysis_facts")
    return AnalysisTables(
        facts=facts,
        accounts=dimension("accounts"),
        appointments=dimension("appointments"),
        units=dimension("units"),
        unit_tree=dimension("unit_tree"),
    )


def module_states(tables: AnalysisTables) -> Any:
    """What each person has done with each module; the columns of `STATE_SCHEMA`."""
    facts = tables.facts.filter(~tables.facts.voided)
    linked = tables.accounts.filter(tables.accounts.person_id.notnull())
    told = facts.join(linked, "account_id")
    is_completion = told.kind == FactKind.COMPLETED.value
    states = told.group_by("person_id", "module_key").agg(
        first_accessed_on=told.occurred_on.min(),
        first_completed_on=told.occurred_on.min(where=is_completion),
        last_completed_on=told.occurred_on.max(where=is_completion),
        completions=told.count(where=is_completion),
        best_scaled=told.score_scaled.max(),
    )
    accessed = _with_unit_on(states, tables, "first_accessed_on", "access_unit_id")
    return _with_unit_on(accessed, tables, "first_completed_on", "completion_unit_id")


def unit_cells(states: Any, tables: AnalysisTables) -> Any:
    """People by unit (with everything below), module and month of both calendars; as `CELL_SCHEMA`."""
    days = ibis.union(
        _days(states, "access_unit_id", "first_accessed_on", accessed=1, completed=0),
        _days(states, "completion_unit_id", "first_completed_on", accessed=0, completed=1),
    )
    keyed = ["unit_id", "module_key", "calendar", "period_start"]
    months = ibis.union(*(_months(days, calendar, keyed) for calendar in Calendar))
    above = tables.unit_tree.filter(tables.unit_tree.hierarchy == "command").select(
        "ancestor_id", "descendant_id"
    )
    spread = months.join(above, months.unit_id == above.descendant_id)
    spread = spread.select(
        unit_id=spread.ancestor_id,
        module_key=spread.module_key,
        calendar=spread.calendar,
        period_start=spread.period_start,
        people_accessed=spread.people_accessed,
        people_completed=spread.people_completed,
    )
    return _sums(spread, keyed)


def stock_on(states: Any, tables: AnalysisTables, *, on: date, population: Population) -> Any:
    """People of every unit (with everything below) on a day, and how many had opened or completed by then.

    Columns: unit_id, people, accessed, completed. Units without people are left out.
    """
    day = ibis.date(on.isoformat())
    posts = _posts_on(tables, day, population)
    done = states.filter(states.first_accessed_on <= day)
    done = done.group_by("person_id").agg(
        completed=(done.first_completed_on <= day).fill_null(False).cast("int64").max()
    )
    above = tables.unit_tree.filter(tables.unit_tree.hierarchy == "command")
    standing = posts.left_join(done, "person_id")
    standing = standing.select(
        unit_id=standing.unit_id,
        accessed=standing.completed.notnull().cast("int64"),
        completed=standing.completed.fill_null(0),
    )
    spread = standing.join(above, standing.unit_id == above.descendant_id)
    return spread.group_by(unit_id=spread.ancestor_id).agg(
        people=spread.count(), accessed=spread.accessed.sum(), completed=spread.completed.sum()
    )


def state_checksum(states: Any) -> Any:
    """One row: how many states there are, and a number that differs when one of them does."""
    return _checksum(
        states,
        [
            states.person_id,
            states.module_key,
            _day_number(states.first_accessed_on),
            _day_number(states.first_completed_on),
            _day_number(states.last_completed_on),
            states.completions,
            ((states.best_scaled + 2) * 1_000_000).round().cast("int64").fill_null(0),
            states.access_unit_id.fill_null(0),
            states.completion_unit_id.fill_null(0),
        ],
    )


def cell_checksum(cells: Any) -> Any:
    """The same of cells."""
    is_official = (cells.calendar == Calendar.OFFICIAL.value).cast("int64")
    return _checksum(
        cells,
        [
            cells.unit_id,
            cells.module_key,
            is_official,
            _day_number(cells.period_start),
            cells.people_accessed,
            cells.people_completed,
        ],
    )


def _with_unit_on(states: Any, tables: AnalysisTables, day: str, name: str) -> Any:
    """Adds the unit of the primary post on the day; empty without a day or a post."""
    held = tables.appointments.filter(tables.appointments.is_primary)
    # A view of its own each time: the same table is joined twice.
    held = held.select(
        holder=held.person_id, held_unit=held.unit_id, held_from=held.valid_from, held_to=held.valid_to
    ).view()
    joined = states.left_join(
        held,
        [
            states.person_id == held.holder,
            held.held_from <= states[day],
            states[day] < held.held_to,
        ],
    )
    return joined.select(*states.columns, **{name: joined.held_unit})


def _days(states: Any, unit: str, day: str, *, accessed: int, completed: int) -> Any:
    """How many people count in each unit, with each module, on each day."""
    counted = states.filter(states[unit].notnull())
    grouped = counted.group_by(unit_id=counted[unit], module_key=counted.module_key, day=counted[day])
    people = grouped.agg(people=counted.count())
    return people.select(
        "unit_id",
        "module_key",
        "day",
        people_accessed=people.people * accessed,
        people_completed=people.people * completed,
    )


def _months(days: Any, calendar: Calendar, keyed: Sequence[str]) -> Any:
    shift = ibis.interval(days=_OFFICIAL_SHIFT)
    if calendar is Calendar.OFFICIAL:
        start = ((days.day - shift).cast("date").truncate("M").cast("date") + shift).cast("date")
    else:
        start = days.day.truncate("M").cast("date")
    named = days.select(
        unit_id=days.unit_id,
        module_key=days.module_key,
        calendar=ibis.literal(calendar.value),
        period_start=start,
        people_accessed=days.people_accessed,
        people_completed=days.people_completed,
    )
    return _sums(named, keyed)


def _sums(rows: Any, keyed: Sequence[str]) -> Any:
    return rows.group_by(*keyed).agg(
        people_accessed=rows.people_accessed.sum().cast("int64"),
        people_completed=rows.people_completed.sum().cast("int64"),
    )


def _posts_on(tables: AnalysisTables, day: Any, population: Population) -> Any:
    posts, units = tables.appointments, tables.units
    rules = [
        posts.is_primary,
        posts.staff_category.isin(sorted(population.staff_categories)),
        posts.valid_from <= day,
        day < posts.valid_to,
    ]
    if population.only_cchc:
        rules.append(posts.is_cchc)
    if population.cchc_roles:
        rules.append(posts.cchc_role.isin(sorted(population.cchc_roles)))
    in_force = units.filter(units.valid_from <= day, day < units.valid_to)
    return posts.filter(*rules).semi_join(in_force, "unit_id").select("person_id", "unit_id")


def _day_number(day: Any) -> Any:
    return (day.year().cast("int64") * 10_000 + day.month() * 100 + day.day()).fill_null(0)


def _checksum(rows: Any, columns: Sequence[Any]) -> Any:
    def mix(so_far: Any, column: Any) -> Any:
        return (so_far * _STEP + column.cast("int64") % _PRIME) % _PRIME

    first = columns[0].cast("int64") % _PRIME
    mixed = rows.select(mixed=reduce(mix, columns[1:], first))
    return mixed.agg(rows=mixed.count(), total=mixed.mixed.sum().cast("int64"))
