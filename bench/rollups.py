"""How many statements per second the follower `rollups` takes in.

    python -m bench.rollups [--statements 20000] [--people 300] [--postgresql URL]

Generates learners in one province of 20 communes, records what they do with 10 modules, then follows the
store in the batches of the background work. Recording is measured apart. SQLite is a file in a temporary
folder with full durability; PostgreSQL is a database of its own, dropped at the end.
"""

import argparse
import random
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from lti_tool.all_models import metadata
from lti_tool.database import create_database_engine
from sync.followers import follow_once
from sync.rollups.follower import rollups_follower
from sync.rollups.models import PersonModule, UnitCount
from sync.rollups.verify import verify_rollups
from sync.timetable import BATCH
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_official,
    create_unit,
    make_completed,
    make_opened,
    make_result,
    record,
)
from xapi_bridge.statement import Statement

COMMUNES, MODULES, PER_RECORDING = 20, 10, 200


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--statements", type=int, default=20_000)
    parser.add_argument("--people", type=int, default=300)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    given = parser.parse_args()
    with sqlite_engine() as engine:
        measure("SQLite", engine, given.statements, given.people)
    try:
        psycopg.connect(given.postgresql).close()
    except psycopg.OperationalError:
        print("PostgreSQL is not reachable (--postgresql): not measured")
        return
    with postgresql_engine(given.postgresql) as engine:
        measure("PostgreSQL", engine, given.statements, given.people)


@contextmanager
def sqlite_engine() -> Iterator[Engine]:
    with tempfile.TemporaryDirectory() as folder:
        engine = create_database_engine(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        metadata.create_all(engine)
        yield engine
        engine.dispose()


@contextmanager
def postgresql_engine(server: str) -> Iterator[Engine]:
    name = f"cchc_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        engine = create_database_engine(server.rsplit("/", 1)[0] + f"/{name}")
        try:
            metadata.create_all(engine)
            yield engine
        finally:
            engine.dispose()
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


def measure(label: str, engine: Engine, statements: int, people: int) -> None:
    prepare_people(engine, people)
    recording = record_all(engine, make_statements(statements, people))
    follower = rollups_follower(iri_base=IRI_BASE)
    slowest, began, cpu_began = 0.0, time.perf_counter(), time.process_time()
    while True:
        batch_began = time.perf_counter()
        with Session(engine) as session, session.begin():
            done = follow_once(session, follower, limit=BATCH, now=NOON)
        if not done:
            break
        slowest = max(slowest, time.perf_counter() - batch_began)
    following, cpu = time.perf_counter() - began, time.process_time() - cpu_began
    with Session(engine) as session:
        states = session.scalar(select(func.count()).select_from(PersonModule))
        cells = session.scalar(select(func.count()).select_from(UnitCount))
        verify_began = time.perf_counter()
        report = verify_rollups(session, iri_base=IRI_BASE)
        verifying = time.perf_counter() - verify_began
    print(f"{label}: {statements} statements, {people} people -> {states} states, {cells} cells")
    print(
        f"  record  {statements / recording:8.0f} statements/s ({recording:.1f} s, {PER_RECORDING} at once)"
    )
    print(f"  follow  {statements / following:8.0f} statements/s ({following:.1f} s, {cpu:.1f} s of our CPU)")
    print(f"  slowest batch of {BATCH}: {slowest:.2f} s")
    print(f"  verify  {statements / verifying:8.0f} statements/s, agrees: {report.agree}")


def prepare_people(engine: Engine, people: int) -> None:
    with Session(engine) as session, session.begin():
        country = create_unit(session, "VN", "national", above=[])
        province = create_unit(session, "08", "province", above=[country])
        communes = [
            create_unit(session, f"{number:05}", "commune", above=[province, country])
            for number in range(COMMUNES)
        ]
        for number in range(people):
            create_official(session, f"hoc-vien-{number}", communes[number % COMMUNES])


def make_statements(statements: int, people: int) -> Iterator[Statement]:
    """Seven in ten open something, two bring a result, one completes; over eight months."""
    draw = random.Random(905)
    for _ in range(statements):
        name, module = f"hoc-vien-{draw.randrange(people)}", f"m{draw.randrange(MODULES)}"
        at = NOON - timedelta(days=draw.randrange(240), seconds=draw.randrange(86_400))
        chance = draw.random()
        if chance < 0.7:
            yield make_opened(name, module, at=at)
        elif chance < 0.9:
            yield make_result(draw.randrange(11) / 10, name, module, at=at)
        else:
            yield make_completed(name, module, at=at)


def record_all(engine: Engine, statements: Iterator[Statement]) -> float:
    listed = list(statements)
    began = time.perf_counter()
    for start in range(0, len(listed), PER_RECORDING):
        with Session(engine) as session, session.begin():
            record(session, *listed[start : start + PER_RECORDING])
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
