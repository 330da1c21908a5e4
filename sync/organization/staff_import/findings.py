"""What is found in a row of a list: a stable code, how bad it is, and what its sentence names (pure).

The sentences are in `lti_tool.staff.finding_words`; a test keeps the two lists equal.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

#: The row cannot be entered as it is.
ERRORS: Final = frozenset(
    {
        "staff_code_missing",
        "staff_code_malformed",
        "name_missing",
        "name_too_long",
        "position_too_long",
        "unit_missing",
        "unit_unknown",
        "unit_not_in_force",
        "unit_ambiguous",
        "unit_outside",
        "day_missing",
        "day_malformed",
        "days_reversed",
        "category_unknown",
        "role_unknown",
        "yes_no_unknown",
        "row_repeated",
        "name_conflict",
        "posts_overlap",
        "person_elsewhere",
    }
)
#: The row is entered; someone should look at it.
WARNINGS: Final = frozenset(
    {"name_changes", "person_moves", "post_changes", "planned_move", "same_name", "role_without_cchc"}
)


@dataclass(frozen=True)
class RowFinding:
    """One finding; `told` is what its sentence names: a code, a day, a row number, never a name."""

    code: str
    told: str = ""

    @property
    def is_error(self) -> bool:
        """Whether the row cannot be entered."""
        return self.code in ERRORS


def findings_as_json(findings: Iterable[RowFinding]) -> str:
    """For the database."""
    return json.dumps([[one.code, one.told] for one in findings], ensure_ascii=False)


def findings_from_json(text: str) -> tuple[RowFinding, ...]:
    """From the database."""
    return tuple(RowFinding(code, told) for code, told in json.loads(text or "[]"))
