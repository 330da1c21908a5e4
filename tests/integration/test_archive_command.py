"""`cchc statements archive` and `restore`, and what a recount says meanwhile."""

from datetime import UTC, datetime

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from lti_tool.cli import cli  # noqa: F401 - puts the commands into their groups
from lti_tool.cli.rollups import rollups
from lti_tool.cli.statements import statements
from lti_tool.settings import load_settings
from sync.errors import ArchivesNeeded
from sync.followers import follow_once
from sync.rollups.follower import rollups_follower
from sync.rollups.rebuild import rebuild_rollups
from sync.rollups.verify import verify_rollups
from tests.factories.learning import AUTHORITY, IRI_BASE, create_official, create_unit, make_completed
from xapi_bridge.errors import ArchiveRefused
from xapi_bridge.store.record import record_statements

MARCH = datetime(2026, 3, 10, tzinfo=UTC)


@pytest.fixture
def run(database_url):
    """Runs a command on the test's database."""
    settings = load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_IRI_BASE": IRI_BASE})
    groups = {"statements": statements, "rollups": rollups}
    return lambda group, *words: CliRunner().invoke(
        groups[group], words, obj=settings, catch_exceptions=False
    )


@pytest.fixture
def learned(engine):
    """One official who completed a module in March."""
    with Session(engine) as session, session.begin():
        country = create_unit(session, "VN", "national", above=[])
        create_official(session, "hoc-vien-1", country)
        statement = make_completed("hoc-vien-1", "m1", at=MARCH)
        record_statements(session, [statement], authority=AUTHORITY, now=MARCH)


def follow(engine) -> None:
    with Session(engine) as session, session.begin():
        follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=100, now=MARCH)


def test_a_month_is_moved_out_verified_and_brought_back(engine, run, learned, tmp_path):
    follow(engine)

    moved = run("statements", "archive", "--before", "2026-04", "--to", str(tmp_path))

    assert "2026-03: đã chuyển 1 bản ghi vào statements-2026-03.parquet" in moved.output
    with pytest.raises(ArchivesNeeded, match=r"statements-2026-03\.parquet"):
        run("rollups", "verify")
    verified = run("rollups", "verify", "--archive", str(tmp_path))
    assert verified.exit_code == 0, verified.output
    assert "Đã đọc 1 bản ghi: 1 sự kiện" in verified.output
    back = run("statements", "restore", str(tmp_path / "statements-2026-03.parquet"))
    assert "đã đưa 1 bản ghi trở lại" in back.output
    assert run("rollups", "verify").exit_code == 0


def test_figures_are_not_rebuilt_without_the_archived_months(engine, run, learned, tmp_path):
    follow(engine)
    run("statements", "archive", "--before", "2026-04", "--to", str(tmp_path))

    with Session(engine) as session, pytest.raises(ArchivesNeeded):
        rebuild_rollups(session)

    with Session(engine) as session:
        assert verify_rollups(session, iri_base=IRI_BASE, archive_folder=tmp_path).agree


def test_a_month_that_a_follower_has_not_read_stays(engine, run, learned, tmp_path):
    with Session(engine) as session, session.begin():
        follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=0, now=MARCH)

    with pytest.raises(ArchiveRefused, match="has not read all of 2026-03"):
        run("statements", "archive", "--before", "2026-04", "--to", str(tmp_path))


def test_a_month_that_is_not_over_stays(run, tmp_path):
    with pytest.raises(ArchiveRefused, match="months that are over"):
        run("statements", "archive", "--before", "2999-01", "--to", str(tmp_path))
