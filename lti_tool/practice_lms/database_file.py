"""The SQLite file of the practice LMS: opened, brought up to date, and worked on in transactions."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from lti_tool.practice_lms.tables import metadata

#: Counted up whenever a table changes; kept in the file as `user_version`.
_FILE_VERSION: Final = 2


def open_database(path: Path) -> Engine:
    """An engine on the file at `path`, which is made with all tables when it is not there.

    A file of an earlier version is brought up to date, with everything that it holds.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(path, isolation_level=None, timeout=15)) as connection:
        _bring_up_to_date(connection)
    engine = create_engine(f"sqlite:///{path}")
    event.listen(engine, "connect", _prepare_connection)
    event.listen(engine, "begin", _take_write_lock)
    return engine


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Makes the tables, or gives those of an earlier version their present shape: rows stay."""
    connection.execute("PRAGMA foreign_keys=OFF")
    # Without this, renaming a table away would lead the keys of the others along with it.
    connection.execute("PRAGMA legacy_alter_table=ON")
    connection.execute("BEGIN IMMEDIATE")
    if connection.execute("PRAGMA user_version").fetchone()[0] < _FILE_VERSION:
        for table in metadata.sorted_tables:
            _rebuild(connection, table)
        connection.execute(f"PRAGMA user_version={_FILE_VERSION}")
    connection.execute("COMMIT")


def _rebuild(connection: sqlite3.Connection, table: Table) -> None:
    held = [row[1] for row in connection.execute(f'PRAGMA table_info("{table.name}")')]
    kept = ", ".join(f'"{column.name}"' for column in table.columns if column.name in held)
    if held:
        connection.execute(f'ALTER TABLE "{table.name}" RENAME TO "old_{table.name}"')
    connection.execute(str(CreateTable(table).compile(dialect=sqlite.dialect())))
    if held:
        connection.execute(f'INSERT INTO "{table.name}" ({kept}) SELECT {kept} FROM "old_{table.name}"')  # noqa: S608
        connection.execute(f'DROP TABLE "old_{table.name}"')


def _prepare_connection(connection: Any, _record: Any) -> None:
    # The driver would otherwise begin transactions by its own rules.
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _take_write_lock(connection: Connection) -> None:
    # At once, so that reading a hint and using it up are one step.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def work(engine: Engine) -> Iterator[Connection]:
    """One transaction: committed at the end of the block, undone when it raises."""
    with engine.begin() as connection:
        yield connection
