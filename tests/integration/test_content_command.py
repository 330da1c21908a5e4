"""`cchc content`: what an author sees, and what an operator publishes."""

import json

import pytest
from click.testing import CliRunner

from content_packages.library import find_current_version
from lti_tool.cli import content
from lti_tool.settings import load_settings
from tests.factories.content import compile_package, write_package


@pytest.fixture
def run(database_url):
    settings = load_settings({"CCHC_DATABASE_URL": database_url})
    return lambda *arguments: CliRunner().invoke(content, [str(one) for one in arguments], obj=settings)


def test_lint_of_a_sound_package_ends_well(run, tmp_path):
    result = run("lint", write_package(tmp_path))

    assert result.exit_code == 0
    assert result.stdout.startswith("0 lỗi, ")


def test_lint_prints_file_line_and_reason_and_fails(run, tmp_path):
    folder = write_package(tmp_path, {"quizzes/cuoi-bai.yaml": ("count: 4", "count: 9")})

    result = run("lint", folder)

    assert result.exit_code == 1
    assert "quizzes/cuoi-bai.yaml:11: Z005 lỗi:" in result.output


def test_build_prints_the_digest_and_writes_those_bytes(run, tmp_path):
    folder = write_package(tmp_path)
    compiled = compile_package(tmp_path / "again")

    result = run("build", folder, "--output", tmp_path / "out.json")

    assert result.stdout == f"nhap-mon 1.0.0 sha256:{compiled.digest}\n"
    assert (tmp_path / "out.json").read_text("utf-8") == compiled.canonical


def test_publish_makes_the_package_current_however_often(run, session, tmp_path):
    folder = write_package(tmp_path)

    results = [run("publish", folder), run("publish", folder)]

    assert [result.exit_code for result in results] == [0, 0]
    current = find_current_version(session, "nhap-mon")
    assert current is not None
    assert f"nhap-mon 1.0.0 sha256:{current.digest}" in results[1].output


def test_publish_without_a_folder_takes_the_curriculum_that_comes_along(run, session, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    result = run("publish")

    assert result.exit_code == 0, result.output
    assert find_current_version(session, "cchc") is not None


def test_lint_speaks_json_and_sarif(run, tmp_path):
    folder = write_package(tmp_path, {"quizzes/cuoi-bai.yaml": ("count: 4", "count: 9")})

    as_json = json.loads(run("lint", folder, "--format", "json").stdout)
    as_sarif = json.loads(run("lint", folder, "--format", "sarif").stdout)

    (error,) = [one for one in as_json if one["severity"] == "error"]
    assert (error["path"], error["line"], error["code"]) == ("quizzes/cuoi-bai.yaml", 11, "Z005")
    (run_of_lint,) = as_sarif["runs"]
    results = {one["ruleId"]: one for one in run_of_lint["results"]}
    place = results["Z005"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "quizzes/cuoi-bai.yaml"
    assert place["region"] == {"startLine": 11}
    rules = [rule["id"] for rule in run_of_lint["tool"]["driver"]["rules"]]
    assert rules[results["Z005"]["ruleIndex"]] == "Z005"


def test_lint_mends_the_format_when_asked(run, tmp_path):
    folder = write_package(tmp_path)
    bank = folder / "banks/tong-quan.md"
    tidy = bank.read_text("utf-8")
    bank.write_text(tidy.replace("## tq-2", "##   tq-2 "), "utf-8")

    told = run("lint", folder)
    mended = run("lint", folder, "--fix")

    assert "banks/tong-quan.md:1: F001 cảnh báo" in told.output
    assert (mended.exit_code, "F001" in mended.output) == (0, False)
    assert bank.read_text("utf-8") == tidy


def test_diff_says_what_changed_and_which_number_must_rise(run, tmp_path):
    old = write_package(tmp_path / "a")
    new = write_package(tmp_path / "b", {"banks/tong-quan.md": ("- [ ] Quốc hội", "- [ ] Thanh tra")})
    scored = write_package(tmp_path / "c", {"quizzes/cuoi-bai.yaml": ("mastery: 0.75", "mastery: 0.8")})

    wording, scoring = run("diff", old, new).stdout, run("diff", old, scored).stdout

    assert "câu hỏi tq-2: options\n    - [ ] Quốc hội\n    + [ ] Thanh tra" in wording
    assert "phải tăng ít nhất: PATCH" in wording
    assert "bài kiểm tra cuoi-bai: mastery\n    - 0.75\n    + 0.8" in scoring
    assert "phải tăng ít nhất: MAJOR" in scoring
    assert run("diff", old, old).stdout == "Không có thay đổi.\n"


def test_a_built_file_is_published_and_compared_with_what_is_published(run, session, tmp_path):
    folder = write_package(tmp_path, {"package.yaml": ("version: 1.0.0", "version: 1.0.1")})
    run("publish", write_package(tmp_path / "old"))
    run("build", folder, "-o", tmp_path / "a.cchc")

    published = run("publish", tmp_path / "a.cchc")
    compared = run("diff", "nhap-mon@1.0.0", tmp_path / "a.cchc")

    assert published.exit_code == 0, published.output
    current = find_current_version(session, "nhap-mon")
    assert current is not None
    assert (current.version, current.published_by) == ("1.0.1", "command")
    assert compared.stdout == "Không có thay đổi.\n"


def test_rollback_makes_the_earlier_version_current_and_shows_in_the_history(run, session, tmp_path):
    newer = {"package.yaml": ("version: 1.0.0", "version: 1.0.1")}
    run("publish", write_package(tmp_path / "a"))
    run("publish", write_package(tmp_path / "b", newer))

    result = run("rollback", "nhap-mon", "1.0.0", "--reason", "Bài có lỗi")

    assert result.exit_code == 0, result.output
    current = find_current_version(session, "nhap-mon")
    assert current is not None
    assert current.version == "1.0.0"
    assert "quay lại 1.0.0  command  Bài có lỗi" in run("versions", "nhap-mon").stdout


def test_expiring_names_the_law_and_what_rests_on_it(run, tmp_path):
    law = "  - {ref: 905/QĐ-BNV, date: 2022-11-17"
    dated = f"{law}, expires: 2024-06-30, replaced_by: 1/QĐ-BNV"
    run("publish", write_package(tmp_path, {"package.yaml": (law, dated)}))

    told = run("expiring").stdout

    assert told == (
        "nhap-mon 1.0.0: 1 văn bản, 0 phần đến hạn rà soát\n"
        "  905/QĐ-BNV đã hết hiệu lực (30/06/2024, thay bằng 1/QĐ-BNV): tq-4, tq-5\n"
    )
