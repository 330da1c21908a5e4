"""The views for analysts: those that the page describes, of the right figures, without a name, read-only."""

import re
import uuid
from datetime import date
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from lti_tool.database_schema import downgrade_database, upgrade_database
from sync.indicators.catalogue import CATALOGUE
from sync.reports.coverage import cover_unit
from sync.reports.programme import Programme
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.reports import create_country

PAGE = Path(__file__).parents[2] / "docs" / "analysts" / "star-schema.md"
BEFORE_THE_VIEWS = "20261126_0060"


def described_views() -> dict[str, list[str]]:
    """View -> its columns, as the page lists them."""
    views: dict[str, list[str]] = {}
    for line in PAGE.read_text().splitlines():
        if line.startswith("### "):
            views[line.removeprefix("### ")] = []
        elif column := re.match(r"- `(\w+)`: \S", line):
            views[list(views)[-1]].append(column.group(1))
    return views


def stock_query() -> str:
    return (
        PAGE.read_text().split("## Stock at a day")[1].split("```sql")[1].split("```")[0].rstrip().rstrip(";")
    )


def test_the_page_describes_every_view_and_column_in_order(engine):
    found = inspect(engine)

    made = {
        name: [column["name"] for column in found.get_columns(name)]
        for name in found.get_view_names()
        if name.startswith("analysis_")
    }

    assert made == described_views()


def test_no_view_shows_who_a_person_is(session):
    create_country(session)

    shown = ""
    for name in described_views():
        rows = session.execute(text(f"SELECT * FROM {name}")).all()  # noqa: S608 - names of our own
        shown += str(rows)

    assert "Họ Tên" not in shown
    assert "CB-" not in shown
    assert "lms.example" not in shown


def test_the_views_of_indicators_are_the_catalogue(session):
    indicators = session.execute(text("SELECT * FROM analysis_indicator")).all()
    targets = session.execute(text("SELECT * FROM analysis_target")).all()

    assert [tuple(row) for row in indicators] == [
        (one.code, one.title, one.timing, one.direction, one.population.code) for one in CATALOGUE
    ]
    assert [(row.indicator_code, str(row.due_on), row.percent, bool(row.exceeds)) for row in targets] == [
        (one.code, target.due_on.isoformat(), target.percent, target.exceeds)
        for one in CATALOGUE
        for target in one.targets
    ]


def test_the_query_on_the_page_gives_the_figures_of_the_pages(session):
    country = create_country(session)
    on = date(2025, 12, 31)

    found = {row.unit_id: row for row in session.execute(text(stock_query()))}

    for unit_id in (country.nation, country.ministry, country.province, country.commune_dong_van):
        total = cover_unit(session, unit_id, on=on, population=CIVIL_SERVANTS, programme=Programme()).total
        assert (found[unit_id].people, found[unit_id].completed) == (total.people, total.completed)


def test_every_unit_names_the_ministry_or_province_above_it(session):
    country = create_country(session)

    rows = session.execute(text("SELECT unit_id, top_unit_id, depth FROM analysis_unit"))
    top = {row.unit_id: (row.top_unit_id, row.depth) for row in rows}

    assert top[country.nation] == (None, 0)
    assert top[country.ministry] == (country.ministry, 1)
    assert top[country.commune_dan_chu] == (country.province, 2)
    assert top[country.old_district] == (country.old_province, 2)


def test_the_freshness_tells_what_waits(session):
    create_country(session)

    row = session.execute(text("SELECT * FROM analysis_freshness")).one()

    assert (row.statements_waiting, row.recounts_waiting) == (0, 0)
    assert row.last_seq > 0


def test_the_views_go_when_the_revision_is_taken_back(empty_engine):
    upgrade_database(empty_engine)

    downgrade_database(empty_engine, to=BEFORE_THE_VIEWS)

    assert inspect(empty_engine).get_view_names() == []


@pytest.mark.postgresql
@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_the_role_of_the_page_reads_the_views_and_nothing_else(engine):
    role = f"phan_tich_{uuid.uuid4().hex[:8]}"
    recipe = PAGE.read_text().split("```sql")[1].split("```")[0].replace("phan_tich", role)
    with engine.begin() as connection:
        for command in filter(str.strip, recipe.split(";")):
            connection.execute(text(command.replace("'…'", "'x'")))
    try:
        with engine.connect() as connection:
            connection.execute(text(f"SET ROLE {role}"))
            for name in described_views():
                connection.execute(text(f"SELECT * FROM {name} LIMIT 1"))  # noqa: S608 - names of our own
            connection.commit()
            for refused in ("SELECT * FROM sync_person_detail", "DELETE FROM analysis_person"):
                connection.execute(text(f"SET ROLE {role}"))
                with pytest.raises(DBAPIError) as denied:
                    connection.execute(text(refused))
                assert isinstance(denied.value.orig, psycopg.errors.InsufficientPrivilege)
                connection.rollback()
    finally:
        # A pooled connection keeps its role.
        engine.dispose()
        with engine.begin() as connection:
            connection.execute(text(f"DROP OWNED BY {role}"))
            connection.execute(text(f"DROP ROLE {role}"))
