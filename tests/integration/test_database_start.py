"""A process that starts beside others must not be what ends them all."""

import sqlite3

import pytest
from sqlalchemy import create_engine

from lti_tool.database import create_database_engine
from lti_tool.database_schema import (
    SchemaOutOfDate,
    current_revision,
    newest_revision,
    require_current_schema,
    require_current_schema_where_it_answers,
)
from tests.factories.ports import find_free_port


def test_the_schema_can_be_checked_while_another_process_writes(prepared_sqlite_file):
    other = sqlite3.connect(prepared_sqlite_file, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    engine = create_database_engine(f"sqlite:///{prepared_sqlite_file}")

    assert current_revision(engine) == newest_revision()
    engine.dispose()
    other.execute("ROLLBACK")
    other.close()


def test_a_worker_loads_while_the_database_is_away():
    engine = create_engine(f"postgresql+psycopg://nobody@127.0.0.1:{find_free_port()}/nothing")

    require_current_schema_where_it_answers(engine)


@pytest.mark.parametrize("check", [require_current_schema, require_current_schema_where_it_answers])
def test_no_process_runs_on_another_schema(check, empty_engine):
    with pytest.raises(SchemaOutOfDate):
        check(empty_engine)
