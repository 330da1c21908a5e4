"""A course as a list of lines with what the learner reached in each. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from content_packages.active.moving_on import NOTHING_YET, Satisfied, UnitProgress, satisfied_parts
from content_packages.formats.course_structure import IN_COURSE, Block, CourseStructure, Unit, words

State = Literal["waived", "passed", "completed", "failed", "open"]


@dataclass(frozen=True)
class Line:
    """One block or unit.

    Attributes:
        level: 0 for what stands directly in the course.
        unit: None for a block.
        state: of a unit; of a block `completed` when it is satisfied, else `open`.
        score: best, 0.0 to 1.0; None without one.
    """

    title: str
    level: int
    unit: Unit | None
    state: State
    score: float | None = None


def lines_of(course: CourseStructure, progress: Mapping[int, UnitProgress]) -> list[Line]:
    """Blocks and units in the order of the course."""
    satisfied = satisfied_parts(course, progress)
    lines: list[Line] = []
    waiting = list(course.blocks)
    for unit in course.units:
        while waiting and waiting[0].first_unit <= unit.place:
            lines.append(_block_line(course, waiting.pop(0), satisfied))
        lines.append(_unit_line(course, unit, progress.get(unit.place, NOTHING_YET)))
    return lines


def count_done(course: CourseStructure, progress: Mapping[int, UnitProgress]) -> int:
    """How many units the learner is done with."""
    states = [_state_of(progress.get(unit.place, NOTHING_YET)) for unit in course.units]
    return sum(state in {"waived", "passed", "completed"} for state in states)


def _block_line(course: CourseStructure, block: Block, satisfied: Satisfied) -> Line:
    state: State = "completed" if block.place in satisfied.blocks else "open"
    return Line(words(block.title), _level(course, block.above), None, state)


def _unit_line(course: CourseStructure, unit: Unit, progress: UnitProgress) -> Line:
    title = words(unit.title) or words(course.title)
    return Line(title, _level(course, unit.above), unit, _state_of(progress), progress.score)


def _level(course: CourseStructure, above: int) -> int:
    level = 0
    while above != IN_COURSE:
        level, above = level + 1, course.blocks[above].above
    return level


def _state_of(progress: UnitProgress) -> State:
    if progress.waived:
        return "waived"
    if progress.passed:
        return "passed"
    if progress.completed:
        return "completed"
    return "failed" if progress.failed else "open"
