"""What all parts of a statement share, and how a wrong shape becomes a precise refusal."""

import re
from typing import Any, TypeVar

import msgspec

from xapi_bridge.statement.errors import PropertyMissing, PropertyMistyped, PropertyUnknown, StatementRefused


class Part(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """A piece of a statement: frozen, no properties but those named, JSON names in camel case."""


AnyPart = TypeVar("AnyPart", bound=Part)

_FINDING = re.compile(r"(?P<problem>.*?)(?: - at `(?P<path>(?:key in )?\$?[^`]*)`)?", re.DOTALL)


def convert_part(tree: Any, kind: type[AnyPart], *, at: str) -> AnyPart:
    """The tree as a part of the given kind.

    Raises:
        PropertyUnknown, PropertyMissing, PropertyMistyped: with the path of the property.
    """
    try:
        return msgspec.convert(tree, kind)
    except msgspec.ValidationError as refused:
        raise _refusal_from_finding(str(refused), at=at) from refused


def _refusal_from_finding(finding: str, *, at: str) -> StatementRefused:
    found = _FINDING.fullmatch(finding)
    problem, path = (found["problem"], found["path"] or "") if found else (finding, "")
    place = (at + path.replace("key in ", "").replace("$", "", 1)).lstrip(".")
    if "unknown field" in problem:
        return PropertyUnknown(place, problem)
    if "missing required field" in problem:
        return PropertyMissing(place, problem)
    return PropertyMistyped(place, problem)
