"""What changed between two versions of a package, and how much it weighs (pure).

The weight is the part of the version number that must rise at least:

- MAJOR: who answers the same may earn something else – a key, a mark, a rule of scoring, or something gone.
- MINOR: there is more or other content – a module, section, check or question, or which questions are drawn.
- PATCH: other words for the same.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from content_packages.authoring.likeness import likeness, shingles

Written = Mapping[str, Any]


class Weight(IntEnum):
    """Which part of the version number a change belongs to."""

    PATCH = 1
    MINOR = 2
    MAJOR = 3


@dataclass(frozen=True)
class Change:
    """One change.

    Attributes:
        what: `question`, `module`, `quiz`, `survey`, `qa`, `situation`, `package`, `outline`, `translation`.
        id: of the thing; "" for the package and its outline.
        field: what of it changed; "" when the whole thing was added or removed.
        before, after: values in canonical form; None where there is none.
    """

    weight: Weight
    what: str
    id: str
    field: str
    before: Any = None
    after: Any = None


#: A right option that shares less than this of its trigrams with the one before it means something else.
SAME_MEANING = 0.5

#: Fields whose change alters what an answer earns, and those that alter which questions are drawn.
_SCORING = {
    "question": {
        "type", "pairs", "items", "answers", "blanks", "rubric", "tolerance", "partial", "mark",
        "fold_diacritics", "case_sensitive", "min_words",
    },
    "quiz": {
        "mode", "mastery", "attempts", "wait_between", "time_limit", "draw", "behaviour", "tries",
        "certainty", "pair", "part",
    },
    "module": {"complete_when"},
    "survey": {"kind", "anonymous"},
}  # fmt: skip
_DRAWING = {
    "question": {"bank", "level", "graded", "situational", "skill", "area", "situation"},
    "quiz": {"window"},
    "package": {"extends"},
}
#: Member of the canonical package -> what it holds, and whether losing one of it is MAJOR.
_MEMBERS = {
    "modules": ("module", Weight.MAJOR),
    "questions": ("question", Weight.MAJOR),
    "quizzes": ("quiz", Weight.MAJOR),
    "surveys": ("survey", Weight.MAJOR),
    "situations": ("situation", Weight.MAJOR),
    "qa": ("qa", Weight.MINOR),
}
_NEVER_COMPARED = {"version", "changes"}


def compare_packages(old: str, new: str) -> tuple[Change, ...]:
    """Every change from one canonical JSON to another, the heaviest first."""
    before, after = json.loads(old), json.loads(new)
    changes = [*_compare_header(before, after), *_compare_outline(before, after)]
    for member, (what, when_removed) in _MEMBERS.items():
        changes += _compare_members(before.get(member, ()), after.get(member, ()), what, when_removed)
    changes += _compare_translations(before.get("translations", {}), after.get("translations", {}))
    return tuple(sorted(changes, key=lambda one: (-one.weight, one.what, one.id, one.field)))


def heaviest(changes: Sequence[Change]) -> Weight | None:
    """The weight of all of them together; None when nothing changed."""
    return max((change.weight for change in changes), default=None)


def _compare_header(before: Written, after: Written) -> Iterator[Change]:
    old = {name: value for name, value in before["package"].items() if name not in _NEVER_COMPARED}
    new = {name: value for name, value in after["package"].items() if name not in _NEVER_COMPARED}
    yield from _compare_fields(old, new, "package", "")


def _compare_outline(before: Written, after: Written) -> Iterator[Change]:
    if before["outline"] != after["outline"]:
        yield Change(Weight.MINOR, "outline", "", "outline", before["outline"], after["outline"])


def _compare_members(
    before: Sequence[Written], after: Sequence[Written], what: str, when_removed: Weight
) -> Iterator[Change]:
    old, new = ({one["id"]: one for one in side} for side in (before, after))
    for name in old.keys() | new.keys():
        if name not in new:
            yield Change(when_removed, what, name, "", before=old[name])
        elif name not in old:
            yield Change(Weight.MINOR, what, name, "", after=new[name])
        else:
            yield from _compare_fields(old[name], new[name], what, name)


def _compare_fields(old: Written, new: Written, what: str, name: str) -> Iterator[Change]:
    for field in old.keys() | new.keys():
        before, after = old.get(field), new.get(field)
        if before != after:
            yield Change(_weight(what, field, before, after), what, name, field, before, after)


def _weight(what: str, field: str, before: Any, after: Any) -> Weight:
    special = _SPECIAL.get((what, field))
    if special is not None:
        return special(before or (), after or ())
    if field in _SCORING.get(what, ()):
        return Weight.MAJOR
    return Weight.MINOR if field in _DRAWING.get(what, ()) else Weight.PATCH


def _weight_of_options(before: Sequence[Written], after: Sequence[Written]) -> Weight:
    """Another order of the same options is wording, and so are other words for one in its place.

    A key that says something else – other numbers, or hardly a common word – is another key.
    """
    old, new = ([(one["text"], one["correct"]) for one in side] for side in (before, after))
    if sorted(old) == sorted(new):
        return Weight.PATCH
    if [correct for _, correct in old] != [correct for _, correct in new]:
        return Weight.MAJOR
    reworded = all(_says_the_same(one, other) for (one, key), (other, _) in zip(old, new, strict=True) if key)
    turned = {(text, not correct) for text, correct in old} & set(new)
    return Weight.PATCH if reworded and not turned else Weight.MAJOR


def _says_the_same(one: str, other: str) -> bool:
    has_same_numbers = re.findall(r"\d+", one) == re.findall(r"\d+", other)
    return has_same_numbers and likeness(shingles(one), shingles(other)) >= SAME_MEANING


def _weight_of_sections(before: Sequence[Written], after: Sequence[Written]) -> Weight:
    """Text is wording; another number of sections or another check is other content."""

    def shape(sections: Sequence[Written]) -> list[list[str]]:
        return [_checks(str(section["html"])) for section in sections]

    return Weight.PATCH if shape(before) == shape(after) else Weight.MINOR


def _checks(html: str) -> list[str]:
    return [piece.partition('"')[0] for piece in html.split('data-q="')[1:]]


def _weight_of_items(before: Sequence[Written], after: Sequence[Written]) -> Weight:
    """A survey's answers can be compared while its old items stay what they were."""
    old, new = ({one["id"]: one["type"] for one in side} for side in (before, after))
    if any(new.get(name) != kind for name, kind in old.items()):
        return Weight.MAJOR
    return Weight.PATCH if old == new else Weight.MINOR


_SPECIAL: Mapping[tuple[str, str], Callable[[Sequence[Written], Sequence[Written]], Weight]] = {
    ("question", "options"): _weight_of_options,
    ("module", "sections"): _weight_of_sections,
    ("survey", "items"): _weight_of_items,
}


def _compare_translations(before: Written, after: Written) -> Iterator[Change]:
    for language in before.keys() | after.keys():
        if before.get(language) != after.get(language):
            weight = Weight.PATCH if language in before and language in after else Weight.MINOR
            yield Change(weight, "translation", language, "")
