"""`cchc content`: what an author sees, and what an operator publishes."""

import pytest
from click.testing import CliRunner

from content_packages.library import find_current_version
from lti_tool.cli.content import content
from lti_tool.settings import load_settings
from tests.factories.content import compile_package, write_package


@pytest.fixture
def run(database_url):
    settings = load_settings({"CCHC_DATABASE_URL": database_url})
    return lambda *arguments: CliRunner().invoke(content, [str(one) for one in arguments], obj=settings)


def test_lint_of_a_sound_package_ends_well(run, tmp_path):
    result = run("lint", write_package(tmp_path))

    assert (result.exit_code, result.output) == (0, "0 lỗi, 0 cảnh báo.\n")


def test_lint_prints_file_line_and_reason_and_fails(run, tmp_path):
    folder = write_package(tmp_path, {"quizzes/cuoi-bai.yaml": ("count: 4", "count: 9")})

    result = run("lint", folder)

    assert result.exit_code == 1
    assert "quizzes/cuoi-bai.yaml:11: Z005 lỗi:" in result.output


def test_build_prints_the_digest_and_writes_those_bytes(run, tmp_path):
    folder = write_package(tmp_path)
    compiled = compile_package(tmp_path / "again")

    result = run("build", folder, "--output", tmp_path / "out.json")

    assert result.output == f"nhap-mon 1.0.0 sha256:{compiled.digest}\n"
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
