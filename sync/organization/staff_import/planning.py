"""An entry of a list against what the registry knows: what would change, what speaks against it (pure)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from sync.organization.folding import fold_name
from sync.organization.staff_import.entries import OPEN_END, StaffEntry
from sync.organization.staff_import.findings import RowFinding


class Effect(StrEnum):
    """What entering a row does."""

    #: A person whom the registry does not know, or another post of a known one.
    NEW = "new"
    #: The primary post goes from one unit to another.
    MOVE = "move"
    #: The name, or something about a known post.
    CHANGE = "change"
    SAME = "same"
    ERROR = "error"


@dataclass(frozen=True)
class KnownPost:
    """A post as the registry holds it; the fields are columns of `Appointment`."""

    appointment_id: int
    unit_id: int
    position: str
    staff_category: str
    is_cchc: bool
    cchc_role: str
    is_primary: bool
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class KnownPerson:
    """A person with all posts, by first day."""

    person_id: int
    full_name: str
    posts: tuple[KnownPost, ...]


@dataclass(frozen=True)
class UnitLife:
    """The unit that the entry names, on the entry's first day."""

    unit_id: int
    valid_from: date
    valid_to: date


@dataclass(frozen=True)
class EntryPlan:
    """What entering does; every field `None` or empty where nothing happens.

    Attributes:
        ends: the primary post that ends on the entry's first day.
        changes: the known post that takes the entry's values.
        adds_post: a post begins.
        valid_to: first day no more of the post, within the unit's life.
    """

    effect: Effect
    findings: tuple[RowFinding, ...] = ()
    renames: bool = False
    ends: KnownPost | None = None
    changes: KnownPost | None = None
    adds_post: bool = False
    valid_to: date = OPEN_END


def plan_entry(entry: StaffEntry, unit: UnitLife, known: KnownPerson | None, *, today: date) -> EntryPlan:
    """What the registry would do with the entry."""
    end = unit.valid_to if entry.valid_to == OPEN_END else entry.valid_to
    if not unit.valid_from <= entry.valid_from < end <= unit.valid_to:
        told = f"{unit.valid_from:%d/%m/%Y}" + (
            "" if unit.valid_to == OPEN_END else f" – {unit.valid_to:%d/%m/%Y}"
        )
        return EntryPlan(Effect.ERROR, (RowFinding("unit_not_in_force", told),))
    planned = [RowFinding("planned_move", f"{entry.valid_from:%d/%m/%Y}")] if entry.valid_from > today else []
    if known is None:
        return EntryPlan(Effect.NEW, tuple(planned), adds_post=True, valid_to=end)
    renames = fold_name(known.full_name) != fold_name(entry.full_name) or known.full_name != entry.full_name
    if renames:
        planned.append(RowFinding("name_changes"))
    same = next((post for post in known.posts if _is_same_post(post, entry, unit)), None)
    if same is not None:
        return _plan_known_post(entry, same, known.posts, end, renames=renames, found=planned)
    return _plan_new_post(entry, known.posts, end, renames=renames, found=planned)


def _is_same_post(post: KnownPost, entry: StaffEntry, unit: UnitLife) -> bool:
    return post.unit_id == unit.unit_id and post.valid_from == entry.valid_from


def _plan_known_post(
    entry: StaffEntry,
    post: KnownPost,
    posts: Sequence[KnownPost],
    end: date,
    *,
    renames: bool,
    found: list[RowFinding],
) -> EntryPlan:
    # An open end says nothing: a post that was ended since stays ended.
    end = post.valid_to if entry.valid_to == OPEN_END else end
    if _values_of(post) == _values_in(entry, end):
        return EntryPlan(
            Effect.CHANGE if renames else Effect.SAME, tuple(found), renames=renames, valid_to=end
        )
    others = [one for one in posts if one != post]
    if entry.is_primary and _overlapping(others, entry.valid_from, end):
        return EntryPlan(Effect.ERROR, (RowFinding("posts_overlap", f"{entry.valid_from:%d/%m/%Y}"),))
    return EntryPlan(
        Effect.CHANGE,
        (*found, RowFinding("post_changes")),
        renames=renames,
        changes=post,
        valid_to=end,
    )


def _plan_new_post(
    entry: StaffEntry, posts: Sequence[KnownPost], end: date, *, renames: bool, found: list[RowFinding]
) -> EntryPlan:
    in_the_way = _overlapping(posts, entry.valid_from, end) if entry.is_primary else []
    if not in_the_way:
        return EntryPlan(Effect.NEW, tuple(found), renames=renames, adds_post=True, valid_to=end)
    held = in_the_way[0]
    if len(in_the_way) > 1 or held.valid_from >= entry.valid_from:
        return EntryPlan(Effect.ERROR, (RowFinding("posts_overlap", f"{held.valid_from:%d/%m/%Y}"),))
    return EntryPlan(
        Effect.MOVE,
        (*found, RowFinding("person_moves", f"{entry.valid_from:%d/%m/%Y}")),
        renames=renames,
        ends=held,
        adds_post=True,
        valid_to=end,
    )


def _overlapping(posts: Sequence[KnownPost], start: date, end: date) -> list[KnownPost]:
    return [post for post in posts if post.is_primary and post.valid_from < end and start < post.valid_to]


def _values_of(post: KnownPost) -> tuple[object, ...]:
    return (post.position, post.staff_category, post.is_cchc, post.cchc_role, post.is_primary, post.valid_to)


def _values_in(entry: StaffEntry, end: date) -> tuple[object, ...]:
    return (entry.position, entry.staff_category, entry.is_cchc, entry.cchc_role, entry.is_primary, end)
