"""SQL conventions that all packages share: naming, instants in UTC, ids, portable types."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, FromClause, MetaData
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

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
