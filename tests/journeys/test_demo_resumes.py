"""The demo may be started again, and killed anywhere: nothing is lost and nothing counted twice."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.factories.ports import find_free_port

CCHC = (sys.executable, "-c", "from lti_tool.cli import main; main()")
LONGEST_DAY_SECONDS = 240

# Opening a link once more is a launch of its own and is told as one: launches are left out.
STATEMENTS_BY_VERB = """
    SELECT json_extract(CAST(payload AS TEXT), '$.verb.id') AS verb, count(*)
    FROM xapi_statement WHERE verb NOT LIKE '%/launched' GROUP BY 1 ORDER BY 1
"""
FIGURES_BY_UNIT = """
    SELECT unit.scheme, unit.code, figure.module_iri, figure.calendar,
           sum(figure.people_accessed), sum(figure.people_completed)
    FROM sync_unit_count AS figure JOIN sync_unit AS unit USING (unit_id)
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
"""
GRADES = """
    SELECT person.username, line_item_id, points FROM grade JOIN person USING (person_id) ORDER BY 1, 2
"""


@dataclass(frozen=True)
class Outcome:
    """What a day leaves behind, without what chance decides (ids, instants, which questions were drawn)."""

    statements: list[tuple]
    figures: list[tuple]
    grades: list[tuple]


@dataclass(frozen=True)
class Demo:
    """A demo in a folder of its own, on ports of its own, run as a program."""

    folder: Path
    tool_port: int
    lms_port: int

    @property
    def command(self) -> tuple[str, ...]:
        ports = ("--tool-port", str(self.tool_port), "--lms-port", str(self.lms_port))
        return (*CCHC, "demo", "--data-dir", str(self.folder), *ports, "--no-wait")

    def run(self) -> str:
        done = subprocess.run(
            self.command, capture_output=True, text=True, timeout=LONGEST_DAY_SECONDS, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def run_and_kill(self, *, after_step: int, seconds_later: float) -> None:
        """Kills the program, servers and all, some time after a step was reported."""
        with subprocess.Popen(self.command, stdout=subprocess.PIPE, text=True) as running:
            for line in running.stdout:
                if line.startswith(f"[{after_step:>2}/"):
                    break
            time.sleep(seconds_later)
            running.send_signal(signal.SIGKILL)
        assert running.returncode == -signal.SIGKILL

    def outcome(self) -> Outcome:
        tool, lms = self.folder / "cchc.sqlite", self.folder / "practice-lms.sqlite"
        return Outcome(read(tool, STATEMENTS_BY_VERB), read(tool, FIGURES_BY_UNIT), read(lms, GRADES))

    def verify(self) -> subprocess.CompletedProcess[str]:
        """`cchc rollups verify`: recounts from the raw statements."""
        environment = {**os.environ, "CCHC_DATA_DIR": str(self.folder)}
        command = (*CCHC, "rollups", "verify")
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def read(path: Path, query: str) -> list[tuple]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def make_demo(folder: Path) -> Demo:
    return Demo(folder, find_free_port(), find_free_port())


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo that was told once from beginning to end."""
    demo = make_demo(tmp_path_factory.mktemp("uninterrupted"))
    demo.run()
    return demo


def test_the_day_leaves_statements_figures_and_grades_of_every_level(uninterrupted):
    outcome = uninterrupted.outcome()

    completed = {(scheme, code): 0 for scheme, code, *_ in outcome.figures}
    for scheme, code, _module, calendar, _accessed, people in outcome.figures:
        completed[scheme, code] += people if calendar == "calendar" else 0
    assert completed["TW", "bo-noi-vu"] == 6
    assert completed["QD19/2025", "08"] == 9
    # The district that ended on 30 June 2025 keeps what its staff completed in 2024.
    assert completed["QD124/2004", "026"] == 4
    assert len(outcome.grades) == 18
    assert uninterrupted.verify().returncode == 0


def test_a_second_start_changes_nothing(uninterrupted):
    before = uninterrupted.outcome()

    uninterrupted.run()

    assert uninterrupted.outcome() == before


@pytest.mark.parametrize(
    ("after_step", "seconds_later"),
    [
        pytest.param(2, 0.0, id="while preparing"),
        pytest.param(7, 0.6, id="in the middle of a lesson or quiz"),
        pytest.param(21, 0.2, id="while grades are on their way"),
    ],
)
def test_a_killed_demo_goes_on_and_ends_like_one_that_was_not_killed(
    tmp_path, uninterrupted, after_step, seconds_later
):
    demo = make_demo(tmp_path / "killed")
    demo.run_and_kill(after_step=after_step, seconds_later=seconds_later)

    demo.run()

    assert demo.outcome() == uninterrupted.outcome()
    verified = demo.verify()
    assert verified.returncode == 0, verified.stdout
