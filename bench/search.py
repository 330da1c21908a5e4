"""What an analyst's search for a large unit costs: the plan, the page, the count, the sample of the picture.

    python -m bench.search --engine postgresql --stored 30000 --people 20000 --unit 10000

Fills a new database with people who hold posts and with short statements over sixty days, drawn from a seed,
and prints the milliseconds of this process and of the wall for each question. `--url` reads a database that
is filled already.
"""

import argparse
import itertools
import json
import random
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from bench.lrs.statements import HOME_PAGE, VERBS, actor_name
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from sync.organization.closure import rebuild_closure
from sync.organization.models import ActorIdentity, Appointment, Person, Unit
from sync.statement_filters import Reach, StatementFilters, search_for
from tests.factories.organization import REORGANISATION, create_unit
from xapi_bridge.running_app import utc_now
from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.store.record import record_statements
from xapi_bridge.store.search import SearchPlan, count_matches, plan_search, search_statements

_BATCH, _DAYS, _TIMES = 500, 60, 5
_PAGE, _SAMPLE = 50, 2_000
_UNIT, _IRI_BASE = "08", "https://cchc.example/"


def main() -> None:
    given = _arguments()
    with _database(given) as url:
        engine = create_database_engine(url)
        if not given.url:
            _fill(engine, given)
        with Session(engine.execution_options(read_only=True)) as session:
            unit_id = session.scalars(select(Unit.unit_id).where(Unit.code == _UNIT)).one()
            filters, reach = StatementFilters(unit_id=unit_id), Reach(on=utc_now().date())

            def plan_for_unit() -> SearchPlan:
                return plan_search(session, search_for(session, filters, reach=reach, iri_base=_IRI_BASE))

            plan = plan_for_unit()
            _print("plan", plan_for_unit)
            _print("page", lambda: search_statements(session, plan, limit=_PAGE))
            _print("count", lambda: count_matches(session, plan))
            _print("sample", lambda: search_statements(session, plan, limit=_SAMPLE))
        engine.dispose()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.search")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="postgresql")
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--url", default="")
    parser.add_argument("--stored", type=int, default=30_000)
    parser.add_argument("--people", type=int, default=20_000)
    parser.add_argument("--unit", type=int, default=10_000, help="how many of the people are in the unit")
    parser.add_argument("--seed", type=int, default=20261126)
    return parser.parse_args()


def _print(name: str, ask: Callable[[], object]) -> None:
    cpu, wall = time.process_time(), time.perf_counter()
    for _ in range(_TIMES):
        ask()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    print(f"{name:8} {cpu / _TIMES * 1000:8.1f} ms here {wall / _TIMES * 1000:8.1f} ms in all")


@contextmanager
def _database(given: argparse.Namespace) -> Iterator[str]:
    if given.url:
        yield given.url
    elif given.engine == "sqlite":
        with tempfile.TemporaryDirectory(prefix="cchc-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'cchc.sqlite'}"
    else:
        name = f"cchc_bench_{uuid.uuid4().hex[:10]}"
        with psycopg.connect(given.postgresql, autocommit=True) as server:
            server.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
            try:
                yield given.postgresql.rsplit("/", 1)[0] + f"/{name}"
            finally:
                server.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type]


def _fill(engine: Any, given: argparse.Namespace) -> None:
    upgrade_database(engine)
    with Session(engine) as session, session.begin():
        _register(session, given)
    authority = Account(home_page=_IRI_BASE, name="bench")
    draw = random.Random(given.seed)
    raw = (_statement(draw, given.people) for _ in range(given.stored))
    stored, step = utc_now() - timedelta(days=_DAYS), timedelta(days=_DAYS) / (given.stored / _BATCH)
    while batch := list(itertools.islice(raw, _BATCH)):
        with Session(engine) as session, session.begin():
            record_statements(
                session, [parse_statement(one) for one in batch], authority=authority, now=stored
            )
        stored += step
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _register(session: Session, given: argparse.Namespace) -> None:
    """Everybody's account and post: the first ones in the unit that is asked for, the others beside it."""
    nation = create_unit(session, code="VN", scheme="TW", level="national", kind="quoc-gia", name="Cả nước")
    units = [
        create_unit(session, code=code, level="province", kind="tinh", name=code, parent=nation)
        for code in (_UNIT, "99")
    ]
    rebuild_closure(session)
    now, numbers = utc_now(), range(1, given.people + 1)
    rows: dict[Any, list[dict[str, Any]]] = {
        Person: [{"person_id": one, "pseudonym": f"ma-{one}", "created_at": now} for one in numbers],
        ActorIdentity: [
            {
                "home_page": HOME_PAGE,
                "account_name": actor_name(one - 1),
                "person_id": one,
                "first_seen_at": now,
            }
            for one in numbers
        ],
        Appointment: [
            {
                "person_id": one,
                "unit_id": units[one > given.unit].unit_id,
                "staff_category": "cong_chuc",
                "valid_from": REORGANISATION,
                "recorded_at": now,
            }
            for one in numbers
        ],
    }
    for table, some in rows.items():
        session.execute(insert(table), some)


def _statement(draw: random.Random, people: int) -> bytes:
    statement = {
        "id": str(uuid.UUID(int=draw.getrandbits(128), version=4)),
        "actor": {"account": {"homePage": HOME_PAGE, "name": actor_name(draw.randrange(people))}},
        "verb": {"id": draw.choice(VERBS)},
        "object": {"id": f"https://cchc.example/khoa-hoc/{draw.randrange(500)}"},
    }
    return json.dumps(statement).encode()


if __name__ == "__main__":
    main()
