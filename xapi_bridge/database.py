"""SQL conventions that all packages share: naming, instants in UTC, ids, portable types."""

from collections.abc import Iterable
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
    insert: Any = postgresql_insert if session.get_bind().dialect.name == "postgresql" else sqlite_insert
    returned = session.execute(insert(table).on_conflict_do_nothing().returning(*table.primary_key), listed)
    return len(returned.all())
