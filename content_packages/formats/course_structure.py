"""A course of others as we keep it: units that are launched, blocks that hold them. Pure.

cmi5's words (assignable unit, block, moveOn) serve the other formats too: a SCO is a unit, an organization is
a course. The tree is kept flat, each part with the number of the block above, so that thousands of units need
no recursion.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal, Self

import msgspec

Kind = Literal["cmi5", "scorm12", "scorm2004", "tincan", "h5p"]
MoveOn = Literal["NotApplicable", "Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed"]
LaunchMethod = Literal["AnyWindow", "OwnWindow"]

#: `above` of what stands directly in the course.
IN_COURSE: Final = -1


@dataclass(frozen=True)
class Unit:
    """Something that is launched.

    Attributes:
        id: the publisher's.
        place: 0 for the first unit of the course, in the order of the document.
        above: number of the block that holds it; IN_COURSE for none.
        title: language tag -> words.
        url: relative to the package, or absolute; with its query.
        mastery: 0.0 to 1.0; None: the content decides.
        launch_parameters: handed to the content unread (cmi5 launchParameters, SCORM datafromlms).
        entitlement_key: cmi5 only.
    """

    id: str
    place: int
    above: int
    title: Mapping[str, str]
    url: str
    description: Mapping[str, str] = field(default_factory=dict)
    move_on: MoveOn = "NotApplicable"
    mastery: float | None = None
    launch_method: LaunchMethod = "AnyWindow"
    launch_parameters: str | None = None
    entitlement_key: str | None = None
    activity_type: str = ""


@dataclass(frozen=True)
class Block:
    """Units and blocks under one heading.

    Attributes:
        place: its number; a block always has a higher one than the block that holds it.
        first_unit: number of the first unit that stands in or after it, for the order of a page.
    """

    id: str
    place: int
    above: int
    title: Mapping[str, str]
    first_unit: int
    description: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CourseStructure:
    """A whole course.

    Attributes:
        manifest: path of the file that describes it.
    """

    kind: Kind
    id: str
    title: Mapping[str, str]
    units: tuple[Unit, ...]
    blocks: tuple[Block, ...] = ()
    description: Mapping[str, str] = field(default_factory=dict)
    manifest: str = ""

    def to_json(self) -> str:
        """For the table."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the table."""
        return msgspec.json.decode(text, type=cls)

    def titled(self, title: str) -> Self:
        """The same course under another title."""
        return replace(self, title={"vi": title})


def words(texts: Mapping[str, str], *, language: str = "vi") -> str:
    """The text in that language, else the first."""
    exact = texts.get(language)
    near = next((text for tag, text in texts.items() if tag.partition("-")[0] == language), None)
    return exact or near or next(iter(texts.values()), "")
