"""How long an author waits for lint, build and the search for like stems.

    python -m bench.authoring [--banks 100] [--questions 5] [--runs 5]

Times are of this process without starting Python; the best of the runs, because others use the machine too.
"""

import argparse
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import build
from content_packages.authoring.archive import write_archive
from content_packages.authoring.likeness import like_pairs
from tests.factories.content import write_large_package

DAY = date(2026, 11, 26)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--banks", type=int, default=100)
    parser.add_argument("--questions", type=int, default=5)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        large = write_large_package(Path(folder), banks=given.banks, questions=given.questions)
        count = given.banks * given.questions
        show(f"lint {count} questions in {given.banks} files", given.runs, lambda: build(large, today=DAY))
        compiled = build(large)
        show("write the file .cchc of them", given.runs, lambda: write_archive(compiled))
    shipped = build(SHIPPED_CURRICULUM)
    assert not shipped.errors, shipped.errors
    show("lint the shipped curriculum", given.runs, lambda: build(SHIPPED_CURRICULUM, today=DAY))
    stems = [f"Câu {number}: đơn vị {number * 7919 % 601} làm gì khi hồ sơ trễ hẹn?" for number in range(600)]
    show("compare 600 stems that are much alike", given.runs, lambda: list(like_pairs(stems)))


def show(what: str, runs: int, work: Callable[[], object]) -> None:
    best = min(_seconds(work) for _ in range(runs))
    print(f"{what:<45} {best:6.3f} s")


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
