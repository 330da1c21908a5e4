"""When a unit, a block, a course is satisfied (cmi5 10.2.5, 9.3.9). Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from content_packages.formats.course_structure import IN_COURSE, CourseStructure, MoveOn


@dataclass(frozen=True)
class UnitProgress:
    """How far a learner is with one unit.

    Attributes:
        score: best reported, 0.0 to 1.0; None when none was reported.
    """

    completed: bool = False
    passed: bool = False
    failed: bool = False
    waived: bool = False
    score: float | None = None

    def with_score(self, scaled: float | None) -> "UnitProgress":
        """The same with that score, if it is the better one."""
        if scaled is None:
            return self
        bounded = min(max(scaled, 0.0), 1.0)
        return replace(self, score=bounded if self.score is None else max(self.score, bounded))


NOTHING_YET = UnitProgress()


@dataclass(frozen=True)
class Satisfied:
    """What is satisfied: numbers of units and blocks, and whether the whole course is."""

    units: frozenset[int]
    blocks: frozenset[int]
    course: bool


def is_satisfied(move_on: MoveOn, progress: UnitProgress) -> bool:
    """Whether a unit with this rule lets the learner move on."""
    return (
        progress.waived
        or {
            "NotApplicable": True,
            "Completed": progress.completed,
            "Passed": progress.passed,
            "CompletedAndPassed": progress.completed and progress.passed,
            "CompletedOrPassed": progress.completed or progress.passed,
        }[move_on]
    )


def satisfied_parts(course: CourseStructure, progress: Mapping[int, UnitProgress]) -> Satisfied:
    """Everything that is satisfied now."""
    units = frozenset(
        unit.place
        for unit in course.units
        if is_satisfied(unit.move_on, progress.get(unit.place, NOTHING_YET))
    )
    open_blocks = {unit.above for unit in course.units if unit.place not in units}
    # A block has a higher number than the block above it, so one walk from the last suffices.
    for block in reversed(course.blocks):
        if block.place in open_blocks:
            open_blocks.add(block.above)
    blocks = frozenset(block.place for block in course.blocks if block.place not in open_blocks)
    return Satisfied(units, blocks, course=IN_COURSE not in open_blocks)


def newly_satisfied(before: Satisfied, now: Satisfied) -> tuple[list[int], bool]:
    """Blocks to be told, the innermost first, and whether the course is to be told."""
    blocks = sorted(now.blocks - before.blocks, reverse=True)
    return blocks, now.course and not before.course


def course_score(course: CourseStructure, progress: Mapping[int, UnitProgress]) -> float | None:
    """What a gradebook gets: the mean of the units that are scored, 0.0 to 1.0; None while there is none.

    A unit counts when it has reported a score, or must be passed: one that was not begun counts nothing then.
    """
    graded = [
        unit.place
        for unit in course.units
        if unit.move_on in {"Passed", "CompletedAndPassed"}
        or progress.get(unit.place, NOTHING_YET).score is not None
    ]
    scores = [_score_of(progress.get(place, NOTHING_YET)) for place in graded]
    if not any(_is_judged(progress.get(place, NOTHING_YET)) for place in graded):
        return None
    return sum(scores) / len(scores)


def units_in(course: CourseStructure, block: int) -> Iterable[int]:
    """Numbers of the units that stand directly in a block, or in the course (IN_COURSE)."""
    return (unit.place for unit in course.units if unit.above == block)


def _is_judged(progress: UnitProgress) -> bool:
    """Whether there is a result; who has only read is not yet to see a zero in the gradebook."""
    return progress.score is not None or progress.passed or progress.failed or progress.waived


def _score_of(progress: UnitProgress) -> float:
    if progress.score is not None:
        return progress.score
    return 1.0 if progress.passed or progress.waived else 0.0
