"""`cchc intake …` and `cchc profile check`: sources, files and rejected statements from the command line."""

import json

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli.intake import intake
from lti_tool.cli.profile import profile
from lti_tool.settings import Settings, load_settings
from sync.errors import IntakeFileMalformed, IntakeSourceMalformed, SourceNameTaken, SourceUnknown
from tests.factories.other_lrs import stamped
from tests.factories.statements import make_properties
from xapi_bridge.translate.examples import example_statements


@pytest.fixture
def settings(database_url) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url})


@pytest.fixture
def command(settings):
    def run(*words: str, **options) -> Result:
        return CliRunner().invoke(intake, words, obj=settings, **options)

    return run


@pytest.fixture
def source(command):
    answer = command("add", "tep", "--title", "Tệp của bộ", "--kind", "moodle-logstore")
    assert answer.exit_code == 0, answer.output
    return "tep"


def write_lines(path, *statements: bytes):
    path.write_bytes(b"\n".join(statements) + b"\n")
    return str(path)


def test_a_file_is_taken_in_and_its_rejected_lines_are_written_with_reasons(command, source, tmp_path):
    file = write_lines(
        tmp_path / "a.ndjson", stamped(1), b"{not json", stamped(2, verb={"id": "x"}), stamped(3)
    )

    answer = command("file", file, "--source", source)

    assert answer.exit_code == 1
    assert "2 nhận mới, 0 đã có, 0 bản sao ẩn danh, 2 bị từ chối" in answer.output
    aside = [json.loads(line) for line in (tmp_path / "a.ndjson.rejected.ndjson").read_text().splitlines()]
    assert [one["code"] for one in aside] == ["json_malformed", "iri_malformed"]
    assert aside[0]["statement"] == "{not json"


def test_a_file_that_was_read_is_not_read_again(command, source, tmp_path):
    file = write_lines(tmp_path / "a.ndjson", *(stamped(second) for second in range(3)))
    command("file", file, "--source", source)

    answer = command("file", file, "--source", source)

    assert answer.exit_code == 0
    assert "3 bản ghi trong tệp; lần này: 0 nhận mới, 0 đã có" in answer.output


def test_statements_without_ids_are_stored_once_however_often_they_come(command, source, tmp_path):
    unnamed = [json.dumps(make_properties(timestamp=f"2026-11-0{day}T00:00:00Z")).encode() for day in (1, 2)]
    command("file", write_lines(tmp_path / "a.ndjson", *unnamed), "--source", source)

    answer = command("file", write_lines(tmp_path / "b.ndjson", *unnamed, stamped(5)), "--source", source)

    assert "1 nhận mới, 2 đã có" in answer.output


def test_a_json_array_is_read_too_and_a_byte_order_mark_is_passed_over(command, source, tmp_path):
    path = tmp_path / "a.json"
    path.write_bytes(b"\xef\xbb\xbf [" + stamped(1) + b", " + stamped(2) + b"]")

    assert "2 nhận mới" in command("file", str(path), "--source", source).output


@pytest.mark.parametrize("content", [b"id;actor;verb\n1;2;3\n", b"[{}, ", b"\xff\xfe{\x00"])
def test_a_file_of_another_kind_is_refused_with_its_reason(command, source, tmp_path, content):
    path = tmp_path / "a.csv"
    path.write_bytes(content)

    answer = command("file", str(path), "--source", source)

    assert isinstance(answer.exception, IntakeFileMalformed)


def test_a_rejected_statement_is_listed_tried_again_and_discarded(command, source, tmp_path):
    command("file", write_lines(tmp_path / "a.ndjson", b"{}"), "--source", source)
    number = command("rejected", source).output.split()[0]

    retried = command("retry", number)
    discarded = command("discard", number, "--note", "dữ liệu thử")

    assert (retried.exit_code, "1 vẫn bị từ chối" in retried.output) == (1, True)
    assert "Đã bỏ 1" in discarded.output
    assert "Không có bản ghi nào chờ" in command("rejected", source).output


def test_a_source_is_listed_paused_resumed_and_trusted(command):
    command(
        "add",
        "kho",
        "--title",
        "Kho",
        "--endpoint",
        "https://o.example/xapi",
        "--key",
        "k",
        input="mat-khau\n",
    )
    assert "chưa đọc xong lần nào  không tính" in command("list").output

    assert command("pause", "kho").exit_code == 0
    assert command("trust", "kho", "yes").exit_code == 0
    listed = command("list").output
    assert command("resume", "kho").exit_code == 0

    assert "ngừng từ" in listed
    assert "được tính" in listed
    assert "mat-khau" not in listed


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["add", "Tên Sai", "--title", "x"], IntakeSourceMalformed),
        (["add", "a" * 41, "--title", "x"], IntakeSourceMalformed),
        (["add", "moi", "--title", " "], IntakeSourceMalformed),
        (["add", "moi", "--title", "x", "--endpoint", "ftp://o.example"], IntakeSourceMalformed),
        (["add", "moi", "--title", "x", "--endpoint", "https://u:p@o.example/xapi"], IntakeSourceMalformed),
        (["add", "moi", "--title", "x", "--endpoint", "https://o.example:abc/"], IntakeSourceMalformed),
        (["add", "moi", "--title", "x", "--every", "1"], IntakeSourceMalformed),
        (["add", "moi", "--title", "x", "--verb", "not an iri"], IntakeSourceMalformed),
        (["add", "tep", "--title", "x"], SourceNameTaken),
        (["pause", "khong-co"], SourceUnknown),
    ],
)
def test_what_is_entered_wrongly_is_refused_with_its_rule(command, source, words, refusal):
    assert isinstance(command(*words).exception, refusal)


def test_statements_are_held_against_the_profile(settings, tmp_path):
    good = [one.raw for one in example_statements("https://cchc.example/").values()]
    spoilt = json.loads(good[0])
    del spoilt["context"]["registration"]
    file = write_lines(
        tmp_path / "a.ndjson",
        *good,
        stamped(1, verb={"id": "https://o.example/v"}),
        json.dumps(spoilt).encode(),
    )

    answer = CliRunner().invoke(profile, ["check", file], obj=settings)

    assert answer.exit_code == 1
    assert f"{len(good)} đúng hồ sơ, 1 không thuộc hồ sơ, 1 sai" in answer.output
    assert "content-launched: $.context.registration is missing" in answer.output
