"""Fixtures that every test may use: a database of each kind, an application, a clock that stands still.

Each database test runs twice, on SQLite and on PostgreSQL. Without a PostgreSQL server the second half is
skipped and says so; under CI (CI=true) that is a failure, because a promise was not checked.
"""

import logging
import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import psycopg
import pytest
from hypothesis import settings
from moto.server import ThreadedMotoServer
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.all_models import metadata
from lti_tool.database import create_database_engine
from lti_tool.database_schema import upgrade_database
from tests.factories.erasure import open_session
from tests.machine import missing_tool

POSTGRESQL_URL = os.environ.get(
    "TEST_POSTGRESQL_URL", "postgresql+psycopg://postgres@127.0.0.1:5432/postgres"
)


#: Keys of the object storage that tests start; any would do.
OBJECT_STORAGE_KEY_ID, OBJECT_STORAGE_SECRET = "khoa", "khoa-bi-mat"


# How long an example takes says how busy the machine is, not whether the law holds.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


class StandingClock:
    """A clock that moves only when a test says so."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def __call__(self) -> datetime:
        return self.instant

    def forward(self, **length: float) -> None:
        self.instant += timedelta(**length)


@pytest.fixture
def clock() -> StandingClock:
    """Tuesday 24 November 2026, 09:00 in Ha Noi."""
    return StandingClock(datetime(2026, 11, 24, 2, 0, tzinfo=UTC))


@pytest.fixture(scope="session")
def prepared_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file; each test copies it."""
    path = tmp_path_factory.mktemp("sqlite") / "prepared.sqlite"
    engine = create_database_engine(f"sqlite:///{path}")
    prepare_schema(engine)
    # The last connection to close folds the write-ahead log into the file, so that one file can be copied.
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgresql_server() -> str:
    """Address of a PostgreSQL server whose user may create databases."""
    try:
        psycopg.connect(_plain(POSTGRESQL_URL)).close()
    except psycopg.OperationalError:
        missing_tool("PostgreSQL is not reachable (TEST_POSTGRESQL_URL): the PostgreSQL half is not tested")
    return POSTGRESQL_URL


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: str) -> Iterator[str]:
    """Name of a migrated database that nobody opens; copying it takes a tenth of migrating."""
    name = f"cchc_template_{uuid.uuid4().hex[:12]}"
    _command_server(postgresql_server, f'CREATE DATABASE "{name}"')
    engine = create_database_engine(_database_of(postgresql_server, name))
    prepare_schema(engine)
    engine.dispose()
    yield name
    _command_server(postgresql_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
def prepared_postgresql_url(postgresql_server: str, postgresql_template: str) -> Iterator[str]:
    """A migrated database of this test run's own, dropped at the end."""
    with _copied(postgresql_server, postgresql_template) as url:
        yield url


@contextmanager
def _copied(server: str, template: str) -> Iterator[str]:
    """Address of a copy of the template, dropped at the end."""
    name = f"cchc_test_{uuid.uuid4().hex[:12]}"
    _command_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    yield _database_of(server, name)
    _command_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


def _database_of(server: str, name: str) -> str:
    return server.rsplit("/", 1)[0] + f"/{name}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def own_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An engine on a migrated database of the test's own, whose tables it may change; each engine in turn."""
    if request.param == "sqlite":
        copy = tmp_path / "own.sqlite"
        shutil.copy(request.getfixturevalue("prepared_sqlite_file"), copy)
        made = create_database_engine(f"sqlite:///{copy}")
        yield made
        made.dispose()
        return
    template = request.getfixturevalue("postgresql_template")
    with _copied(request.getfixturevalue("postgresql_server"), template) as url:
        made = create_database_engine(url)
        yield made
        made.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a database without any table, on each engine in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite'}"
        return
    server = request.getfixturevalue("postgresql_server")
    name = f"cchc_empty_{uuid.uuid4().hex[:12]}"
    _command_server(server, f'CREATE DATABASE "{name}"')
    yield _database_of(server, name)
    _command_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_engine(empty_database_url: str) -> Iterator[Engine]:
    """An engine on a database without any table."""
    made = create_database_engine(empty_database_url)
    yield made
    made.dispose()


def _plain(url: str) -> str:
    return url.replace("postgresql+psycopg://", "postgresql://")


def _command_server(url: str, command: str) -> None:
    with psycopg.connect(_plain(url), autocommit=True) as connection:
        connection.execute(command)


def prepare_schema(engine: Engine) -> None:
    """The tables, as an installation has them."""
    upgrade_database(engine)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of an empty database with all tables, on each engine in turn."""
    if request.param == "sqlite":
        copy = tmp_path / "test.sqlite"
        shutil.copy(request.getfixturevalue("prepared_sqlite_file"), copy)
        yield f"sqlite:///{copy}"
        return
    url = request.getfixturevalue("prepared_postgresql_url")
    yield url
    _empty_all_tables(url)


def _empty_all_tables(url: str) -> None:
    """Empties what a test filled.

    Deleting the few rows of a test takes milliseconds; truncating makes new files, and takes a hundred.
    """
    names = [table.name for table in reversed(metadata.sorted_tables)]
    deletions = " ".join(f'DELETE FROM "{name}";' for name in names)  # noqa: S608 - names of our own tables
    _command_server(
        url,
        f"DO $$ BEGIN {deletions} "
        "PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false) "
        "FROM pg_sequences WHERE last_value IS NOT NULL; END $$",
    )


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database with all tables."""
    made = create_database_engine(database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session in an open transaction; what a test does not commit is gone afterwards."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture(scope="session")
def object_storage() -> Iterator[str]:
    """Address of an S3-compatible server on this machine, with a bucket `cchc`."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
    server.start()
    host, port = server.get_host_and_port()
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{host}:{port}",
        region_name="us-east-1",
        aws_access_key_id=OBJECT_STORAGE_KEY_ID,
        aws_secret_access_key=OBJECT_STORAGE_SECRET,
    )
    client.create_bucket(Bucket="cchc")
    client.close()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def opened(engine: Engine) -> Callable[[], AbstractContextManager[Session]]:
    """Opens transactions as the running application does."""

    @contextmanager
    def transaction() -> Iterator[Session]:
        with open_session(engine) as session, session.begin():
            yield session

    return transaction
