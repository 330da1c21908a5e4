"""What a SCO told by its data model: completed, passed, score, time; and what it finds again. Pure.

SCORM 1.2 RTE 3.4, SCORM 2004 4th edition RTE 4. The elements come flat: name -> value, as text.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from content_packages.active.cmi5_rules import LaunchMode
from content_packages.active.errors import TrackingUnreadable
from content_packages.active.moving_on import UnitProgress
from content_packages.formats.course_structure import Kind, Unit

#: Most bytes of a data model; content of today keeps far more than the 4,096 characters of 2001.
MOST_BYTES: Final = 2 * 1024 * 1024
_MOST_ELEMENTS: Final = 20_000
_NAME: Final = re.compile(r"(cmi|adl|h5p)(\.[A-Za-z0-9_]{1,60}){0,8}")
_TIME_12: Final = re.compile(r"(\d{2,4}):(\d{2}):(\d{2}(?:\.\d{1,2})?)", re.ASCII)
_DURATION: Final = re.compile(
    r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?", re.ASCII
)
_UNIT_SECONDS: Final = (31_536_000, 2_592_000, 86_400, 3_600, 60, 1)
#: What belongs to one session, or is written by the LMS; it does not come back with the rest.
_OF_ONE_SESSION: Final = frozenset(
    {
        "cmi.core.session_time", "cmi.core.exit", "cmi.core.entry", "cmi.core.total_time",
        "cmi.core.student_id", "cmi.core.student_name", "cmi.core.credit", "cmi.core.lesson_mode",
        "cmi.launch_data", "cmi.student_data.mastery_score", "cmi.session_time", "cmi.exit", "cmi.entry",
        "cmi.total_time", "cmi.learner_id", "cmi.learner_name", "cmi.credit", "cmi.mode",
        "cmi.scaled_passing_score",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Commit:
    """What an adapter sends.

    Attributes:
        number: counts up within a session.
        is_last: the SCO ended.
    """

    number: int
    is_last: bool
    elements: Mapping[str, str]


@dataclass(frozen=True)
class Tracked:
    """What the elements say; `seconds` of this session so far, `scaled` 0.0 to 1.0."""

    completed: bool
    passed: bool
    failed: bool
    scaled: float | None
    seconds: float

    def applied_to(self, progress: UnitProgress) -> UnitProgress:
        """The progress with it; nothing that was reached is taken back."""
        return (
            UnitProgress(
                completed=progress.completed or self.completed,
                passed=progress.passed or self.passed,
                failed=progress.failed or self.failed,
                waived=progress.waived,
            )
            .with_score(progress.score)
            .with_score(self.scaled)
        )


def read_commit(body: bytes) -> Commit:
    """The commit in a request.

    Raises:
        TrackingUnreadable: not of this form.
    """
    try:
        sent = msgspec.json.decode(body, type=dict[str, Any])
        elements = {str(name): _as_text(value) for name, value in dict(sent["elements"]).items()}
        number = int(sent["number"])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, KeyError, TypeError, ValueError) as bad:
        raise TrackingUnreadable("A commit is a JSON object with number, last and elements.") from bad
    if len(elements) > _MOST_ELEMENTS or not all(map(_NAME.fullmatch, elements)) or number < 1:
        raise TrackingUnreadable("The commit names elements that the data model does not have.")
    return Commit(number, bool(sent.get("last")), elements)


def tracked(kind: Kind, elements: Mapping[str, str], *, mastery: float | None) -> Tracked:
    """What the elements say under a kind of package.

    Args:
        mastery: score from which the unit is passed, 0.0 to 1.0; None: the SCO decides.
    """
    if kind == "scorm12":
        return _tracked_12(elements, mastery)
    if kind == "h5p":
        return _tracked_h5p(elements)
    return _tracked_2004(elements, mastery)


def resumed_elements(
    kind: Kind, kept: Mapping[str, str], unit: Unit, *, learner: str, mode: LaunchMode, seconds: float
) -> dict[str, str]:
    """The data model as the SCO finds it: what it kept, and what the LMS says.

    Args:
        kept: of its last session; empty at the first.
        seconds: spent in all sessions before.
    """
    found = {name: value for name, value in kept.items() if name not in _OF_ONE_SESSION}
    credit = "credit" if mode == "Normal" else "no-credit"
    if kind == "scorm12":
        suspended = kept.get("cmi.core.exit") == "suspend"
        # Interactions are for writing only (RTE 3.4.7); sent back, they would be sent again.
        found = {name: value for name, value in found.items() if not name.startswith("cmi.interactions")}
        mastery = "" if unit.mastery is None else f"{unit.mastery * 100:g}"
        return found | {
            "cmi.core.student_id": learner,
            "cmi.core.student_name": "Học viên",
            "cmi.core.credit": credit,
            "cmi.core.lesson_mode": mode.lower(),
            "cmi.core.entry": _entry(kept, suspended=suspended, first="ab-initio"),
            "cmi.core.total_time": _time_12(seconds),
            "cmi.launch_data": unit.launch_parameters or "",
            "cmi.student_data.mastery_score": mastery,
        }
    suspended = kept.get("cmi.exit") == "suspend"
    told = {
        "cmi.learner_id": learner,
        "cmi.learner_name": "Học viên",
        "cmi.credit": credit,
        "cmi.mode": mode.lower(),
        "cmi.entry": _entry(kept, suspended=suspended, first="ab-initio"),
        "cmi.total_time": f"PT{round(seconds)}S",
        "cmi.launch_data": unit.launch_parameters or "",
    }
    if unit.mastery is not None:
        told["cmi.scaled_passing_score"] = f"{unit.mastery:g}"
    return found | told


def _entry(kept: Mapping[str, str], *, suspended: bool, first: str) -> str:
    if suspended:
        return "resume"
    return "" if kept else first


def _tracked_12(elements: Mapping[str, str], mastery: float | None) -> Tracked:
    status = elements.get("cmi.core.lesson_status", "")
    scaled = _scaled(elements, "cmi.core.score")
    has_ended = status in {"completed", "passed", "failed"}
    if mastery is not None and scaled is not None and has_ended:
        # The LMS judges by the score where the package names one (RTE 3.4.4, mastery_score).
        status = "passed" if scaled >= mastery else "failed"
    return Tracked(
        # Who failed went through it all, but may not move on by that.
        completed=status in {"completed", "passed"},
        passed=status == "passed",
        failed=status == "failed",
        scaled=scaled,
        seconds=_seconds_12(elements.get("cmi.core.session_time", "")),
    )


def _tracked_2004(elements: Mapping[str, str], mastery: float | None) -> Tracked:
    scaled = _number(elements.get("cmi.score.scaled", ""))
    if scaled is None:
        scaled = _scaled(elements, "cmi.score")
    success = elements.get("cmi.success_status", "")
    if mastery is not None and scaled is not None:
        success = "passed" if scaled >= mastery else "failed"
    return Tracked(
        completed=elements.get("cmi.completion_status") == "completed" and success != "failed",
        passed=success == "passed",
        failed=success == "failed",
        scaled=None if scaled is None else min(max(scaled, 0.0), 1.0),
        seconds=_seconds_2004(elements.get("cmi.session_time", "")),
    )


def _tracked_h5p(elements: Mapping[str, str]) -> Tracked:
    """What the adapter makes of the statements of H5P."""
    scaled = _number(elements.get("h5p.scaled", ""))
    success = elements.get("h5p.success", "")
    return Tracked(
        completed=elements.get("h5p.completed") == "true",
        passed=success == "true",
        failed=success == "false",
        scaled=None if scaled is None else min(max(scaled, 0.0), 1.0),
        seconds=0.0,
    )


def _scaled(elements: Mapping[str, str], score: str) -> float | None:
    """Raw points as a share of their scale; without a scale they are points of 100."""
    raw = _number(elements.get(f"{score}.raw", ""))
    if raw is None:
        return None
    least, most = _number(elements.get(f"{score}.min", "")), _number(elements.get(f"{score}.max", ""))
    least, most = least or 0.0, 100.0 if most is None else most
    if most <= least:
        least, most = 0.0, 100.0
    return min(max((raw - least) / (most - least), 0.0), 1.0)


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _seconds_12(text: str) -> float:
    found = _TIME_12.fullmatch(text)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


def _seconds_2004(text: str) -> float:
    found = _DURATION.fullmatch(text)
    if found is None:
        return 0.0
    return sum(float(part or 0) * unit for part, unit in zip(found.groups(), _UNIT_SECONDS, strict=True))


def _time_12(seconds: float) -> str:
    whole = min(int(seconds), 9999 * 3600)
    return f"{whole // 3600:04}:{whole // 60 % 60:02}:{whole % 60:02}.00"


def _as_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, (str, int, float)):
        return "" if value is None else str(value).replace("\x00", "")
    raise ValueError("an element holds a list or an object")
