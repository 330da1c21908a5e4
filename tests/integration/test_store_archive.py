"""Old months leave the store for files and come back; nothing is lost, no id is used twice."""

import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import Engine, func, inspect, select, text
from sqlalchemy.orm import Session

from lti_tool.database_schema import schema_differences
from tests.factories.statements import (
    AUTHORITY,
    LESSON,
    make_reference,
    make_statement,
    make_voiding,
)
from xapi_bridge.errors import ArchiveRefused, StatementArchived, StatementConflict
from xapi_bridge.statement import Statement
from xapi_bridge.store import archive
from xapi_bridge.store.follow import find_stored
from xapi_bridge.store.models import Posting, StatementRow, Term
from xapi_bridge.store.partitions import (
    Month,
    is_parted,
    make_months_ahead,
    month_from_text,
    month_of,
    part_by_month,
)
from xapi_bridge.store.query import (
    StatementQuery,
    find_statement,
    find_voided_statement,
    query_statements,
)
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.restore import chunks_of, find_archive_of, note_restored, restore_chunk
from xapi_bridge.store.sequence import sequence_at

MARCH, APRIL = datetime(2026, 3, 10, tzinfo=UTC), datetime(2026, 4, 10, tzinfo=UTC)
NOW = datetime(2026, 5, 2, tzinfo=UTC)
IN_MARCH = Month(2026, 3)


POSTGRESQL = pytest.param("postgresql", marks=pytest.mark.postgresql)
only_on_postgresql = pytest.mark.parametrize("own_engine", [POSTGRESQL], indirect=True)


@pytest.fixture
def store(request, own_engine) -> Engine:
    """A store of each kind on each engine; SQLite has no parts."""
    if request.param == "parted":
        record(own_engine, MARCH - timedelta(days=20), make_statement())
        with Session(own_engine) as session, session.begin():
            part_by_month(session, now=NOW)
    return own_engine


of_each_kind = pytest.mark.parametrize(
    ("own_engine", "store"),
    [
        pytest.param("sqlite", "plain"),
        pytest.param("postgresql", "plain", marks=pytest.mark.postgresql),
        pytest.param("postgresql", "parted", marks=pytest.mark.postgresql),
    ],
    indirect=True,
)


def record(engine: Engine, at: datetime, *statements: Statement) -> list[UUID]:
    with Session(engine) as session, session.begin():
        return record_statements(session, statements, authority=AUTHORITY, now=at)


def move_out(engine: Engine, month: Month, folder: Path, *, until: int | None = None) -> None:
    """All steps in their order; `until` stops after so many of the removing ones, as a crash would."""
    begun = find_begun(engine, month)
    if begun is None:
        with Session(engine) as session:
            written = archive.write_month(session, month, folder)
        with Session(engine) as session, session.begin():
            archive.note_archive(session, written, now=NOW)
        begun = find_begun(engine, month)
    after: int | None = 0
    while after is not None:
        with Session(engine) as session, session.begin():
            after = archive.mark_keys(session, begun, after=after)
    is_gone, steps = False, 0
    while not is_gone and steps != until:
        with Session(engine) as session, session.begin():
            is_gone = archive.remove_month(session, begun, folder)
            steps += 1
            if is_gone:
                archive.note_removed(session, begun, now=NOW)


def find_begun(engine: Engine, month: Month) -> archive.Archive | None:
    with Session(engine) as session:
        return next(
            (one for one in archive.find_archives(session) if one.month == month and not one.is_removed), None
        )


def bring_back(engine: Engine, path: Path) -> None:
    with Session(engine) as session:
        found = find_archive_of(session, path)
    for rows in chunks_of(path):
        with Session(engine) as session, session.begin():
            restore_chunk(session, found, rows)
    with Session(engine) as session, session.begin():
        note_restored(session, found, now=NOW)


def all_statements(engine: Engine) -> list[tuple[object, ...]]:
    with Session(engine) as session:
        columns = (
            StatementRow.seq, StatementRow.statement_id, StatementRow.voided, StatementRow.version,
            StatementRow.registration, StatementRow.target_id, StatementRow.payload, StatementRow.received,
        )  # fmt: skip
        return [tuple(row) for row in session.execute(select(*columns).order_by(StatementRow.seq))]


def all_postings(engine: Engine) -> dict[tuple[str, int], int]:
    with Session(engine) as session:
        rows = session.execute(
            select(Term.value, Posting.seq, Posting.mask).join(Term, Term.term_id == Posting.term_id)
        )
        return {(value, seq): mask for value, seq, mask in rows}


