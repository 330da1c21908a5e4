"""Official lists of units in the console and on the command line."""

import io

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli.units import units
from lti_tool.settings import Settings
from lti_tool.staff.unit_words import CHANGE_WORDS
from sync.organization.models import UnitLabel
from sync.organization.unit_import.difference import ChangeKind
from tests.factories.lti import open_tool
from tests.factories.reports import come_in, create_country, create_named_operator, csrf_token

LIST = (
    "Mã;Tên;Loại;Mã cấp trên\n08;Tuyên Quang;Tỉnh;\n02500;Dân Chủ;Phường;08\n02524;Đồng Văn;Xã;08\n"
).encode()


@pytest.fixture
def database_url(tmp_path, prepared_sqlite_file) -> str:
    """SQLite only: what happens is tested on both databases, here only what is shown."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    return f"sqlite:///{copy}"


@pytest.fixture
def country(engine):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_named_operator(session, "quan-tri")
    return made


def names_of(engine, unit_id: int) -> list[str]:
    with Session(engine) as session:
        asked = select(UnitLabel.name).where(UnitLabel.unit_id == unit_id).order_by(UnitLabel.valid_from)
        return list(session.scalars(asked))


def test_an_administrator_compares_approves_and_takes_back(country, database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        come_in(client, "quan-tri")
        token = csrf_token(client.get("/quan-tri/danh-muc-don-vi/"))
        sent = {
            "csrf_token": token,
            "list": (io.BytesIO(LIST), "danh-muc.csv"),
            "on": "2026-12-01",
            "legal_basis": "NQ 1/2026",
        }
        address = client.post("/quan-tri/danh-muc-don-vi/", data=sent).headers["Location"]
        shown = client.get(address)
        client.post(f"{address}/duyet", data={"csrf_token": token})
        after = names_of(engine, country.commune_dan_chu)
        client.post(f"{address}/hoan-tac", data={"csrf_token": token})

    assert "Đổi loại" in shown.text
    assert "phuong Dân Chủ" in shown.text
    assert after == ["Xã Dân Chủ", "Phường Dân Chủ"]
    assert names_of(engine, country.commune_dan_chu) == ["Xã Dân Chủ"]


def test_the_command_prints_the_difference_and_a_dry_run_changes_nothing(
    country, database_url, engine, tmp_path
):
    file = tmp_path / "danh-muc.csv"
    file.write_bytes(LIST)
    settings = Settings(database_url=database_url, data_dir=tmp_path)
    words = ["import", str(file), "--on", "01/12/2026", "--legal-basis", "NQ 1/2026"]

    looked = CliRunner().invoke(units, [*words, "--dry-run"], obj=settings)
    none_yet = names_of(engine, country.commune_dan_chu)
    applied = CliRunner().invoke(units, words, obj=settings)
    undone = CliRunner().invoke(units, ["undo", "2"], obj=settings)

    assert "Đổi loại: 1" in looked.output
    assert none_yet == ["Xã Dân Chủ"]
    assert "Đã áp dụng danh mục số 2: 0 đơn vị mới, 0 kết thúc, 1 đổi tên hoặc loại" in applied.output
    assert "Đã hoàn tác" in undone.output
    assert names_of(engine, country.commune_dan_chu) == ["Xã Dân Chủ"]


def test_every_kind_of_change_has_its_words():
    assert set(CHANGE_WORDS) == set(ChangeKind)
