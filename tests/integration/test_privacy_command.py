"""`cchc privacy …`: the same powers as the pages, and a database file without leftovers."""

import json
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy.engine import make_url

from lti_tool.cli.privacy import privacy
from lti_tool.settings import Settings, load_settings
from sync.organization.staff import register_person
from tests.factories.erasure import open_session
from tests.factories.learning import NOON, create_identity, make_completed, make_result, record
from tests.factories.statements import make_agent, make_statement

LEARNER = "hv-an-4f1c2d3e9a"


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_DATA_DIR": str(tmp_path)})


@pytest.fixture
def learned(engine) -> None:
    with open_session(engine) as session, session.begin():
        person = register_person(session, staff_code="CB-AN-0017", full_name="Nguyễn Thị An", now=NOON)
        create_identity(session, LEARNER, person_id=person.person_id)
        dangerous = make_statement(
            actor=make_agent(LEARNER), result={"response": "=1+1"}, timestamp="2026-11-10T05:00:00Z"
        )
        record(session, make_completed(LEARNER), make_result(0.7, LEARNER), dangerous)
        record(session, make_statement(actor=make_agent("gv"), context={"instructor": make_agent(LEARNER)}))
    engine.dispose()


def command(settings: Settings, *words: str, typed: str = "") -> Result:
    return CliRunner().invoke(privacy, words, obj=settings, input=typed)


def order(settings: Settings) -> Result:
    words = ("--person", "CB-AN-0017", "--reference", "CV-1", "--basis", "Đơn ngày 12/11/2026")
    return command(settings, "order", *words, "--kind", "erase", "--anonymise-person")


def test_an_erasure_from_order_to_record_leaves_no_bytes_in_the_file(settings, learned):
    ordered = order(settings)
    confirmed = command(settings, "confirm", "CV-1", typed="CV-1\n")
    scrubbed = command(settings, "scrub")

    assert "Bản ghi của người đó: 3" in ordered.output
    assert "Bản ghi của người khác có nhắc tới: 1" in ordered.output
    assert "đã xong" in confirmed.output
    assert scrubbed.exit_code == 0, scrubbed.output
    assert "Căn cứ: Đơn ngày 12/11/2026" in command(settings, "show", "CV-1").output
    assert "CV-1  erase  đã xong" in command(settings, "list").output
    url = make_url(settings.effective_database_url)
    if url.drivername == "sqlite":
        kept = Path(url.database).read_bytes()
        assert not [one for one in (LEARNER, "Nguyễn Thị An", "CB-AN-0017", "=1+1") if one.encode() in kept]


def test_a_wrong_reference_changes_nothing(settings, learned):
    order(settings)

    refused = command(settings, "confirm", "CV-1", typed="CV-2\n")

    assert refused.exception is not None
    assert "CV-1  erase  chờ xác nhận" in command(settings, "list").output


def test_an_export_holds_what_is_kept_and_is_harmless_in_a_spreadsheet(settings, learned, tmp_path):
    path = tmp_path / "an.zip"

    made = command(settings, "export", "--person", "CB-AN-0017", "--reference", "CV-2", "--to", str(path))

    assert made.exit_code == 0, made.output
    with ZipFile(BytesIO(path.read_bytes())) as zipped:
        files = {name: zipped.read(name) for name in zipped.namelist()}
    statements = [json.loads(line) for line in files["ban-ghi.ndjson"].splitlines()]
    assert [one["actor"]["account"]["name"] for one in statements] == [LEARNER] * 3
    assert json.loads(files["danh-ba.json"])["full_name"] == "Nguyễn Thị An"
    assert "'=1+1" in files["ban-ghi.csv"].decode()
    assert "Bạn đã hoàn thành “Chuyên đề m1”." in files["doc-truoc.html"].decode()
    assert "điểm 70,0 %, đạt" in files["doc-truoc.html"].decode()
    assert len(files["duoc-nhac-den.csv"].splitlines()) == 2
    assert json.loads(files["manifest.json"])["files"].keys() == files.keys() - {"manifest.json"}
    assert path.stat().st_mode & 0o077 == 0


def test_a_person_is_named_in_exactly_one_way(settings, learned):
    both = command(settings, "export", "--person", "CB-AN-0017", "--agent", "{}", "--reference", "CV-2")
    neither = command(settings, "export", "--reference", "CV-2")

    assert both.exit_code == neither.exit_code == 2


def test_retention_rules_from_the_proposals_to_the_log(settings, learned):
    made = command(settings, "retention", "defaults")
    previewed = command(settings, "retention", "preview", "1")
    run = command(settings, "retention", "run", "1", "--yes")

    assert "Đã nhập 5 quy tắc" in made.output
    assert "0 mục đủ tuổi" in previewed.output
    assert "Đã xử lý 0 mục" in run.output
    assert command(settings, "retention", "list").output.count("đang tắt") == 5
