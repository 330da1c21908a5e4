"""How our statements follow each other: patterns of xAPI Profiles 1.0."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

#: How the statements of one registration follow each other (xAPI Profiles 1.0, Part Two, 10): code ->
#: (vi, en, how they follow, templates or patterns by code).
PATTERNS: Mapping[str, tuple[str, str, Literal["sequence", "alternates", "zeroOrMore"], tuple[str, ...]]] = (
    MappingProxyType(
        {
            "enrolment": (
                "Một lượt ghi danh",
                "One enrolment",
                "sequence",
                ("content-launched", "learning-steps"),
            ),
            "learning-steps": ("Các bước học", "Steps of learning", "zeroOrMore", ("learning-step",)),
            "learning-step": (
                "Một bước học",
                "One step of learning",
                "alternates",
                (
                    "content-launched",
                    "module-initialized",
                    "section-experienced",
                    "module-progressed",
                    "module-completed",
                    "quiz-initialized",
                    "quiz-question-answered",
                    "quiz-passed",
                    "quiz-failed",
                ),
            ),
        }
    )
)
