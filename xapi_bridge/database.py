"""SQL conventions that all packages share: naming, instants in UTC, ids, portable types."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Connection, DateTime, Dialect, FromClause, MetaData, Table
from sqlalchemy.dialects.postgresql import dialect as postgresql_dialect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

Value = TypeVar("Value")

#: Constraint names are the same on both engines, so that migrations can drop them by name.
NAMING_CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Root of all tables. Table names carry their package: `xapi_`, `content_`, `sync_`, `lti_`."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class UtcInstant(TypeDecorator[datetime]):
    """An aware instant, kept in UTC. SQLite has no zone, so it is restored on reading.

    Raises:
        ValueError: a naive datetime is written; we would have to guess its zone.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"A naive datetime cannot be stored: {value!r}. Attach its zone first.")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


#: Up to so many rows are inserted by one command on PostgreSQL, more by COPY.
_FEW_ROWS = 20
#: COPY in binary wants the short names of types.
_COPY_NAMES = {"bigint": "int8", "integer": "int4", "smallint": "int2", "boolean": "bool"}
_COPY_TYPES: dict[FromClause, list[str]] = {}


def insert_if_absent(session: Session, table: FromClause, rows: Iterable[dict[str, Any]]) -> int:
    """Inserts rows, silently keeping those that a unique key already holds; returns how many were new.

    Rows go in as given: sort them by key where several writers meet, so that they cannot deadlock.
    """
    listed = list(rows)
    if not listed:
        return 0
    statement = _insert_into(session, table).on_conflict_do_nothing().returning(*table.primary_key)
    return len(session.execute(statement, listed).all())


def insert_or_update(
    session: Session,
    table: FromClause,
    rows: Iterable[dict[str, Any]],
    *,
    change: Callable[[Any, Any], dict[str, Any]] | None = None,
) -> None:
    """Inserts rows; where the primary key is taken, changes the row that holds it.

    Rows go in as given: sort them by key where several writers meet, so that they cannot deadlock.

    Args:
        rows: all with the same columns.
        change: called with the table and the columns that would have been inserted, returns what the kept row
            becomes; by default every column takes the new value.
    """
    listed = list(rows)
    if not listed:
        return
    statement = _insert_into(session, table)
    key = [column.name for column in table.primary_key]
    changed = change or (lambda _kept, new: {name: new[name] for name in listed[0] if name not in key})
    statement = statement.on_conflict_do_update(
        index_elements=key, set_=changed(table, statement.excluded)
    ).returning(*table.primary_key)
    # RETURNING lets SQLAlchemy send many rows in one statement instead of one by one.
    session.execute(statement, listed).all()


def _insert_into(session: Session, table: FromClause) -> Any:
    """INSERT in the dialect that knows ON CONFLICT."""
    is_postgresql = session.get_bind().dialect.name == "postgresql"
    return postgresql_insert(table) if is_postgresql else sqlite_insert(table)  # type: ignore[arg-type]


@dataclass(frozen=True)
class EngineSql:
    """One command as each engine wants it, for the few that run with every request and must cost little.

    Attributes:
        sqlite: with `?` for each parameter.
        postgresql: with `%s` for each parameter.
    """

    sqlite: str
    postgresql: str


def run_sql(session: Session, command: EngineSql, parameters: tuple[Any, ...]) -> list[Any]:
    """The rows of a command, run in the session's transaction as it stands, not built from Python objects."""
    connection = session.connection()
    is_postgresql = connection.dialect.name == "postgresql"
    return ask_driver(connection, command.postgresql if is_postgresql else command.sqlite, parameters)


def ask_driver(connection: Connection, text: str, parameters: tuple[Any, ...] = ()) -> list[Any]:
    """The rows of a command as the driver gives them: tuples, without names.

    A result of SQLAlchemy's costs as much again as a small command. The events of its cursors do not happen;
    failures are those that it raises.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, parameters)
        return cast(list[Any], cursor.fetchall())
    except connection.dialect.loaded_dbapi.Error as failed:
        raise _as_sqlalchemy_tells(connection, failed, text) from failed
    finally:
        cursor.close()


def tell_driver(connection: Connection, text: str, parameters: tuple[Any, ...]) -> int:
    """Runs a command that answers no rows, as `ask_driver`; returns how many rows it changed."""
    cursor = connection.connection.cursor()
    try:
        cursor.execute(text, parameters)
        return int(cursor.rowcount)
    except connection.dialect.loaded_dbapi.Error as failed:
        raise _as_sqlalchemy_tells(connection, failed, text) from failed
    finally:
        cursor.close()


def _as_sqlalchemy_tells(connection: Connection, failed: Exception, text: str) -> BaseException:
    """The failure under SQLAlchemy's name, without parameters: they hold what people wrote."""
    dialect = connection.dialect
    is_gone = dialect.is_disconnect(failed, connection.connection.driver_connection, None)  # type: ignore[arg-type]
    if is_gone:
        connection.invalidate(failed)
    errors = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        text, None, failed, errors, hide_parameters=True, connection_invalidated=is_gone, dialect=dialect
    )