def assert_counters_are_true(engine: Engine) -> None:
    with Session(engine) as session:
        kept = dict(session.execute(select(Term.term_id, Term.posting_count)).all())
        counted = Counter(session.scalars(select(Posting.term_id)))
    assert kept == {number: counted[number] for number in kept}


def file_of(folder: Path) -> Path:
    return folder / "statements-2026-03.parquet"


@of_each_kind
def test_a_month_that_left_comes_back_as_it_was(store, tmp_path):
    registration = str(uuid4())
    first = make_statement(stored="1999-01-01T00:00:00Z", context={"registration": registration})
    record(store, MARCH, first, make_statement(), make_reference(first.id))
    record(store, APRIL, make_reference(first.id), make_statement())
    statements, postings = all_statements(store), all_postings(store)

    move_out(store, IN_MARCH, tmp_path)

    assert all(month_of(row[0]) != IN_MARCH for row in all_statements(store))
    assert_counters_are_true(store)
    bring_back(store, file_of(tmp_path))
    assert all_statements(store) == statements
    assert all_postings(store) == postings
    assert_counters_are_true(store)


@of_each_kind
def test_an_archived_statement_is_told_apart_from_one_that_never_was(store, tmp_path):
    (one,) = record(store, MARCH, make_statement())

    move_out(store, IN_MARCH, tmp_path)

    with Session(store) as session:
        for find in (find_statement, find_voided_statement):
            with pytest.raises(StatementArchived, match=r"statements-2026-03\.parquet"):
                find(session, one)
        assert find_stored(session, one) is None
        assert query_statements(session, StatementQuery(activity=LESSON, since=MARCH)).statements == []


@of_each_kind
@pytest.mark.parametrize("timestamp", [{}, {"timestamp": "2026-03-09T08:00:00+07:00"}])
def test_an_archived_id_is_known_when_it_comes_again(store, tmp_path, timestamp):
    given = make_statement(**timestamp)
    record(store, MARCH, given)
    before = len(all_statements(store))
    move_out(store, IN_MARCH, tmp_path)

    assert record(store, NOW, given) == [given.id]

    assert len(all_statements(store)) == before - 1
    with pytest.raises(StatementConflict):
        record(store, NOW, make_statement(id=str(given.id), result={"success": True}, **timestamp))


@of_each_kind
def test_what_was_voided_while_away_is_voided_when_it_is_back(store, tmp_path):
    (one, other) = record(store, MARCH, make_statement(), make_statement())
    move_out(store, IN_MARCH, tmp_path)
    record(store, NOW, make_voiding(one))

    bring_back(store, file_of(tmp_path))

    with Session(store) as session:
        assert find_voided_statement(session, one).statement_id == one
        assert find_statement(session, other).statement_id == other


@of_each_kind
def test_a_statement_about_an_archived_one_is_found_by_it_again(store, tmp_path):
    (one,) = record(store, MARCH, make_statement())
    move_out(store, IN_MARCH, tmp_path)
    (about,) = record(store, NOW, make_reference(one, actor={"mbox": "mailto:a@b.vn"}))

    bring_back(store, file_of(tmp_path))

    with Session(store) as session:
        page = query_statements(session, StatementQuery(activity=LESSON, since=NOW - timedelta(days=1)))
    assert [found.statement_id for found in page.statements] == [about]
    assert_counters_are_true(store)


@of_each_kind
@pytest.mark.parametrize("steps", [0, 1, 2])
def test_an_interrupted_removal_goes_on_where_it_was(store, tmp_path, steps):
    record(store, MARCH, *(make_statement() for _ in range(5)))
    before = all_statements(store)
    move_out(store, IN_MARCH, tmp_path, until=steps)

    if find_begun(store, IN_MARCH):
        move_out(store, IN_MARCH, tmp_path)

    assert [month_of(row[0]) for row in all_statements(store)].count(IN_MARCH) == 0
    assert_counters_are_true(store)
    bring_back(store, file_of(tmp_path))
    assert all_statements(store) == before


@of_each_kind
def test_nothing_is_removed_when_a_statement_changed_after_the_file_was_written(store, tmp_path):
    (one,) = record(store, MARCH, make_statement())
    move_out(store, IN_MARCH, tmp_path, until=0)
    record(store, NOW, make_voiding(one))

    with pytest.raises(ArchiveRefused, match="changed after"):
        move_out(store, IN_MARCH, tmp_path)

    with Session(store) as session:
        assert find_voided_statement(session, one).voided


