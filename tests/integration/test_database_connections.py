"""Connections that the server closed are replaced, and what the driver tells is told under one name."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from lti_tool.database_troubles import DatabaseUnavailable, trouble_from
from xapi_bridge.database import ask_driver, tell_driver


@pytest.mark.postgresql
def test_a_connection_closed_by_the_server_is_replaced(prepared_postgresql_url):
    used, other = (
        create_database_engine(prepared_postgresql_url),
        create_database_engine(prepared_postgresql_url),
    )
    with used.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))

    with other.connect() as connection:
        # The second argument waits until the backend is gone.
        assert connection.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})

    with used.connect() as connection:
        assert connection.scalar(text("SELECT pg_backend_pid()")) != backend
    used.dispose()
    other.dispose()


@pytest.mark.parametrize("asking", [ask_driver, tell_driver])
def test_a_refused_command_is_told_without_its_values_and_undone_with_the_rest(engine, asking):
    command = "INSERT INTO xapi_watermark (watermark_id, through) VALUES (1, ?)"
    if engine.dialect.name == "postgresql":
        command = command.replace("?", "%s")

    with Session(engine) as session:
        tell_driver(session.connection(), command, (7_654_321,))
        with pytest.raises(IntegrityError) as told:
            asking(session.connection(), command, (7_654_321,))
        session.rollback()

    assert "7654321" not in str(told.value)
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM xapi_watermark")) == 0


@pytest.mark.postgresql
def test_a_connection_that_the_server_ends_between_two_commands_is_told_and_replaced(prepared_postgresql_url):
    used, other = (
        create_database_engine(prepared_postgresql_url),
        create_database_engine(prepared_postgresql_url),
    )
    with used.connect() as connection:
        ((backend,),) = ask_driver(connection, "SELECT pg_backend_pid()")
        with other.connect() as elsewhere:
            assert elsewhere.scalar(text("SELECT pg_terminate_backend(:pid, 10000)"), {"pid": backend})
        with pytest.raises(DBAPIError) as told:
            ask_driver(connection, "SELECT 1")

    assert told.value.connection_invalidated
    assert isinstance(trouble_from(told.value), DatabaseUnavailable)
    with used.connect() as connection:
        assert ask_driver(connection, "SELECT 1") == [(1,)]
    used.dispose()
    other.dispose()
