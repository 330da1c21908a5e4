"""A country of 16,000 units and 100,000 people, and what its statistics cost.

    python -m bench.country --engine sqlite --facts 1000000 [--people 100000] [--new 10000] [--folder DIR]

Draws everything from `--seed`. Facts go into their table in bulk (see `bench.country.facts` for what
that skips); only the newest `--new` statements are recorded as JSON, and taken in by the follower in the
batches of the background work. PostgreSQL is a database of its own, dropped at the end; `--folder` keeps the
SQLite file. CPU is that of this process and of the database's backends.
"""

import argparse
import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from bench.country.facts import IRI_BASE, SITTING, load_facts, set_bookmark, store_newest
from bench.country.measuring import Meter, peak_memory
from bench.country.pages import measure_pages
from bench.country.people import create_country, new_draw
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from sync.analysis.export import export_analysis
from sync.analysis.recompute import compare_with_tables, recompute_on_duckdb
from sync.followers import follow_once
from sync.rollups.follower import rollups_follower
from sync.rollups.from_facts import recount_from_facts
from sync.timetable import BATCH

NOW = datetime(2026, 11, 18, 6, tzinfo=UTC)


def main() -> None:
    """One engine after the other."""
    given = _arguments()
    for name in given.engine:
        with _engine(name, given) as engine:
            _Bench(engine, given).run()


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.country")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], nargs="+", default=["sqlite"])
    parser.add_argument("--facts", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--new", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=BATCH, help="statements per transaction of the follower")
    parser.add_argument("--seed", type=int, default=905)
    parser.add_argument("--only", default="", help="new: increments only; pages: queries only")
    parser.add_argument("--folder", type=Path, help="keep the SQLite file and the Parquet files here")
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    return parser.parse_args()


@contextmanager
def _engine(name: str, given: argparse.Namespace) -> Iterator[Engine]:
    folder = given.folder or Path(tempfile.mkdtemp(prefix="cchc-country-"))
    folder.mkdir(parents=True, exist_ok=True)
    given.work = folder
    if name == "sqlite":
        engine = create_database_engine(f"sqlite:///{folder / 'country.sqlite'}")
        yield engine
        engine.dispose()
    else:
        with _postgresql(given.postgresql) as engine:
            yield engine
    if given.folder is None:
        shutil.rmtree(folder)


@contextmanager
def _postgresql(server: str) -> Iterator[Engine]:
    name = f"cchc_bench_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')
        connection.execute(f'ALTER DATABASE "{name}" SET max_parallel_workers_per_gather = 0')
        engine = create_database_engine(server.rsplit("/", 1)[0] + f"/{name}")
        try:
            yield engine
        finally:
            engine.dispose()
            connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


class _Bench:
    def __init__(self, engine: Engine, given: argparse.Namespace) -> None:
        self.engine, self.given = engine, given
        self.meter = Meter(engine)
        self.draw = new_draw(given.seed)
        self.account_ids: list[int] = []
        self.last_seq = 0

    def run(self) -> None:
        given = self.given
        print(
            f"{self.engine.dialect.name}: {given.facts:,} facts, {given.people:,} people, "
            f"{given.batch} a transaction; load {os.getloadavg()[0]:.1f}"
        )
        self.generate()
        if given.only in {"", "new"}:
            self.increments()
        if given.only in {"", "pages"}:
            self.pages()
        if not given.only:
            self.rebuilds()
        self.meter.say(f"peak memory of this process: {peak_memory()}; load {os.getloadavg()[0]:.1f}")

    def generate(self) -> None:
        meter = self.meter
        upgrade_database(self.engine)
        with (
            meter.measure("generate: units, people, posts"),
            Session(self.engine) as session,
            session.begin(),
        ):
            country = create_country(session, people=self.given.people, draw=self.draw)
        self.account_ids = list(country.account_ids)
        with meter.measure("generate: facts in bulk"), self.engine.begin() as connection:
            self.last_seq = load_facts(connection, self.given.facts, self.account_ids, self.draw)
        with meter.measure("full rebuild of state and counts in SQL"), Session(self.engine) as session:
            states, cells = recount_from_facts(session)
            set_bookmark(session, self.last_seq, now=NOW)
            session.commit()
        meter.say(f"{country.units:,} units; {states:,} states; {cells:,} cells")
        with meter.measure("generate: statistics of the database (ANALYZE)"):
            self._analyze()

    def _analyze(self) -> None:
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_sqlite = self.engine.dialect.name == "sqlite"
            connection.exec_driver_sql("ANALYZE" if is_sqlite else "VACUUM ANALYZE")

    def increments(self) -> None:
        self._increment("newest (warm-up)", sitting=SITTING)
        self._increment(f"newest, {SITTING} a sitting", sitting=SITTING)
        self._increment("newest, each of another person and module")
        self._increment("completions of any day, likewise", late=True)

    def _increment(self, words: str, *, late: bool = False, sitting: int = 1) -> None:
        count = self.given.new
        with Session(self.engine) as session, session.begin():
            self.last_seq = store_newest(
                session, count, self.last_seq, self.account_ids, self.draw, late=late, sitting=sitting
            )
        follower = rollups_follower(iri_base=IRI_BASE)
        with self.meter.measure(f"roll up {count:,} {words}"):
            while True:
                with Session(self.engine) as session, session.begin():
                    if not follow_once(session, follower, limit=self.given.batch, now=NOW):
                        break

    def pages(self) -> None:
        measure_pages(self.engine, self.meter)

    def rebuilds(self) -> None:
        folder = self.given.work / f"parquet-{self.engine.dialect.name}"
        for words in ("all of it", "again, one month changed"):
            with self.meter.measure(f"export as Parquet: {words}"), self._snapshot() as session:
                export_analysis(session, folder)
        size = sum(one.stat().st_size for one in folder.rglob("*.parquet")) / 1e6
        with self.meter.measure("full rebuild by DuckDB from Parquet"):
            recompute_on_duckdb(folder)
        with self.meter.measure("the same, and compared with the tables"), self._snapshot() as session:
            compared = compare_with_tables(session, folder)
        self.meter.say(
            f"Parquet {size:.0f} MB; "
            + "; ".join(
                f"{one.table} {one.recomputed} {'=' if one.agrees else '≠'} {one.kept}" for one in compared
            )
        )

    @contextmanager
    def _snapshot(self) -> Iterator[Session]:
        with Session(self.engine.execution_options(read_only=True)) as session:
            yield session


if __name__ == "__main__":
    main()
