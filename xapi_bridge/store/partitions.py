"""Statements parted by month on PostgreSQL, so that an old month leaves as a whole.

Only for stores of many millions: a plain table answers as fast, but deleting a month from it takes long and
leaves holes. `xapi_statement` is parted by the place in the order, which is `stored`; ids, references and
postings stay whole. The table looks the same to every query (docs/decisions/0011-partitions.md).
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from xapi_bridge.errors import ArchiveRefused
from xapi_bridge.store.dependent_views import views_set_aside
from xapi_bridge.store.models import StatementRow
from xapi_bridge.store.sequence import hold_sequence, instant_of, sequence_at

#: Months made before their time, so that a night without background work costs nothing.
MONTHS_AHEAD = 3
#: Postings stay whole: with them parted too, planning a question over 96 months took 6 to 20 ms.
_TABLE = "xapi_statement"

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A month of `stored`, in UTC."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.number // 12, self.number % 12 + 1)

    @property
    def first_seq(self) -> int:
        """The first place in the order that belongs to it."""
        return sequence_at(datetime(self.year, self.number, 1, tzinfo=UTC))

    @property
    def last_seq(self) -> int:
        """The last place in the order that belongs to it."""
        return self.next.first_seq - 1

    @property
    def suffix(self) -> str:
        """What the names of its tables end in."""
        return f"p{self.year:04}_{self.number:02}"


def month_from_text(written: str) -> Month:
    """A month written as 2026-03.

    Raises:
        ArchiveRefused: another text.
    """
    found = _MONTH.fullmatch(written)
    if found is None or found[1] < "1970":
        raise ArchiveRefused("A month is written as year and month, for example 2026-03.")
    return Month(int(found[1]), int(found[2]))


def month_of(seq: int) -> Month:
    """The month that a place in the order belongs to."""
    instant = instant_of(seq)
    return Month(instant.year, instant.month)


def is_parted(session: Session) -> bool:
    """Whether statements are parted by month."""
    if session.get_bind().dialect.name != "postgresql":
        return False
    kind = session.scalar(text("SELECT relkind FROM pg_class WHERE oid = 'xapi_statement'::regclass"))
    return kind in ("p", b"p")


def part_by_month(session: Session, *, now: datetime) -> list[Month]:
    """Turns the plain table into a parted one, all in this transaction; returns the months made.

    Writers and readers wait until it ends: about a minute per ten million statements.

    Raises:
        ArchiveRefused: not on PostgreSQL, parted already, or rows would have been lost.
    """
    if session.get_bind().dialect.name != "postgresql":
        raise ArchiveRefused("Only a store on PostgreSQL is parted by month; SQLite needs no parts.")
    if is_parted(session):
        raise ArchiveRefused("The store is parted by month already.")
    hold_sequence(session)
    first = session.scalar(select(func.min(StatementRow.seq)))
    months = _months_between(month_of(first) if first else _month_at(now), _months_ahead(now)[-1])
    with views_set_aside(session.connection(), _TABLE):
        _part_table(session, months)
    return months


def make_months_ahead(session: Session, *, now: datetime) -> list[Month]:
    """Makes the part of this month and of the next ones where it is missing; returns those made."""
    if not is_parted(session):
        return []
    missing = [month for month in _months_ahead(now) if not _exists(session, month)]
    for month in missing:
        ensure_month(session, month)
    return missing


def ensure_month(session: Session, month: Month) -> None:
    """Makes the part of a month, with what came while they were missing; nothing on a plain store."""
    if not is_parted(session) or _exists(session, month):
        return
    hold_sequence(session)
    part = f"{_TABLE}_{month.suffix}"
    bounds = f"seq BETWEEN {month.first_seq} AND {month.last_seq}"
    _run(session, f"CREATE TABLE {part} (LIKE {_TABLE} INCLUDING DEFAULTS INCLUDING CONSTRAINTS)")
    # Only names and numbers of ours are put in.
    _run(
        session,
        f"WITH moved AS (DELETE FROM {_TABLE}_pdefault WHERE {bounds} RETURNING *) "  # noqa: S608
        f"INSERT INTO {part} SELECT * FROM moved",
    )
    _run(session, f"ALTER TABLE {_TABLE} ATTACH PARTITION {part} {_range_of(month)}")


def drop_month(session: Session, month: Month) -> None:
    """Drops the part of a month with all that is in it."""
    _run(session, f"ALTER TABLE {_TABLE} DETACH PARTITION {_TABLE}_{month.suffix}")
    _run(session, f"DROP TABLE {_TABLE}_{month.suffix}")


def has_part(session: Session, month: Month) -> bool:
    """Whether the month has a part of its own that can be dropped."""
    return is_parted(session) and _exists(session, month)


def _part_table(session: Session, months: Sequence[Month]) -> None:
    _run(session, f"LOCK TABLE {_TABLE} IN ACCESS EXCLUSIVE MODE")
    before = _count(session, _TABLE)
    _run(session, f"ALTER TABLE {_TABLE} RENAME TO {_TABLE}_whole")
    _run(session, f"ALTER TABLE {_TABLE}_whole RENAME CONSTRAINT pk_{_TABLE} TO pk_{_TABLE}_whole")
    _run(session, f"CREATE TABLE {_TABLE} (LIKE {_TABLE}_whole INCLUDING DEFAULTS) PARTITION BY RANGE (seq)")
    _run(session, f"CREATE TABLE {_TABLE}_pdefault PARTITION OF {_TABLE} DEFAULT")
    for month in months:
        _run(session, f"CREATE TABLE {_TABLE}_{month.suffix} PARTITION OF {_TABLE} {_range_of(month)}")
    _run(session, f"INSERT INTO {_TABLE} SELECT * FROM {_TABLE}_whole")  # noqa: S608 - names of ours
    after = _count(session, _TABLE)
    if before != after:
        raise ArchiveRefused(f"{before} statements before, {after} after; nothing was changed.")
    _run(session, f"DROP TABLE {_TABLE}_whole")
    # Made after the rows are in, which is faster.
    _run(session, f"ALTER TABLE {_TABLE} ADD CONSTRAINT pk_{_TABLE} PRIMARY KEY (seq)")


def _count(session: Session, table: str) -> int:
    return session.scalar(text(f"SELECT count(*) FROM {table}")) or 0  # noqa: S608 - a name of ours


def _range_of(month: Month) -> str:
    return f"FOR VALUES FROM ({month.first_seq}) TO ({month.next.first_seq})"


def _exists(session: Session, month: Month) -> bool:
    name = f"xapi_statement_{month.suffix}"
    return session.scalar(text("SELECT to_regclass(:name)"), {"name": name}) is not None


def _months_between(first: Month, last: Month) -> list[Month]:
    months = [first]
    while months[-1] < last:
        months.append(months[-1].next)
    return months


def _months_ahead(now: datetime) -> list[Month]:
    months = [_month_at(now)]
    for _ in range(MONTHS_AHEAD):
        months.append(months[-1].next)
    return months


def _month_at(now: datetime) -> Month:
    return month_of(sequence_at(now))


def _run(session: Session, command: str) -> None:
    """Commands that make tables take no parameters; all that is put in are names and numbers of ours."""
    session.connection().exec_driver_sql(command)
