"""Engine: an SQLite file by default, PostgreSQL by URL. Each has its session settings made once, here."""

import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event


def create_database_engine(database_url: str) -> Engine:
    """An engine whose transactions behave alike on both databases.

    SQLite: WAL, foreign keys on, full durability, and explicit BEGIN so that a transaction which will write
    holds the lock from its first statement. PostgreSQL: psycopg 3, connections tested before use.
    """
    # A failed statement would otherwise repeat its values, names and answers among them, in the log.
    engine = create_engine(_with_driver(database_url), pool_pre_ping=True, hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _keep_file_private(engine.url.database)
        event.listen(engine, "connect", _prepare_sqlite_connection)
        event.listen(engine, "begin", _begin_sqlite_transaction)
    return engine


def _keep_file_private(path: str | None) -> None:
    """Creates the file readable by its owner alone: it holds names. SQLite gives its log the same rights."""
    if path and path != ":memory:" and Path(path).parent.is_dir():
        Path(path).touch(mode=0o600)


def _with_driver(database_url: str) -> str:
    """Accepts the usual `postgresql://` and `postgres://` for the driver that we install."""
    scheme, separator, rest = database_url.partition("://")
    return f"postgresql+psycopg{separator}{rest}" if scheme in {"postgresql", "postgres"} else database_url


def _prepare_sqlite_connection(connection: sqlite3.Connection, _record: Any) -> None:
    # pysqlite would otherwise begin transactions by its own rules and skip BEGIN before SELECT.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "busy_timeout=15000",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite_transaction(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only", False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
