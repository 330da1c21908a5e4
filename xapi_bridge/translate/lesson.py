"""A learner works through a module: opened, read, got further, completed."""

from datetime import datetime

from xapi_bridge.statement import Statement
from xapi_bridge.translate.building import Enrolment, NamedActivity, build_statement, duration_from_seconds
from xapi_bridge.vocabulary import adl, cmi5


def module_initialized(
    enrolment: Enrolment, module: NamedActivity, *, event_id: str, at: datetime
) -> Statement:
    """The learner opened the module for the first time under this registration."""
    return build_statement(
        enrolment, adl.INITIALIZED, module, parents=[enrolment.package], event_id=event_id, at=at
    )


def section_experienced(
    enrolment: Enrolment,
    section: NamedActivity,
    *,
    module: NamedActivity,
    event_id: str,
    at: datetime,
    seconds: float | None = None,
) -> Statement:
    """The learner read a section of a module.

    Args:
        seconds: time spent on it, if known.
    """
    result = None if seconds is None else {"duration": duration_from_seconds(seconds)}
    return build_statement(
        enrolment, adl.EXPERIENCED, section, parents=[module], event_id=event_id, at=at, result=result
    )


def module_progressed(
    enrolment: Enrolment, module: NamedActivity, *, percent: int, event_id: str, at: datetime
) -> Statement:
    """The learner got further in the module: `percent` 0 to 100 of its sections, checks and quiz."""
    return build_statement(
        enrolment,
        adl.PROGRESSED,
        module,
        parents=[enrolment.package],
        event_id=event_id,
        at=at,
        result={"completion": False, "extensions": {cmi5.PROGRESS: percent}},
    )


def module_completed(
    enrolment: Enrolment,
    module: NamedActivity,
    *,
    event_id: str,
    at: datetime,
    seconds: float | None = None,
) -> Statement:
    """The learner did everything that the module asks for.

    Args:
        seconds: time spent on it, if known.
    """
    result: dict[str, object] = {"completion": True}
    if seconds is not None:
        result["duration"] = duration_from_seconds(seconds)
    return build_statement(
        enrolment,
        adl.COMPLETED,
        module,
        parents=[enrolment.package],
        event_id=event_id,
        at=at,
        result=result,
    )
