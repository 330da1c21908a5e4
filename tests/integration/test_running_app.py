"""Transactions and instants behave alike on both databases."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, event, select, text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from sync.organization.models import Person
from xapi_bridge.database import insert_if_absent

NOON = datetime(2026, 11, 24, 5, 0, tzinfo=UTC)


def person(pseudonym: str, created_at: datetime = NOON) -> Person:
    return Person(pseudonym=pseudonym, created_at=created_at)


def test_an_instant_comes_back_in_utc(session):
    session.add(person("a", created_at=NOON.astimezone(timezone(timedelta(hours=7)))))
    session.flush()
    session.expire_all()

    assert session.scalars(select(Person.created_at)).one() == NOON
    assert session.scalars(select(Person.created_at)).one().utcoffset() == timedelta(0)


def test_an_instant_without_zone_is_refused(session):
    session.add(person("a", created_at=NOON.replace(tzinfo=None)))

    with pytest.raises(Exception, match="naive datetime"):
        session.flush()


def test_inserting_an_existing_key_keeps_the_first_and_counts_only_new_rows(session):
    rows = [{"pseudonym": name, "created_at": NOON} for name in ("a", "b")]

    first = insert_if_absent(session, Person.__table__, rows)
    second = insert_if_absent(session, Person.__table__, [*rows, {"pseudonym": "c", "created_at": NOON}])

    assert (first, second) == (2, 1)


def test_a_block_that_raises_leaves_nothing(engine: Engine):
    def write_and_break() -> None:
        with Session(engine) as session, session.begin():
            session.add(person("a"))
            session.flush()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_break()

    with Session(engine) as session:
        assert session.scalars(select(Person)).all() == []


def test_sqlite_readers_go_on_while_a_transaction_writes(tmp_path):
    engine = create_database_engine(f"sqlite:///{tmp_path / 'read.sqlite'}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))

    with engine.begin() as writer, engine.execution_options(read_only=True).connect() as reader:
        writer.execute(text("INSERT INTO t VALUES (1)"))
        seen = reader.execute(text("SELECT count(*) FROM t")).scalar_one()

    assert seen == 0
    engine.dispose()


def test_sqlite_refuses_a_second_writer_at_its_first_statement(tmp_path):
    engine = create_database_engine(f"sqlite:///{tmp_path / 'write.sqlite'}")
    impatient = create_database_engine(f"sqlite:///{tmp_path / 'write.sqlite'}?timeout=0")
    event.listen(impatient, "connect", lambda connection, _: connection.execute("PRAGMA busy_timeout=0"))

    with engine.begin(), pytest.raises(OperationalError, match="locked"), impatient.begin():
        pass

    engine.dispose()
    impatient.dispose()


def test_a_foreign_key_is_enforced(session):
    orphan = text(
        "INSERT INTO sync_unit_closure (hierarchy, ancestor_id, descendant_id, depth)"
        " VALUES ('command', 7, 8, 1)"
    )

    with pytest.raises(IntegrityError, match=r"(?i)foreign key"):
        session.execute(orphan)


def test_a_new_sqlite_file_can_be_read_by_its_owner_alone(tmp_path):
    path = tmp_path / "private.sqlite"
    engine = create_database_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE t (x INTEGER)"))
        rights = {each.name: each.stat().st_mode & 0o777 for each in tmp_path.iterdir()}
    engine.dispose()

    assert path.name in rights
    assert set(rights.values()) == {0o600}
