"""Numbers that grow whenever something changes that figures are counted from: for kept figures.

Staff and units change in many places, so the database itself notices (triggers); learning is counted by one
follower, which says so (`note_change`), and from which day on: what somebody does today leaves the figures of
last year as they are. A version is a sum over rows and not one row, because on PostgreSQL two imports at once
would wait for each other at it; a sum never repeats an earlier value.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from sqlalchemy import (
    DDL,
    BigInteger,
    Date,
    Integer,
    String,
    Table,
    delete,
    event,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.orm import Mapped, Session, mapped_column

from xapi_bridge.database import Base

#: Rows of staff from which on they are added up into one.
_MOST_ROWS: Final = 200


class Changed(StrEnum):
    """What changed."""

    #: Units, their names, succession and tree; posts.
    STAFF = "staff"
    #: The first days of people (`PersonDays`).
    PEOPLE = "people"
    #: The first days of people with single modules (`PersonModule`).
    MODULES = "modules"


class FigureChange(Base):
    """How often something changed; the sum of a kind is its version."""

    __tablename__ = "sync_figure_change"

    change_id: Mapped[int] = mapped_column(
        BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=True
    )
    #: One of `Changed`.
    what: Mapped[str] = mapped_column(String(8))
    #: Figures of earlier days are as they were; empty: any day may have changed.
    since: Mapped[date | None] = mapped_column(Date)
    number: Mapped[int] = mapped_column(BigInteger)


@dataclass(frozen=True)
class FigureVersion:
    """The state of what figures are counted from.

    Attributes:
        numbers: what → first day affected → how often.
    """

    numbers: Mapping[str, Mapping[date | None, int]]

    def of(self, what: Changed, on: date) -> int:
        """The version of figures of a day."""
        found = self.numbers.get(what.value, {})
        return sum(number for since, number in found.items() if since is None or since <= on)


def read_figure_version(session: Session) -> FigureVersion:
    """The version as this transaction sees it. Ask before counting: newer figures under it do no harm."""
    rows = session.execute(
        select(FigureChange.what, FigureChange.since, func.sum(FigureChange.number)).group_by(
            FigureChange.what, FigureChange.since
        )
    )
    numbers: dict[str, dict[date | None, int]] = {}
    for what, since, number in rows:
        numbers.setdefault(what, {})[since] = int(number)
    return FigureVersion(numbers)


def note_change(session: Session, what: Changed, *, since: date = date.min) -> None:
    """For the one writer of a kind: figures counted from it until now are out of date, from a day on."""
    changed = (
        update(FigureChange)
        .where(FigureChange.what == what.value, FigureChange.since == since)
        .values(number=FigureChange.number + 1)
    )
    # No object of it is ever held, and looking for one costs more than the change.
    told = changed.returning(FigureChange.change_id).execution_options(synchronize_session=False)
    if not session.execute(told).all():
        session.execute(insert(FigureChange).values(what=what.value, since=since, number=1))


def add_up_changes(session: Session) -> None:
    """Makes one row of the many of staff; the version stays what it is."""
    is_staff = FigureChange.what == Changed.STAFF.value
    if (session.scalar(select(func.count()).where(is_staff)) or 0) > _MOST_ROWS:
        # Rows of transactions that have not committed yet are neither deleted nor added.
        gone = session.scalars(delete(FigureChange).where(is_staff).returning(FigureChange.number)).all()
        session.execute(insert(FigureChange).values(what=Changed.STAFF.value, number=sum(gone)))


#: One row per command. A migration runs the same statements, because Alembic fires no table events.
POSTGRESQL_FUNCTION: Final = """
CREATE OR REPLACE FUNCTION sync_note_staff_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO sync_figure_change (what, number) VALUES ('staff', 1);
    RETURN NULL;
END $$
"""
#: SQLite has triggers per row only; with one writer at a time, counting in one row costs little.
_SQLITE: Final = """
CREATE TRIGGER {table}_noted_{event} AFTER {event} ON {table}
BEGIN
    INSERT INTO sync_figure_change (what, number) SELECT '{what}', 0
    WHERE NOT EXISTS (SELECT 1 FROM sync_figure_change WHERE what = '{what}');
    UPDATE sync_figure_change SET number = number + 1 WHERE what = '{what}';
END
"""
_POSTGRESQL: Final = """
CREATE TRIGGER {table}_noted AFTER INSERT OR UPDATE OR DELETE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION sync_note_staff_change()
"""


def triggers_of(table: str, dialect: str) -> list[str]:
    """What has every change of a table counted as one of staff.

    Args:
        dialect: sqlite or postgresql; there `POSTGRESQL_FUNCTION` must exist.
    """
    if dialect == "postgresql":
        return [_POSTGRESQL.format(table=table)]
    what = Changed.STAFF.value
    return [_SQLITE.format(table=table, event=one, what=what) for one in ("insert", "update", "delete")]


def count_as_staff(table: Table) -> None:
    """Has the triggers created together with the table."""
    commands = [("postgresql", POSTGRESQL_FUNCTION)]
    commands += [
        (dialect, one) for dialect in ("postgresql", "sqlite") for one in triggers_of(table.name, dialect)
    ]
    for dialect, command in commands:
        # SQLAlchemy leaves the parameters of DDL untyped; it reads a percent sign as a place.
        noted = DDL(command.replace("%", "%%"))  # type: ignore[no-untyped-call]
        event.listen(table, "after_create", noted.execute_if(dialect=dialect))
