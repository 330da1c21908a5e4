"""The browser's queue of answers: whatever happens in whatever order, nothing kept is lost."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.assessment.own_saves import replaces
from tests.machine import missing_tool

RUNS = int(os.environ.get("QUEUE_RUNS", "800"))
QUEUE = Path("content_packages/player/static/queue.js").resolve()
DRIVER = Path(__file__).parent / "answer_queue" / "any_order.mjs"

names = st.text("abcdef0123456789", min_size=8, max_size=24)
numbers = st.integers(1, 10**9)


def test_no_order_of_events_loses_an_answer_or_says_saved_too_early():
    node = shutil.which("node")
    if node is None:
        missing_tool("Node.js is not installed: the browser's queue of answers is not driven")

    done = subprocess.run([node, DRIVER, QUEUE, "1", str(RUNS)], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr


@given(names, numbers, numbers)
def test_of_one_page_the_later_save_replaces_the_earlier(name, one, other):
    assert replaces(f"{name}-{one}", (), kept=f"{name}-{other}") == (one > other)


@given(names, names, numbers, numbers)
def test_a_save_replaces_what_its_page_says_it_replaces_and_nothing_newer(mine, older, last, kept):
    new = replaces(f"{mine}x-1", (f"{older}-{last}",), kept=f"{older}-{kept}")

    assert new == (kept <= last)


@pytest.mark.parametrize("kept", [None, "0123456789abcdef", "0123456789abcdef-", "-1"])
def test_what_a_form_without_scripts_saved_is_replaced_by_number_only(kept):
    assert not replaces("fedcba9876543210-2", (), kept=kept)
