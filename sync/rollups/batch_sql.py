"""SQL of the follower's batches: many keys or rows travel in one command that stays the same.

Built from Python objects, the same commands cost ten times the work that the database does (measured by
`bench.country`): thousands of parameters are named, checked and compiled anew for every batch.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy.orm import Session

from sync.organization.models import COMMAND
from sync.rollups.definitions import FactKind
from xapi_bridge.database import EngineSql, numbers_text, texts_text

_PAIRS: Final = "json_each(?) AS k"
_FIRST: Final = "json_extract(k.value, '$[0]')"
_SECOND: Final = "json_extract(k.value, '$[1]')"
# Literals, not parameters: names of our own.
_SUMMED: Final = f"""
    min(f.occurred_on), min(CASE WHEN f.kind = '{FactKind.COMPLETED}' THEN f.occurred_on END),
    max(CASE WHEN f.kind = '{FactKind.COMPLETED}' THEN f.occurred_on END),
    count(CASE WHEN f.kind = '{FactKind.COMPLETED}' THEN 1 END), max(f.score_scaled)
"""

# OFFSET 0 has PostgreSQL look one pair up at a time, by the whole key: left to itself it reads all modules of
# a person for each pair, which grows with what is stored.
#: Accounts by home page and name. CROSS JOIN keeps SQLite from reading the table and probing the keys.
ACCOUNTS: Final = EngineSql(
    sqlite="SELECT i.home_page, i.account_name, i.identity_id "  # noqa: S608
    f"FROM {_PAIRS} CROSS JOIN sync_actor_identity i "
    f"ON i.home_page = {_FIRST} AND i.account_name = {_SECOND}",
    postgresql="SELECT i.home_page, i.account_name, i.identity_id "
    "FROM unnest(%s::text[], %s::text[]) AS k (a, b) "
    "JOIN sync_actor_identity i ON i.home_page = k.a AND i.account_name = k.b",
)
PEOPLE_OF_ACCOUNTS: Final = EngineSql(
    sqlite="SELECT identity_id, person_id FROM sync_actor_identity "
    "WHERE person_id IS NOT NULL AND identity_id IN (SELECT value FROM json_each(?))",
    postgresql="SELECT identity_id, person_id FROM sync_actor_identity "
    "WHERE person_id IS NOT NULL AND identity_id = ANY(%s::int[])",
)
STATES: Final = EngineSql(
    sqlite="SELECT p.person_id, p.module_iri, p.first_accessed_on, p.first_completed_on, "  # noqa: S608
    "p.last_completed_on, p.completions, p.best_scaled, p.access_unit_id, p.leaf_unit_id "
    f"FROM {_PAIRS} CROSS JOIN sync_person_module p ON p.person_id = {_FIRST} AND p.module_iri = {_SECOND}",
    postgresql="SELECT p.person_id, p.module_iri, p.first_accessed_on, p.first_completed_on, "
    "p.last_completed_on, p.completions, p.best_scaled, p.access_unit_id, p.leaf_unit_id "
    "FROM unnest(%s::int[], %s::text[]) AS k (a, b) CROSS JOIN LATERAL "
    "(SELECT * FROM sync_person_module m WHERE m.person_id = k.a AND m.module_iri = k.b OFFSET 0) p",
)
FACTS: Final = EngineSql(
    sqlite=f"SELECT i.person_id, f.module_iri, {_SUMMED} FROM {_PAIRS} "  # noqa: S608
    f"CROSS JOIN sync_actor_identity i ON i.person_id = {_FIRST} "
    f"CROSS JOIN sync_learning_fact f ON f.identity_id = i.identity_id AND f.module_iri = {_SECOND} "
    "WHERE NOT f.voided GROUP BY i.person_id, f.module_iri",
    postgresql=f"SELECT i.person_id, f.module_iri, {_SUMMED} FROM unnest(%s::int[], %s::text[]) AS k (a, b) "  # noqa: S608
    "JOIN sync_actor_identity i ON i.person_id = k.a CROSS JOIN LATERAL "
    "(SELECT * FROM sync_learning_fact l WHERE l.identity_id = i.identity_id AND l.module_iri = k.b "
    "AND NOT l.voided OFFSET 0) f GROUP BY i.person_id, f.module_iri",
)
PRIMARY_POSTS: Final = EngineSql(
    sqlite="SELECT a.person_id, a.unit_id, a.valid_from, a.valid_to "
    "FROM json_each(?) AS k CROSS JOIN sync_appointment a ON a.person_id = k.value "
    "WHERE a.is_primary ORDER BY a.valid_from, a.appointment_id",
    postgresql="SELECT a.person_id, a.unit_id, a.valid_from, a.valid_to FROM sync_appointment a "
    "WHERE a.person_id = ANY(%s::int[]) AND a.is_primary ORDER BY a.valid_from, a.appointment_id",
)
PERSON_DAYS: Final = EngineSql(
    sqlite="SELECT d.person_id, d.first_accessed_on, d.first_completed_on, d.completed_all_on "
    "FROM json_each(?) AS k CROSS JOIN sync_person_days d ON d.person_id = k.value",
    postgresql="SELECT d.person_id, d.first_accessed_on, d.first_completed_on, d.completed_all_on "
    "FROM sync_person_days d WHERE d.person_id = ANY(%s::int[])",
)
ANCESTORS: Final = EngineSql(
    sqlite="SELECT c.descendant_id, c.ancestor_id "  # noqa: S608
    "FROM json_each(?) AS k CROSS JOIN sync_unit_closure c "
    f"ON c.hierarchy = '{COMMAND}' AND c.descendant_id = k.value",
    postgresql="SELECT c.descendant_id, c.ancestor_id FROM sync_unit_closure c "  # noqa: S608
    f"WHERE c.hierarchy = '{COMMAND}' AND c.descendant_id = ANY(%s::int[])",
)


@dataclass(frozen=True)
class Writing:
    """A change of many rows: one row of `?` for the driver to repeat, or columns as arrays.

    Attributes:
        days: columns of days, by place: SQLite keeps them as text.
        texts: columns of text, by place.
    """

    command: EngineSql
    days: frozenset[int]
    texts: frozenset[int]


def _writing(table: str, columns: str, types: str, conflict: str) -> Writing:
    kinds = types.split()
    places = ", ".join("?" * len(kinds))
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    command = EngineSql(
        sqlite=f"INSERT INTO {table} ({columns}) VALUES ({places}) {conflict}",  # noqa: S608
        postgresql=f"INSERT INTO {table} ({columns}) SELECT * FROM unnest({arrays}) {conflict}",  # noqa: S608
    )
    days, texts = (
        frozenset(place for place, kind in enumerate(kinds) if kind == one) for one in ("date", "text")
    )
    return Writing(command, days, texts)


KEEP_STATES: Final = _writing(
    "sync_person_module",
    "person_id, module_iri, first_accessed_on, first_completed_on, last_completed_on, completions, "
    "best_scaled, access_unit_id, leaf_unit_id",
    "int text date date date int float8 int int",
    "ON CONFLICT (person_id, module_iri) DO UPDATE SET first_accessed_on = excluded.first_accessed_on, "
    "first_completed_on = excluded.first_completed_on, last_completed_on = excluded.last_completed_on, "
    "completions = excluded.completions, best_scaled = excluded.best_scaled, "
    "access_unit_id = excluded.access_unit_id, leaf_unit_id = excluded.leaf_unit_id",
)
KEEP_PERSON_DAYS: Final = _writing(
    "sync_person_days",
    "person_id, first_accessed_on, first_completed_on, completed_all_on",
    "int date date date",
    "ON CONFLICT (person_id) DO UPDATE SET first_accessed_on = excluded.first_accessed_on, "
    "first_completed_on = excluded.first_completed_on, completed_all_on = excluded.completed_all_on",
)
ADD_TO_CELLS: Final = _writing(
    "sync_unit_count",
    "unit_id, module_iri, calendar, period_start, people_accessed, people_completed",
    "int text text date int int",
    "ON CONFLICT (unit_id, module_iri, calendar, period_start) DO UPDATE SET "
    "people_accessed = sync_unit_count.people_accessed + excluded.people_accessed, "
    "people_completed = sync_unit_count.people_completed + excluded.people_completed",
)
#: Removes cells that count nobody any more; other cells stay.
REMOVE_EMPTY_CELLS: Final = Writing(
    EngineSql(
        sqlite="DELETE FROM sync_unit_count WHERE unit_id = ? AND module_iri = ? AND calendar = ? "
        "AND period_start = ? AND people_accessed = 0 AND people_completed = 0",
        postgresql="DELETE FROM sync_unit_count u "
        "USING unnest(%s::int[], %s::text[], %s::text[], %s::date[]) "
        "AS k (unit_id, module_iri, calendar, day) "
        "WHERE u.unit_id = k.unit_id AND u.module_iri = k.module_iri AND u.calendar = k.calendar "
        "AND u.period_start = k.day AND u.people_accessed = 0 AND u.people_completed = 0",
    ),
    days=frozenset({3}),
    texts=frozenset({1, 2}),
)


def read_by_pairs(session: Session, command: EngineSql, pairs: Collection[tuple[Any, str]]) -> Sequence[Any]:
    """The rows of a command that takes pairs."""
    if not pairs:
        return []
    if _is_postgresql(session):
        first, second = zip(*pairs, strict=True)
        numbers_or_texts = texts_text(first) if isinstance(first[0], str) else numbers_text(first)
        return _rows(session, command.postgresql, (numbers_or_texts, texts_text(second)))
    return _rows(session, command.sqlite, (json.dumps(list(pairs)),))


def read_by_numbers(session: Session, command: EngineSql, numbers: Collection[int]) -> Sequence[Any]:
    """The rows of a command that takes numbers."""
    if not numbers:
        return []
    if _is_postgresql(session):
        return _rows(session, command.postgresql, (numbers_text(numbers),))
    return _rows(session, command.sqlite, (json.dumps(list(numbers)),))


def write_rows(session: Session, writing: Writing, rows: Sequence[tuple[Any, ...]]) -> None:
    """Writes many rows by one of the commands above; days and instants as Python has them."""
    if not rows:
        return
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
    connection = session.connection()
    for place in writing.days:
        columns[place] = [None if value is None else value.isoformat() for value in columns[place]]
    if _is_postgresql(session):
        arrays = [
            texts_text(column) if place in writing.texts else _plain_text(column)
            for place, column in enumerate(columns)
        ]
        connection.exec_driver_sql(writing.command.postgresql, tuple(arrays))
        return
    connection.exec_driver_sql(writing.command.sqlite, list(zip(*columns, strict=True)))


def _plain_text(values: Iterable[Any]) -> str:
    """Numbers and days as an array in PostgreSQL's notation: nothing in them needs quotes."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def day_from(value: Any) -> Any:
    """A day as the driver gives it: SQLite has text."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def days_from(values: Iterable[Any]) -> Iterable[Any]:
    """Several."""
    return map(day_from, values)


def _rows(session: Session, command: str, parameters: tuple[Any, ...]) -> Sequence[Any]:
    return session.connection().exec_driver_sql(command, parameters).all()


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
