"""How fast the learning record store is, and what a statement or a question costs in CPU.

    python -m bench.lrs --engine sqlite --write --read --stored 10000
    python -m bench.lrs --engine postgresql --read --stored 100000 --connections 1
    python -m bench.lrs --url http://127.0.0.1:9000/xAPI --user KEY --password SECRET --write

Starts gunicorn (2 workers x 4 threads) from this tree on a new database with full durability, fills it by
the recording path itself, and prints one line per cell with the load of the machine. Loopback only; each
cell ends after `--seconds` or `--most` requests. CPU is that of the server's processes and of its PostgreSQL
backends; for another store name its processes with `--pid`.
"""

import argparse
import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from bench.lrs.cells import HEADING, deep_pages, gets, line, posts, read_filters
from bench.lrs.load import connection_to, measure
from bench.lrs.server import Target, basic_authorization, own_server
from bench.lrs.statements import make_statements
from lti_tool.database import create_database_engine
from xapi_bridge.running_app import utc_now
from xapi_bridge.statement import Account, parse_statement
from xapi_bridge.store.partitions import part_by_month
from xapi_bridge.store.record import record_statements

_FILL_BATCH = 500


def main() -> None:
    given = _arguments()
    with _target(given) as target:
        print(f"{target.name}: {target.address}")
        if given.stored:
            fill(target, given.stored, given.seed, months=given.months)
        print(HEADING)
        for connections in given.connections:
            if given.write:
                measure_writes(target, given, connections)
            if given.read:
                measure_reads(target, given, connections)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.lrs")
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--tree", type=Path, default=Path(), help="start the server from another checkout")
    parser.add_argument("--folder", help="keep the SQLite file here")
    parser.add_argument("--database", default="", help="keep this PostgreSQL database, and find it again")
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--url", help="measure another store: its address up to the xAPI path")
    parser.add_argument("--user", default="")
    parser.add_argument("--password", default="")
    parser.add_argument("--pid", type=int, action="append", default=[], help="process of another store")
    parser.add_argument("--stored", type=int, default=0, help="fill the store up to so many statements first")
    parser.add_argument(
        "--months", type=int, default=0, help="spread the filling over so many months, parted"
    )
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--read", action="store_true")
    parser.add_argument("--batch", type=int, nargs="+", default=[1, 50, 100, 500])
    parser.add_argument("--only", default="", help="read cells whose name holds this text")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8])
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--most", type=int, default=2000, help="requests per cell")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    return parser.parse_args()


@contextmanager
def _target(given: argparse.Namespace) -> Iterator[Target]:
    if given.url:
        if urlsplit(given.url).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise SystemExit("Only stores on this machine are put under load (127.0.0.1).")
        authorization = basic_authorization(given.user, given.password)
        yield Target("another store", given.url.rstrip("/"), authorization, extra_pids=given.pid)
        return
    with own_server(
        given.engine,
        tree=given.tree,
        postgresql=given.postgresql,
        folder=given.folder,
        kept=given.database,
    ) as target:
        yield target


def fill(target: Target, wanted: int, seed: int, *, months: int) -> None:
    """Records `wanted` statements; in this process where the database is ours.

    Args:
        months: above 0, the statements are spread over so many months, and PostgreSQL is parted by month.
    """
    statements, began = make_statements(seed + 1), time.perf_counter()
    if not target.database_url:
        ask = connection_to(target)
        for request in itertools.islice(posts(100, seed=seed + 1), wanted // 100):
            ask(*request)
    else:
        engine = create_database_engine(target.database_url)
        authority = Account(home_page="https://cchc.example/", name="bench")
        stored = datetime.now(UTC) - timedelta(days=30.5 * months)
        step = timedelta(days=30.5 * months) / (wanted / _FILL_BATCH)
        for size in [_FILL_BATCH] * (wanted // _FILL_BATCH) + [wanted % _FILL_BATCH]:
            batch = [parse_statement(raw) for raw in itertools.islice(statements, size)]
            with Session(engine) as session, session.begin():
                record_statements(session, batch, authority=authority, now=stored if months else utc_now())
            stored += step
        if months and target.postgresql:
            with Session(engine) as session, session.begin():
                print(f"parted into {len(part_by_month(session, now=utc_now()))} months")
        if target.postgresql:
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM ANALYZE")
        engine.dispose()
    seconds = time.perf_counter() - began
    print(f"filled with {wanted} in {seconds:.1f} s, {wanted / seconds:.0f} statements/s")


def measure_writes(target: Target, given: argparse.Namespace, connections: int) -> None:
    """One line per size of batch."""
    for batch in given.batch:
        requests = posts(batch, seed=given.seed + batch * 100 + connections)
        cell = measure(
            target,
            requests,
            connections=connections,
            seconds=given.seconds,
            most=given.most,
            statements_each=batch,
        )
        print(line(f"POST {batch}", connections, cell), flush=True)


def measure_reads(target: Target, given: argparse.Namespace, connections: int) -> None:
    """One line per filter, and one for pages that `more` leads to."""
    cells = {name: gets(filters) for name, filters in read_filters(target).items()}
    cells["more (up to 40 pages deep)"] = itertools.cycle(deep_pages(target))
    for name, requests in cells.items():
        if given.only not in name:
            continue
        warm_up = itertools.islice(requests, 8)
        measure(target, warm_up, connections=1, seconds=5, most=8, statements_each=50)
        cell = measure(
            target,
            requests,
            connections=connections,
            seconds=given.seconds,
            most=given.most,
            statements_each=50,
        )
        print(line(name, connections, cell), flush=True)


main()
