"""Engine: an SQLite file by default, PostgreSQL by URL. Each has its session settings made once, here."""

import select
import sqlite3
from pathlib import Path
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects.sqlite.base import SQLiteDialect
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.schema import CreateIndex, CreateTable, ExecutableDDLElement

from xapi_bridge.store.audit_models import ReadingRow

#: How long a writer waits for another one on SQLite.
_BUSY_TIMEOUT_MS = 15_000


def create_database_engine(database_url: str) -> Engine:
    """An engine whose transactions behave alike on both databases.

    SQLite: WAL, foreign keys on, full durability, and explicit BEGIN so that a transaction which will write
    holds the lock from its first statement. PostgreSQL: psycopg 3, no connection that the server has closed.
    """
    # A failed statement would otherwise repeat its values, names and answers among them, in the log.
    engine = create_engine(_with_driver(database_url), hide_parameters=True)
    if engine.dialect.name == "sqlite":
        _keep_file_private(engine.url.database)
        event.listen(engine, "connect", _prepare_sqlite_connection)
        event.listen(engine, "begin", _begin_sqlite_transaction)
    else:
        event.listen(engine, "checkout", _leave_closed_connection)
    return engine


def _leave_closed_connection(connection: psycopg.Connection[Any], _record: Any, _proxy: Any) -> None:
    """Has the pool open another connection where the server closed this one while nobody used it.

    A server that stops says so on the socket, and an idle connection has nothing else to read. Looking there
    costs microseconds; asking the server, as SQLAlchemy's own test does, costs a round for every transaction.
    """
    if connection.closed or select.select([connection.fileno()], [], [], 0)[0]:
        raise DisconnectionError("The server closed the connection while it was not in use.")


def create_audit_engine(engine: Engine) -> Engine | None:
    """An engine on the file that keeps the readings of the audit log, beside an SQLite database.

    None for PostgreSQL and for a database in memory: the readings are in the one database then. A file of its
    own has a write lock of its own, so that a reader does not wait for whoever records statements
    (docs/decisions/0014-audit-before-answer.md).
    """
    path = engine.url.database
    if engine.dialect.name != "sqlite" or not path or path == ":memory:":
        return None
    audit = create_database_engine(f"sqlite:///{audit_file(Path(path))}")
    event.listen(audit, "connect", _prepare_audit_file)
    return audit


def audit_file(database: Path) -> Path:
    """`cchc.sqlite` -> `cchc-audit.sqlite`."""
    return database.with_name(f"{database.stem}-audit{database.suffix}")


def _prepare_audit_file(connection: sqlite3.Connection, _record: Any) -> None:
    _create_audit_table(connection)
    if _knows_every_reader(connection):
        return
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have done it while this one waited.
        if not _knows_every_reader(connection):
            _widen_audit_table(connection)
        connection.execute("COMMIT")
    except BaseException:
        connection.execute("ROLLBACK")
        raise


def _create_audit_table(connection: sqlite3.Connection) -> None:
    table = cast(Table, ReadingRow.__table__)
    commands: list[ExecutableDDLElement] = [
        CreateTable(table, if_not_exists=True),
        *(CreateIndex(index, if_not_exists=True) for index in sorted(table.indexes, key=str)),
    ]
    for command in commands:
        connection.execute(str(command.compile(dialect=SQLiteDialect())))
    connection.execute(
        f"CREATE TRIGGER IF NOT EXISTS {table.name}_append_only BEFORE UPDATE ON {table.name} "
        "BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"
    )


def _knows_every_reader(connection: sqlite3.Connection) -> bool:
    """False for a file that was made before teachers were among the readers."""
    command = "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?"
    (made_by,) = connection.execute(command, (ReadingRow.__tablename__,)).fetchone()
    return "'teacher'" in made_by


def _widen_audit_table(connection: sqlite3.Connection) -> None:
    """Makes the table anew with all its rows: SQLite cannot change a constraint in its place."""
    table = cast(Table, ReadingRow.__table__)
    columns = ", ".join(column.name for column in table.columns)
    connection.execute(f"DROP TRIGGER {table.name}_append_only")
    for index in table.indexes:
        connection.execute(f"DROP INDEX {index.name}")
    connection.execute(f"ALTER TABLE {table.name} RENAME TO {table.name}_before")
    _create_audit_table(connection)
    connection.execute(
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} FROM {table.name}_before"  # noqa: S608 - our own names
    )
    connection.execute(f"DROP TABLE {table.name}_before")


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
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite_transaction(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("read_only", False):
        connection.exec_driver_sql("BEGIN")
    elif options.get("only_if_free", False):
        _begin_without_waiting(connection)
    else:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_without_waiting(connection: Connection) -> None:
    """Begins to write, or fails at once when another connection writes."""
    connection.exec_driver_sql("PRAGMA busy_timeout=0")
    try:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}")
