"""Runs the whole suite in parts, each with its time; all run, even when one fails.

    python -m tools.run_tests                      every part
    python -m tools.run_tests tests/unit           only these paths, in one part

Ends with 1 when any part failed. The parts are cut so that each takes about ten minutes on two quiet cores.
"""

import subprocess
import sys
import time
from pathlib import Path

#: What is run together: the quick ones first, so that a plain mistake is told soon.
PARTS = (
    ("tests/unit", "tests/architecture"),
    ("tests/integration/test_[a-l]*.py", "-m", "not postgresql"),
    ("tests/integration/test_[m-z]*.py", "-m", "not postgresql"),
    ("tests/integration/test_[a-l]*.py", "-m", "postgresql"),
    ("tests/integration/test_[m-z]*.py", "-m", "postgresql"),
    ("tests/conformance", "tests/fuzz", "tests/faults"),
    ("tests/journeys",),
)


def main() -> None:
    """Runs the parts and prints how long each took."""
    parts = (tuple(sys.argv[1:]),) if sys.argv[1:] else PARTS
    results = [_run(part) for part in parts]
    print("\n" + "\n".join(f"{outcome:8} {seconds:5.0f} s  {name}" for name, outcome, seconds in results))
    if any(outcome == "FAILED" for _, outcome, _ in results):
        sys.exit(1)


def _run(part: tuple[str, ...]) -> tuple[str, str, float]:
    """The name of the part, its outcome, and the seconds it took."""
    name, began = " ".join(part), time.monotonic()
    print(f"\n== {name}", flush=True)
    command = [sys.executable, "-m", "pytest", "--quiet", "--numprocesses", "auto", "--dist", "loadfile"]
    code = subprocess.run([*command, *_paths(part)], check=False).returncode
    outcome = "passed" if code == 0 else "FAILED"
    return name, outcome, time.monotonic() - began


def _paths(part: tuple[str, ...]) -> list[str]:
    """The part with its patterns of file names filled in."""
    return [
        path for word in part for path in (sorted(map(str, Path().glob(word))) if "*" in word else [word])
    ]


if __name__ == "__main__":
    main()
