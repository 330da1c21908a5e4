"""`cchc units`: what an operator sees when loading, checking and looking up."""

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import delete
from sqlalchemy.orm import Session

from lti_tool.cli.units import units
from lti_tool.database import create_database_engine
from lti_tool.settings import Settings
from sync.organization.models import UnitSuccession


@pytest.fixture
def database_url(tmp_path, prepared_sqlite_file) -> str:
    """SQLite only: what the commands ask is tested on both databases, here only what they print."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def run(database_url, tmp_path):
    """Runs `cchc units …` against an empty database."""
    settings = Settings(database_url=database_url, data_dir=tmp_path)

    def run_command(*words: str) -> Result:
        return CliRunner().invoke(units, words, obj=settings)

    return run_command


def test_an_operator_loads_checks_and_looks_up_units(run):
    first, again, check = run("load"), run("load"), run("check")
    today, before = run("find", "tan trao"), run("find", "thừa thiên", "--on", "31/12/2024")

    assert "Đã nạp danh mục đơn vị: 14186 đơn vị" in first.output
    assert "đã có sẵn, không thay đổi: 14186 đơn vị" in again.output
    assert check.exit_code == 0
    assert "Danh mục đơn vị khớp." in check.output
    assert "02545     Xã Tân Trào  (Cả nước › Tỉnh Tuyên Quang)" in today.output
    assert "46        Tỉnh Thừa Thiên Huế  (Cả nước)" in before.output


def test_an_empty_database_does_not_check_out(run):
    result = run("check")

    assert result.exit_code == 1
    assert "sai lệch" in result.output
    assert "cchc units load" in result.output


def test_damage_is_reported_with_exit_code_one(run, database_url):
    run("load")
    engine = create_database_engine(database_url)
    with Session(engine) as session, session.begin():
        session.execute(delete(UnitSuccession).where(UnitSuccession.from_unit_id % 1000 == 0))
    engine.dispose()

    result = run("check")

    assert result.exit_code == 1
    assert "default successor" in result.output


def test_a_name_that_nothing_bears_ends_with_exit_code_one(run):
    run("load")

    result = run("find", "zzzz", "--on", "01/07/2025")

    assert result.exit_code == 1
    assert "01/07/2025" in result.output


@pytest.mark.parametrize("day", ["31/02/2025", "hôm qua"])
def test_a_day_that_does_not_exist_is_refused(run, day):
    result = run("find", "tan trao", "--on", day)

    assert result.exit_code == 2
    assert day in result.output
