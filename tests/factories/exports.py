"""Exports in tests: a desk with small parts, and what a file says."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from sync.exports.asking import Requester, request_export
from sync.exports.settings import ExportSettings
from sync.exports.writing import Desk
from sync.statement_filters import Reach, StatementFilters
from tests.factories.learning import IRI_BASE, NOON

ANALYST = Requester("operator:1")
EVERYBODY = Reach(on=date(2026, 11, 24))


def make_settings(folder: Path, **given) -> ExportSettings:
    values = {"keep_days": 7, "most_rows": 100_000, "most_open": 3, "iri_base": IRI_BASE, **given}
    return ExportSettings(folder=folder, **values)


def make_desk(
    engine: Engine, settings: ExportSettings, *, clock: Callable[[], datetime] = lambda: NOON, **given
) -> Desk:
    """A desk at this database, with parts of ten rows."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading() -> Iterator[Session]:
        read_only = engine.execution_options(read_only=True)
        with Session(read_only, expire_on_commit=False, autoflush=False) as session:
            yield session

    return Desk(transaction, reading, clock, settings, **{"part_rows": 10, "most_parts": 1_000, **given})


def ask(desk: Desk, *, filters=None, form="ndjson", requester=ANALYST, reach=EVERYBODY, with_names=True):
    """Asks for an export; returns its id."""
    with desk.transaction() as session:
        return request_export(
            session,
            filters or StatementFilters(),
            form=form,
            requester=requester,
            reach=reach,
            with_names=with_names,
            settings=desk.settings,
            now=desk.clock(),
        )


def ids_in(path: Path) -> list[str]:
    """Statement ids of a file, in its order."""
    if path.suffix == ".parquet":
        return pq.read_table(path).column("statement_id").to_pylist()
    if path.suffix == ".csv":
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
        return [row["Mã bản ghi"] for row in rows]
    return [json.loads(line)["id"] for line in path.read_bytes().splitlines()]
