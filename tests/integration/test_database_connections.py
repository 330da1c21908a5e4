"""Connections that the server closed while nobody used them are replaced, not handed out."""

import pytest
from sqlalchemy import text

from lti_tool.database import create_database_engine


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
