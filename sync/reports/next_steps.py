"""What somebody should do next, and why: from what was done with each module by a day (pure)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sync.reports.attention import LOW_RESULT
from sync.reports.people import ModuleStanding
from sync.reports.programme import Programme


class Step(StrEnum):
    """What to do next."""

    #: Nothing was opened: begin with the first module.
    BEGIN = "begin"
    #: The best result at the end quiz is low: read the module again and sit the quiz again.
    REPEAT = "repeat"
    #: A module was opened and not finished.
    CONTINUE = "continue"
    #: What was opened is finished: the next module.
    GO_ON = "go_on"
    #: Everything required is complete.
    NOTHING = "nothing"


@dataclass(frozen=True)
class NextStep:
    """One person's next step.

    Attributes:
        module_iri: with which module; `None` when there is nothing to do, or no module.
        since: the day on which the module was opened; `None` when it was not.
    """

    step: Step
    module_iri: str | None = None
    since: date | None = None


def next_step(standings: Sequence[ModuleStanding], programme: Programme) -> NextStep:
    """The most useful next step: what failed, then what was left off, then what is new."""
    done = {one.module_iri: one for one in standings}
    required = [module.iri for module in programme.modules if module.iri in programme.required_iris]
    unfinished = sorted(
        (one for one in standings if one.first_completed_on is None),
        key=lambda one: programme.place_of(one.module_iri),
    )
    for one in unfinished:
        if one.best_scaled is not None and one.best_scaled < LOW_RESULT:
            return NextStep(Step.REPEAT, one.module_iri, one.first_accessed_on)
    if unfinished:
        return NextStep(Step.CONTINUE, unfinished[0].module_iri, unfinished[0].first_accessed_on)
    return _new_module(done, required)


def _new_module(done: Mapping[str, ModuleStanding], required: Sequence[str]) -> NextStep:
    new = next((iri for iri in required if iri not in done), None)
    if not done:
        return NextStep(Step.BEGIN, new)
    return NextStep(Step.NOTHING) if new is None else NextStep(Step.GO_ON, new)
