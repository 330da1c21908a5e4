"""Which statements go to a target: a filter that is data (pure).

Every condition that is set must hold; one of its values is enough. An empty filter lets everything pass. A
filter looks at the statement itself, never at one that it refers to.
"""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import msgspec

from sync.errors import ForwardingFilterRefused

_RELATED = ("parent", "grouping", "category", "other")


class FilterAccount(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An account that vouches for statements: `authority.account`."""

    homePage: str  # noqa: N815 - the specification's word
    name: str


class StatementFilter(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Conditions on a statement; those left empty do not count.

    Attributes:
        verbs: verb IRIs.
        activities: activity IRIs.
        packages: ids of content packages: activities below them.
        related_activities: look for activities and packages in contextActivities as well.
        registrations: `context.registration`.
        authorities: accounts that vouch.
        home_pages: where the actor's account is: the LMS that the statement speaks of.
    """

    verbs: tuple[str, ...] = ()
    activities: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    related_activities: bool = False
    registrations: tuple[UUID, ...] = ()
    authorities: tuple[FilterAccount, ...] = ()
    home_pages: tuple[str, ...] = ()


def read_filter(text: str) -> StatementFilter:
    """A filter from its JSON.

    Raises:
        ForwardingFilterRefused: no JSON, an unknown condition, or a value of another shape.
    """
    try:
        return msgspec.json.decode(text.strip() or "{}", type=StatementFilter)
    except msgspec.DecodeError as malformed:
        known = ", ".join(StatementFilter.__struct_fields__)
        raise ForwardingFilterRefused(f"The filter is not understood: {malformed}. Known: {known}.") from None


def write_filter(chosen: StatementFilter) -> str:
    """The JSON of a filter; the empty filter is {}."""
    return msgspec.json.encode(chosen).decode()


def lets_pass(chosen: StatementFilter, statement: dict[str, Any], *, iri_base: str) -> bool:
    """Whether a statement of the store goes to the target.

    Args:
        statement: its JSON properties.
        iri_base: beginning of our activity identifiers; packages lie below it.
    """
    return (
        _one_of(chosen.verbs, _text(statement.get("verb"), "id"))
        and _one_of(tuple(one.hex for one in chosen.registrations), _registration(statement))
        and _one_of(chosen.home_pages, _text(_part(statement.get("actor"), "account"), "homePage"))
        and _is_vouched_for(chosen, statement)
        and _is_about(chosen, statement, iri_base=iri_base)
    )


def _one_of(wanted: tuple[str, ...], found: str) -> bool:
    return not wanted or found in wanted


def _is_vouched_for(chosen: StatementFilter, statement: dict[str, Any]) -> bool:
    account = _part(statement.get("authority"), "account")
    return not chosen.authorities or any(
        (one.homePage, one.name) == (_text(account, "homePage"), _text(account, "name"))
        for one in chosen.authorities
    )


def _is_about(chosen: StatementFilter, statement: dict[str, Any], *, iri_base: str) -> bool:
    if not chosen.activities and not chosen.packages:
        return True
    # A package's own IRI ends without a slash; what lies in it follows after one.
    packages = tuple(f"{iri_base}p/{one}" for one in chosen.packages)
    below = tuple(f"{one}/" for one in packages)
    return any(
        iri in chosen.activities or iri in packages or iri.startswith(below)
        for iri in _activities(statement, related=chosen.related_activities)
    )


def _activities(statement: dict[str, Any], *, related: bool) -> Iterator[str]:
    thing = statement.get("object")
    if isinstance(thing, dict) and thing.get("objectType", "Activity") == "Activity":
        yield _text(thing, "id")
    if not related:
        return
    groups = _part(statement.get("context"), "contextActivities")
    for name in _RELATED:
        listed = _part(groups, name)
        for one in listed if isinstance(listed, list) else [listed]:
            yield _text(one, "id")
    if isinstance(thing, dict) and thing.get("objectType") == "SubStatement":
        yield from _activities(thing, related=True)


def _registration(statement: dict[str, Any]) -> str:
    return _text(statement.get("context"), "registration").replace("-", "").lower()


def _part(whole: Any, name: str) -> Any:
    return whole.get(name) if isinstance(whole, dict) else None


def _text(whole: Any, name: str) -> str:
    found = _part(whole, name)
    return found if isinstance(found, str) else ""
