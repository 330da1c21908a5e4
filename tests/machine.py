"""What this machine lacks: said aloud where a person runs the tests, a failure where CI does."""

import os
import shutil
from pathlib import Path
from typing import Any, Final, NoReturn

import pytest

#: Chromium gives a frame of another site a process of its own and moves it at every hop of a launch. In about
#: one launch of thirty Playwright 1.65 loses sight of the frame while it moves: the page stands there, and
#: every question about it waits for ever. Cookies stay apart by site (`test_third_party_cookies.py`).
_ARGUMENTS: Final = ("--no-sandbox", "--disable-site-isolation-trials")


def missing_tool(what: str) -> NoReturn:
    """Skips the test that needs it, or fails when CI=true: there a promise must not go unchecked."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} (must not be skipped in CI)")
    pytest.skip(what)


def find_chromium() -> str:
    """Its executable, from CHROMIUM or the usual place."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or "/usr/bin/chromium"
    if not Path(path).exists():
        missing_tool("Chromium is not installed (set CHROMIUM to its executable)")
    return path


def chromium_start() -> dict[str, Any]:
    """How Playwright starts Chromium: its executable and arguments."""
    return {"executable_path": find_chromium(), "args": list(_ARGUMENTS)}