def uuids_text(session: Session, ids: Iterable[UUID]) -> str:
    """Ids as one parameter: an array in PostgreSQL's notation, or JSON for SQLite's json_each."""
    if session.connection().dialect.name == "postgresql":
        return "{" + ",".join([one.hex for one in ids]) + "}"
    return '["' + '","'.join([one.hex for one in ids]) + '"]'


def bytes_text(session: Session, values: Iterable[bytes]) -> str:
    """Byte strings as one parameter, likewise; as hexadecimal digits in JSON."""
    if session.connection().dialect.name == "postgresql":
        return "{" + ",".join(['"\\\\x' + one.hex() + '"' for one in values]) + "}"
    return '["' + '","'.join([one.hex() for one in values]) + '"]'


def texts_text(values: Iterable[str]) -> str:
    """Texts as an array in PostgreSQL's notation: the driver's own way looks at each by a pattern."""
    quoted = [value.replace("\\", "\\\\").replace('"', '\\"') for value in values]
    return '{"' + '","'.join(quoted) + '"}' if quoted else "{}"


def numbers_text(values: Iterable[int]) -> str:
    """Whole numbers as one parameter: an array in PostgreSQL's notation."""
    return "{" + ",".join(map(str, values)) + "}"


def insert_many(session: Session, table: FromClause, rows: Sequence[tuple[Any, ...]]) -> None:
    """Inserts rows that need no conversion, as fast as the driver can: COPY, or one prepared INSERT.

    Args:
        rows: a value for every column of the table, in its order, as the driver wants it (`driver_uuid`).
    """
    if not rows:
        return
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(insert_command(table, "?", 1), list(rows))
    elif len(rows) <= _FEW_ROWS:
        # COPY takes three rounds to the server; a command that stays the same is prepared and takes one.
        tell_driver(connection, insert_command(table, "%s", len(rows)), tuple(chain.from_iterable(rows)))
    else:
        _copy_in(connection, table, rows)


def insert_command(table: FromClause, place: str, count: int) -> str:
    """INSERT of `count` rows with all columns of a table, as `insert_many` takes them.

    Names come from our own models; values go as parameters.

    Args:
        place: the driver's mark of a parameter.
    """
    row = "(" + ", ".join([place] * len(table.columns)) + ")"
    return f"INSERT INTO {_names(table)} VALUES " + ", ".join([row] * count)  # noqa: S608


def _names(table: FromClause) -> str:
    return f"{cast(Table, table).name} ({', '.join(column.name for column in table.columns)})"


def _copy_in(connection: Connection, table: FromClause, rows: Sequence[tuple[Any, ...]]) -> None:
    cursor = connection.connection.cursor()
    with cursor.copy(f"COPY {_names(table)} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(_copy_types(table))
        for row in rows:
            copy.write_row(row)
    cursor.close()


def driver_uuid(session: Session) -> Callable[[UUID], Any]:
    """How `Uuid` columns take a value from `insert_many`: SQLite keeps 32 hexadecimal digits."""
    return _itself if session.get_bind().dialect.name == "postgresql" else _hexadecimal


def driver_instant(session: Session) -> Callable[[datetime], Any]:
    """How `UtcInstant` columns take an instant in UTC from `insert_many`: SQLite keeps text, no zone."""
    return _itself if session.get_bind().dialect.name == "postgresql" else _instant_text


def instant_written(connection: Connection, value: datetime) -> Any:
    """An instant in UTC as `ask_driver` and `tell_driver` take it for a `UtcInstant` column."""
    return value if connection.dialect.name == "postgresql" else _instant_text(value)


def instant_read(value: datetime | str | None) -> datetime | None:
    """An instant of a `UtcInstant` column as the driver gives it; SQLite keeps text, no zone."""
    if value is None:
        return None
    return (
        datetime.fromisoformat(value).replace(tzinfo=UTC) if isinstance(value, str) else value.astimezone(UTC)
    )


def driver_day(session: Session) -> Callable[[date], Any]:
    """How `Date` columns take a day from `insert_many`: SQLite keeps text."""
    return _itself if session.get_bind().dialect.name == "postgresql" else date.isoformat


def _instant_text(value: datetime) -> str:
    return value.replace(tzinfo=None).isoformat(" ", "microseconds")


def _itself(value: Value) -> Value:
    return value


def _hexadecimal(value: UUID) -> str:
    return value.hex


def _copy_types(table: FromClause) -> list[str]:
    """Names of the types of the columns, as COPY in binary needs them."""
    known: dict[FromClause, list[str]] = _COPY_TYPES
    if table not in known:
        dialect = postgresql_dialect()  # type: ignore[no-untyped-call]
        known[table] = [
            _COPY_NAMES.get(written := column.type.compile(dialect=dialect).split("(")[0].lower(), written)
            for column in table.columns
        ]
    return known[table]
