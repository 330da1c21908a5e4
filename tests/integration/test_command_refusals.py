"""A command that cannot run says what happened and what to do, in Vietnamese, and exits with 2."""

import os
import subprocess
import sys

import pytest

CASES = {
    "a misspelt setting": ({"CCHC_DATABSE_URL": "x"}, ["database", "check"], "settings_refused", "Cấu hình"),
    "no database server": (
        {"CCHC_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"},
        ["database", "upgrade"],
        "database_unavailable",
        "CCHC_DATABASE_URL",
    ),
    "an empty database": ({}, ["serve"], "schema_out_of_date", "cchc database upgrade"),
    "the development key beyond this machine": (
        {},
        ["serve", "--host", "203.0.113.7"],
        "settings_refused",
        "CCHC_SECRET_KEY",
    ),
}


@pytest.mark.parametrize(("variables", "words", "code", "told"), CASES.values(), ids=CASES)
def test_a_command_that_cannot_run_says_why(tmp_path, variables, words, code, told):
    environment = os.environ | {"CCHC_DATA_DIR": str(tmp_path), "PYTHONIOENCODING": "utf-8"} | variables

    ended = subprocess.run(
        [sys.executable, "-c", "from lti_tool.cli import main; main()", *words],
        env=environment,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (ended.returncode, ended.stdout) == (2, "")
    assert f"[{code}]" in ended.stderr
    assert told in ended.stderr
    assert "Traceback" not in ended.stderr