@of_each_kind
def test_nothing_is_noted_when_the_file_is_damaged(store, tmp_path):
    record(store, MARCH, make_statement(), make_statement())
    other = tmp_path / "other"
    other.mkdir()
    with Session(store) as session:
        written = archive.write_month(session, IN_MARCH, tmp_path)
    record(store, MARCH + timedelta(days=1), make_statement())
    with Session(store) as session:
        longer = archive.write_month(session, IN_MARCH, other)
    longer.path.replace(written.path)

    with Session(store) as session, session.begin(), pytest.raises(ArchiveRefused):
        archive.note_archive(session, written, now=NOW)


@of_each_kind
def test_a_file_that_was_changed_is_not_restored(store, tmp_path):
    record(store, MARCH, make_statement())
    record(store, APRIL, make_statement())
    move_out(store, IN_MARCH, tmp_path)
    with Session(store) as session:
        april = archive.write_month(session, Month(2026, 4), tmp_path)
    april.path.replace(file_of(tmp_path))

    with Session(store) as session, pytest.raises(ArchiveRefused, match="not the file"):
        find_archive_of(session, file_of(tmp_path))


@of_each_kind
def test_an_empty_month_is_not_archived(store, tmp_path):
    with Session(store) as session, pytest.raises(ArchiveRefused, match="no statement"):
        archive.write_month(session, Month(2020, 1), tmp_path)

    assert list(tmp_path.glob("*.parquet")) == []


@pytest.mark.parametrize("written", ["2026-13", "2026-3", "x", "0001-01"])
def test_a_month_is_year_and_month(written):
    with pytest.raises(ArchiveRefused):
        month_from_text(written)


@pytest.mark.parametrize("own_engine", ["sqlite"], indirect=True)
def test_a_store_on_sqlite_is_not_parted(own_engine):
    with Session(own_engine) as session, pytest.raises(ArchiveRefused, match="PostgreSQL"):
        part_by_month(session, now=NOW)


@only_on_postgresql
def test_the_views_and_the_rights_of_others_outlive_the_parting(own_engine):
    (one,) = record(own_engine, MARCH, make_statement())
    reader = f"cchc_reader_{uuid4().hex[:8]}"
    views = inspect(own_engine).get_view_names()
    command(own_engine, f"CREATE ROLE {reader}")
    command(own_engine, "CREATE VIEW near AS SELECT seq, statement_id FROM xapi_statement")
    command(own_engine, "CREATE VIEW far AS SELECT statement_id FROM near")
    command(own_engine, f"GRANT SELECT ON far, xapi_statement TO {reader}")

    with Session(own_engine) as session, session.begin():
        part_by_month(session, now=NOW)

    assert set(inspect(own_engine).get_view_names()) == {*views, "near", "far"}
    with own_engine.begin() as connection:
        connection.execute(text(f"SET LOCAL ROLE {reader}"))
        assert connection.scalars(text("SELECT statement_id FROM far")).all() == [one]
        assert connection.scalar(text("SELECT count(*) FROM xapi_statement")) == 1
    command(own_engine, f"DROP OWNED BY {reader}")
    command(own_engine, f"DROP ROLE {reader}")


def command(engine: Engine, words: str) -> None:
    with engine.begin() as connection:
        connection.execute(text(words))


@only_on_postgresql
def test_parting_a_store_loses_nothing(own_engine):
    for month in (1, 3, 4):
        first = make_statement()
        record(own_engine, datetime(2026, month, 31 if month < 4 else 30, 23, 59, 59, tzinfo=UTC), first,
               make_reference(first.id))  # fmt: skip
    statements, postings = all_statements(own_engine), all_postings(own_engine)

    with Session(own_engine) as session, session.begin():
        months = part_by_month(session, now=NOW)

    assert (str(months[0]), str(months[-1])) == ("2026-01", "2026-08")
    assert all_statements(own_engine) == statements
    assert all_postings(own_engine) == postings
    assert schema_differences(own_engine) == []
    with Session(own_engine) as session, pytest.raises(ArchiveRefused, match="already"):
        part_by_month(session, now=NOW)


@of_each_kind
def test_months_are_made_ahead_with_what_came_without_one(store):
    later = datetime(2027, 1, 5, tzinfo=UTC)
    (late,) = record(store, later, make_statement())
    with Session(store) as session, session.begin():
        made = make_months_ahead(session, now=later)

        assert [str(month) for month in made] == (
            ["2027-01", "2027-02", "2027-03", "2027-04"] if is_parted(session) else []
        )
    with Session(store) as session:
        assert find_statement(session, late).statement_id == late
        assert make_months_ahead(session, now=later) == []
        assert session.scalar(
            select(func.count()).where(StatementRow.seq == sequence_at(later))
        ) == 1  # fmt: skip
    assert json.loads(all_statements(store)[-1][6])["id"] == str(late)
