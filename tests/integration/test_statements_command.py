"""`cchc statements …`: found, shown, taken home in pieces, taken in twice, voided once."""

import json
from pathlib import Path
from uuid import uuid4

import pytest
import structlog
from click.testing import CliRunner, Result
from sqlalchemy.orm import Session

from lti_tool.cli.statements import statements
from lti_tool.logs import configure_logs
from lti_tool.settings import Settings, load_settings
from sync.errors import EvidenceUnknown, FilterRefused
from sync.statement_download import download_statements
from sync.statement_filters import StatementFilters
from tests.factories.exports import EVERYBODY, ids_in, make_desk, make_settings
from tests.factories.learning import IRI_BASE, make_completed, make_opened, record
from tests.factories.statements import make_properties


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_DATA_DIR": str(tmp_path)})


@pytest.fixture
def ids(engine):
    with Session(engine) as session, session.begin():
        return [
            str(one)
            for one in record(session, make_opened("an"), make_completed("an"), make_completed("binh"))
        ]


@pytest.fixture(autouse=True)
def _logs_beside_the_output():
    """As `cchc` itself has them: on the error stream, so that the output can be piped."""
    configure_logs(level="error", log_format="json")
    yield
    structlog.reset_defaults()


def command(settings: Settings, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(statements, words, obj=settings, input=given)


def test_counting_and_finding_answer_the_same_question(settings, ids):
    counted = command(settings, "count", "--verb", "http://adlnet.gov/expapi/verbs/completed")
    found = command(settings, "find", "--verb", "http://adlnet.gov/expapi/verbs/completed", "--format", "ids")

    assert counted.output == "2 bản ghi.\n"
    assert found.output.split() == [ids[2], ids[1]]


def test_finding_nothing_ends_with_code_1(settings, ids):
    assert command(settings, "find", "--person", "khong-co").exit_code == 1


def test_a_statement_is_shown_as_sentence_and_json(settings, ids):
    both = command(settings, "show", ids[1]).output
    only_json = command(settings, "show", ids[1], "--format", "json").output

    assert both.startswith(
        "an đã hoàn thành chuyên đề “Chuyên đề m1”, thuộc “Cải cách hành chính”, lúc 12:00"
    )
    assert json.loads(only_json)["id"] == ids[1]


def test_an_unknown_statement_is_refused(settings):
    assert isinstance(command(settings, "show", str(uuid4())).exception, EvidenceUnknown)


@pytest.mark.parametrize("form", ["ndjson", "csv", "parquet"])
def test_an_export_that_was_interrupted_goes_on(engine, tmp_path, form):
    with Session(engine) as session, session.begin():
        ids = [str(one) for one in record(session, *(make_completed("an") for _ in range(25)))]
    desk = make_desk(engine, make_settings(tmp_path))
    asked = {"folder": tmp_path / "out", "form": form, "with_names": True, "iri_base": IRI_BASE,
             "posts_on": EVERYBODY.on, "part_rows": 10}  # fmt: skip

    interrupted = download_statements(desk.reading, StatementFilters(), **asked)
    first = next(interrupted)
    interrupted.close()
    with Session(engine) as session, session.begin():
        record(session, make_completed("an"))
    rows = list(download_statements(desk.reading, StatementFilters(), **asked))
    again = list(download_statements(desk.reading, StatementFilters(), **asked))

    assert (first, rows[-1], again) == (10, 25, [25])
    assert ids_of_folder(tmp_path / "out", form) == ids


def ids_of_folder(folder: Path, form: str) -> list[str]:
    parts = sorted(folder.glob(f"statements-*.{form}"))
    if form != "csv":
        return [one for part in parts for one in ids_in(part)]
    joined = folder / "joined.csv"
    joined.write_bytes(b"".join(part.read_bytes() for part in parts))
    return ids_in(joined)


def test_a_folder_keeps_one_question(settings, ids, tmp_path):
    first = command(settings, "export", "--output", str(tmp_path / "out"))
    other = command(settings, "export", "--output", str(tmp_path / "out"), "--person", "an")

    assert f"Đã xuất 3 bản ghi vào {tmp_path / 'out'}." in first.output
    assert isinstance(other.exception, FilterRefused)


def test_a_file_taken_in_twice_is_stored_once(settings, engine):
    lines = [json.dumps({**make_properties(), "id": str(uuid4())}) for _ in range(7)]

    first = command(settings, "import", "-", "--batch", "3", given="\n".join(lines))
    second = command(settings, "import", "-", given="\n".join(lines))

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert command(settings, "count").output == "7 bản ghi.\n"


def test_faulty_lines_are_told_and_the_others_are_taken(settings):
    good = [{**make_properties(), "id": str(uuid4())} for _ in range(4)]
    clash = {**good[0], "verb": {"id": "http://example.org/other"}}
    lines = [json.dumps(one) for one in good] + [
        "{not json",
        json.dumps(make_properties()),
        json.dumps(clash),
    ]

    answer = command(settings, "import", "-", given="\n".join(lines))

    assert answer.exit_code == 1
    told = [line.partition("]")[0] for line in answer.output.splitlines() if line.startswith("Dòng")]
    assert told == [
        "Dòng 5: [json_malformed",
        "Dòng 6: [property_missing",
        "Dòng 7: [statement_conflict",
    ]
    assert command(settings, "count").output == "4 bản ghi.\n"


def test_voiding_twice_is_voiding_once(settings, ids):
    first = command(settings, "void", ids[0], "--yes")
    second = command(settings, "void", ids[0], "--yes")
    voided = command(settings, "find", "--validity", "voided", "--format", "ids")

    assert (first.exit_code, second.exit_code) == (0, 0)
    assert voided.output.split() == [ids[0]]
    assert command(settings, "count", "--validity", "any").output == "4 bản ghi.\n"


def test_voiding_asks_first(settings, ids):
    refused = command(settings, "void", ids[0], given="n\n")

    assert refused.exit_code == 1
    assert command(settings, "find", "--validity", "voided").exit_code == 1
