"""What the country has learned: facts copied into their table in bulk, statements only for the newest.

Skipped on purpose: older statements have facts and no JSON in the store, because nothing that is measured
reads them (the follower reads what lies behind its bookmark); their ids grow with time, so that the primary
key is filled in order. The newest statements are real ones, with random ids.
"""

import json
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray
from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from bench.country.people import HOME_PAGE, account_name
from sync.bookmarks import lock_bookmark
from sync.rollups.dirty import ROLLUPS
from xapi_bridge.store.models import StatementRow
from xapi_bridge.vocabulary import adl, cchc

IRI_BASE: Final = "https://cchc.example/"
MODULES: Final = 60
_BEGIN, _END = date(2023, 1, 17), date(2026, 11, 17)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SLICE: Final = 100_000
_KINDS = np.array(["accessed", "completed", "passed", "failed"])
_SHARES = (0.80, 0.12, 0.06, 0.02)
_COLUMNS = (
    "statement_id", "seq", "identity_id", "module_iri", "kind", "occurred_at", "occurred_on", "score_scaled",
    "form", "voided",
)  # fmt: skip

Rows = Iterator[tuple[Any, ...]]


def module_iris() -> list[str]:
    """The country's curriculum."""
    return [cchc.module_iri(IRI_BASE, "cchc", f"chuyen-de-{number:02}") for number in range(MODULES)]


def load_facts(connection: Connection, count: int, account_ids: list[int], draw: Generator) -> int:
    """Copies `count` facts in order of time; returns the last `seq`.

    The index of learners is made afterwards, as a restore would.
    """
    connection.execute(text("DROP INDEX ix_sync_learning_fact_learner"))
    last = 0
    for start in range(0, count, _SLICE):
        rows, last = _draw_rows(min(_SLICE, count - start), start, count, account_ids, draw)
        _copy(connection, rows)
    connection.execute(
        text("CREATE INDEX ix_sync_learning_fact_learner ON sync_learning_fact (identity_id, module_iri)")
    )
    return last


def _draw_rows(
    size: int, start: int, count: int, account_ids: list[int], draw: Generator
) -> tuple[list[tuple[Any, ...]], int]:
    """Facts number `start` and on: skewed learners, all modules, four kinds."""
    seconds = (_END - _BEGIN).days * 86_400
    at = (np.arange(start, start + size) + draw.random(size)) / count * seconds
    accounts = np.array(account_ids)[_skewed(size, len(account_ids), draw)]
    modules = draw.integers(MODULES, size=size)
    kinds = draw.choice(4, size=size, p=_SHARES)
    scores = np.round(draw.random(size), 2)
    voided = draw.random(size) < 0.01
    begin = datetime(_BEGIN.year, _BEGIN.month, _BEGIN.day, tzinfo=UTC)
    iris, seq = module_iris(), 0
    rows = []
    for number in range(size):
        instant = begin + timedelta(seconds=float(at[number]))
        seq = int((instant - _EPOCH) / timedelta(microseconds=1))
        kind = int(kinds[number])
        rows.append(
            (
                uuid.UUID(int=(seq << 64) + start + number), seq, int(accounts[number]),
                iris[modules[number]], str(_KINDS[kind]), instant, (instant + timedelta(hours=7)).date(),
                float(scores[number]) if kind > 1 else None,
                "in-class" if kind == 1 and number % 3 == 0 else "self-paced", bool(voided[number]),
            )
        )  # fmt: skip
    return rows, seq


def _skewed(size: int, most: int, draw: Generator) -> NDArray[np.int64]:
    """Some learners are much busier than others."""
    return np.minimum((draw.exponential(0.35, size) * most).astype(np.int64), most - 1)


def _copy(connection: Connection, rows: list[tuple[Any, ...]]) -> None:
    raw: Any = connection.connection.driver_connection
    if connection.dialect.name == "postgresql":
        with (
            raw.cursor() as cursor,
            cursor.copy(f"COPY sync_learning_fact ({', '.join(_COLUMNS)}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
        return
    marks = ", ".join("?" * len(_COLUMNS))
    kept = (
        (row[0].hex, *row[1:5], row[5].strftime("%Y-%m-%d %H:%M:%S.%f"), row[6].isoformat(), *row[7:])
        for row in rows
    )
    raw.executemany(
        f"INSERT INTO sync_learning_fact ({', '.join(_COLUMNS)}) VALUES ({marks})",  # noqa: S608 - names of our own
        kept,
    )


def set_bookmark(session: Session, seq: int, *, now: datetime) -> None:
    """The follower has read everything up to here."""
    bookmark = lock_bookmark(session, ROLLUPS)
    bookmark.last_seq, bookmark.updated_at = seq, now
    session.flush()


#: What a learner leaves in one sitting: pages read, questions answered, a result. Our demo's day has 31.
SITTING: Final = 8


def store_newest(
    session: Session,
    count: int,
    after: int,
    account_ids: list[int],
    draw: Generator,
    *,
    late: bool = False,
    sitting: int = 1,
) -> int:
    """Puts `count` real statements into the store behind `after`; returns the last `seq`.

    Args:
        late: completions only, of any day of the whole time: the worst batch.
        sitting: so many statements in a row are of one person and module.
    """
    iris = module_iris()
    authority = cchc.tool_authority(IRI_BASE)
    sittings = -(-count // sitting)
    people = np.repeat(_skewed(sittings, len(account_ids), draw), sitting)
    modules = np.repeat(draw.integers(MODULES, size=sittings), sitting)
    rows = []
    for number in range(count):
        is_completion = late or draw.random() < 0.12
        back = int(draw.integers(46 * 30)) if late else int(draw.integers(3))
        instant = datetime(2026, 11, 18, 5, tzinfo=UTC) - timedelta(
            days=back, seconds=int(draw.integers(80_000))
        )
        verb = adl.COMPLETED if is_completion else adl.INITIALIZED
        statement_id = uuid.UUID(bytes=draw.bytes(16), version=4)
        seq = after + number + 1
        payload = {
            "id": str(statement_id),
            "actor": {
                "objectType": "Agent",
                "account": {"homePage": HOME_PAGE, "name": account_name(account_ids[int(people[number])])},
            },
            "verb": {"id": verb, "display": {"vi": "hoàn thành"}},
            "object": {
                "id": iris[int(modules[number])],
                "objectType": "Activity",
                "definition": {"name": {"vi": "Một chuyên đề về cải cách hành chính"}, "type": adl.MODULE},
            },
            "context": {
                "registration": str(uuid.UUID(bytes=draw.bytes(16), version=4)),
                "contextActivities": {"grouping": [{"id": cchc.package_iri(IRI_BASE, "cchc")}]},
            },
            "timestamp": instant.isoformat().replace("+00:00", "Z"),
            "stored": instant.isoformat().replace("+00:00", "Z"),
            "authority": {
                "objectType": "Agent",
                "account": {"homePage": authority.home_page, "name": authority.name},
            },
            "version": "1.0.0",
        }
        rows.append(
            {
                "seq": seq, "statement_id": statement_id, "verb_term_id": 1, "voided": False,
                "version": "1.0.0",
                "authority_term_id": 1, "payload": json.dumps(payload, ensure_ascii=False).encode(),
                "registration": None, "target_id": None, "received": None,
            }
        )  # fmt: skip
    for start in range(0, count, 10_000):
        session.execute(insert(StatementRow), rows[start : start + 10_000])
    return rows[-1]["seq"] if rows else after
