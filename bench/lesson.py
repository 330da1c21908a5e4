"""What the first view of every shipped lesson costs: CPU of the server, and bytes on the line of a phone.

    python -m bench.lesson [--learners 5] [--postgresql URL]

Every section of every module is opened by new learners, so each view is a first one: it keeps where the
learner is and tells the record store. Bytes are those of the page and of all that it loads, each compressed
as a proxy would, as if the browser kept nothing. CPU is that of this process.
"""

import argparse
import gzip
import re
import tempfile
import time
from datetime import timedelta
from urllib.parse import urljoin, urlsplit

import numpy as np
import psycopg
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from bench.launch import postgresql_database
from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.contents import Package
from content_packages.library import publish_package, read_package
from content_packages.player.settings import PlayerSettings
from content_packages.player.ticket import seal_ticket
from lti_tool.app import create_app
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from lti_tool.settings import load_settings
from tests.factories.content import make_ticket
from xapi_bridge.running_app import running_app, section, utc_now
from xapi_bridge.statement import Account

#: A lesson page with everything that it loads, compressed.
BAR_KB = 100.0
_LOADED = re.compile(r"""<(?:script|link|img)[^>]+(?:src|href)="([^"]+)\"""")


def main() -> None:
    """One engine after the other."""
    parser = argparse.ArgumentParser(prog="python -m bench.lesson")
    parser.add_argument("--learners", type=int, default=5)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite", f"sqlite:///{folder}/lesson.sqlite", given.learners)
    try:
        psycopg.connect(given.postgresql).close()
    except psycopg.OperationalError:
        print("PostgreSQL is not reachable (--postgresql): not measured")
        return
    with postgresql_database(given.postgresql.replace("postgresql+psycopg://", "postgresql://")) as url:
        measure("PostgreSQL", url.replace("postgresql://", "postgresql+psycopg://"), given.learners)


def measure(label: str, address: str, learners: int) -> None:
    """Prints CPU and bytes of the first views on one engine."""
    engine = create_database_engine(address)
    upgrade_database(engine)
    with Session(engine) as session, session.begin():
        published = publish_package(session, build(SHIPPED_CURRICULUM), now=utc_now())
        package = read_package(session, published.digest)
    engine.dispose()
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(load_settings({"CCHC_DATABASE_URL": address, "CCHC_DATA_DIR": folder}))
        with app.app_context():
            secret = section(PlayerSettings).secret
            used = running_app().engine
        try:
            _report(label, package, app.test_client(), secret, learners)
        finally:
            used.dispose()


def _report(label: str, package: Package, client: FlaskClient, secret: str, learners: int) -> None:
    paths = [f"m/{module.id}/{one.number}" for module in package.modules.values() for one in module.sections]
    first = {path: _weigh(client, _address(package, secret, "can", path)) for path in paths}
    spent = [
        _view(client, _address(package, secret, f"hoc-vien-{number}", path))
        for number in range(learners)
        for path in paths
    ]
    p50, p95 = np.percentile(spent, [50, 95])
    largest = max(first, key=lambda path: first[path])
    print(f"{label}: {len(paths)} sections of {len(package.modules)} modules")
    print(f"  first view   p50 {p50:5.1f} ms   p95 {p95:5.1f} ms CPU")
    told = "" if first[largest] <= BAR_KB else ", missed"
    middle = float(np.median(list(first.values())))
    print(f"  on the line  median {middle:5.1f} KB   most {first[largest]:5.1f} KB ({largest})", end="")
    print(f"   bar {BAR_KB:.0f} KB{told}")


def _address(package: Package, secret: str, name: str, path: str) -> str:
    learner = Account(home_page="https://lms.example", name=name)
    ticket = make_ticket(
        package_id=package.id,
        package_digest=package.digest,
        learner=learner,
        bound=False,
        expires_at=utc_now() + timedelta(hours=8),
    )
    return f"/hoc/{seal_ticket(ticket, secret=secret)}/{path}"


def _view(client: FlaskClient, address: str) -> float:
    began = time.process_time()
    answer = client.get(address, headers={"Sec-Fetch-Dest": "iframe"})
    assert answer.status_code == 200, answer.status
    return (time.process_time() - began) * 1000


def _weigh(client: FlaskClient, address: str) -> float:
    """KB of a page and of everything that it loads; another host than ours ends the run."""
    page = client.get(address, headers={"Sec-Fetch-Dest": "iframe"})
    assert page.status_code == 200, page.status
    total = len(gzip.compress(page.data))
    for loaded in set(_LOADED.findall(page.text)):
        if loaded.startswith("data:"):
            continue
        where = urljoin(f"http://localhost{address}", loaded.replace("&amp;", "&"))
        assert urlsplit(where).netloc == "localhost", f"{address} loads {where}"
        total += len(gzip.compress(client.get(urlsplit(where).path).data))
    return total / 1000


if __name__ == "__main__":
    main()
