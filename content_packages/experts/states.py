"""The life of a question that waits for an expert: its states and what leads from one to the next (pure)."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class State(StrEnum):
    """Where a question stands."""

    #: Sent; no expert has the area.
    ASKED = "asked"
    #: An expert has it.
    ROUTED = "routed"
    #: The expert has begun to write.
    DRAFTED = "drafted"
    #: A second pair of eyes is to read the draft.
    IN_REVIEW = "in_review"
    #: Answered: the answer is an entry of the knowledge base.
    PUBLISHED = "published"
    #: Answered, and the answer was mended since.
    CORRECTED = "corrected"
    #: The answer was taken back.
    WITHDRAWN = "withdrawn"
    #: The same as another question, or as an entry that exists: that one answers.
    MERGED = "merged"
    #: Refused by moderation.
    HIDDEN = "hidden"
    #: Taken back by whoever asked.
    RETRACTED = "retracted"


class Step(StrEnum):
    """What may be done with a question; also the word in its history."""

    ASK = "ask"
    ROUTE = "route"
    DRAFT = "draft"
    SUBMIT = "submit"
    RETURN = "return"
    PUBLISH = "publish"
    CORRECT = "correct"
    WITHDRAW = "withdraw"
    MERGE = "merge"
    HIDE = "hide"
    RESTORE = "restore"
    RETRACT = "retract"
    REMIND = "remind"


#: Somebody is still to answer these.
OPEN: Final = frozenset({State.ASKED, State.ROUTED, State.DRAFTED, State.IN_REVIEW})
#: The answer of these is in the knowledge base.
ANSWERED: Final = frozenset({State.PUBLISHED, State.CORRECTED})

#: Step -> (states from which it leads, state to which it leads).
STEPS: Final[Mapping[Step, tuple[frozenset[State], State]]] = MappingProxyType(
    {
        Step.ROUTE: (OPEN, State.ROUTED),
        Step.DRAFT: (OPEN - {State.IN_REVIEW}, State.DRAFTED),
        Step.SUBMIT: (frozenset({State.DRAFTED}), State.IN_REVIEW),
        Step.RETURN: (frozenset({State.IN_REVIEW}), State.DRAFTED),
        Step.PUBLISH: (frozenset({State.IN_REVIEW}), State.PUBLISHED),
        Step.CORRECT: (ANSWERED, State.CORRECTED),
        Step.WITHDRAW: (ANSWERED, State.WITHDRAWN),
        Step.MERGE: (OPEN, State.MERGED),
        Step.HIDE: (OPEN, State.HIDDEN),
        Step.RESTORE: (frozenset({State.HIDDEN}), State.ASKED),
        Step.RETRACT: (OPEN - {State.IN_REVIEW}, State.RETRACTED),
    }
)


def may_take(step: Step, state: State) -> bool:
    """Whether the step leads on from the state."""
    return step in STEPS and state in STEPS[step][0]
