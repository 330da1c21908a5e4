"""What a key or a token may do: the scopes of xAPI and one of our own (pure).

Spec: xAPI 1.0.3 Communication 4.2, table of scopes.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from xapi_bridge.access_errors import ScopesContradict, ScopeUnknown

#: For analysts: agents are pseudonyms, free text is withheld.
PSEUDONYMS: Final = "statements/read/pseudonyms"

#: Scope -> what it allows.
SCOPES: Final = MappingProxyType(
    {
        "statements/write": "record statements",
        "statements/read": "read every statement",
        "statements/read/mine": "read the statements of the own authority",
        PSEUDONYMS: "read every statement with pseudonyms in place of agents; nothing else",
        "state": "read and write state documents",
        "profile": "read and write agent and activity profile documents",
        "define": "let the definitions of activities in recorded statements count",
        "all/read": "read everything",
        "all": "read and write everything, void the statements of others",
    }
)


class Right(StrEnum):
    """What one request needs."""

    WRITE_STATEMENTS = "write_statements"
    #: Some view of statements; `statement_view` says which.
    READ_STATEMENTS = "read_statements"
    READ_STATES = "read_states"
    WRITE_STATES = "write_states"
    READ_PROFILES = "read_profiles"
    WRITE_PROFILES = "write_profiles"
    #: GET /agents: every identifier and name of a person.
    READ_AGENTS = "read_agents"
    #: GET /activities: names nobody.
    READ_ACTIVITIES = "read_activities"
    DEFINE = "define"
    VOID_OTHERS = "void_others"


_ALL_READ: Final = frozenset({"all", "all/read"})

#: Right -> the scopes of which one is enough.
SCOPES_FOR: Final[Mapping[Right, frozenset[str]]] = MappingProxyType(
    {
        Right.WRITE_STATEMENTS: frozenset({"all", "statements/write"}),
        Right.READ_STATEMENTS: _ALL_READ | {"statements/read", "statements/read/mine", PSEUDONYMS},
        Right.READ_STATES: _ALL_READ | {"state"},
        Right.WRITE_STATES: frozenset({"all", "state"}),
        Right.READ_PROFILES: _ALL_READ | {"profile"},
        Right.WRITE_PROFILES: frozenset({"all", "profile"}),
        # Who may read every statement meets every identifier there anyway.
        Right.READ_AGENTS: _ALL_READ | {"statements/read", "profile"},
        Right.READ_ACTIVITIES: _ALL_READ
        | {"statements/read", "statements/read/mine", PSEUDONYMS, "state", "profile", "define"},
        Right.DEFINE: frozenset({"all", "define"}),
        Right.VOID_OTHERS: frozenset({"all"}),
    }
)


class StatementView(StrEnum):
    """How much of the statements a reader sees."""

    EVERYTHING = "everything"
    #: Only what the own authority vouches for.
    OWN = "own"
    PSEUDONYMS = "pseudonyms"


def is_right_granted(scopes: frozenset[str], right: Right) -> bool:
    """Whether one of the scopes gives the right."""
    return not SCOPES_FOR[right].isdisjoint(scopes)


def statement_view(scopes: frozenset[str]) -> StatementView | None:
    """The widest view that the scopes give; None when they give none."""
    if scopes & (_ALL_READ | {"statements/read"}):
        return StatementView.EVERYTHING
    if "statements/read/mine" in scopes:
        return StatementView.OWN
    return StatementView.PSEUDONYMS if PSEUDONYMS in scopes else None


def check_scopes(scopes: Iterable[str]) -> frozenset[str]:
    """The scopes as a set.

    Raises:
        ScopeUnknown: a scope that does not exist, or none at all.
        ScopesContradict: pseudonyms together with anything else. A second scope would undo them: with
            statements/write, for example, the answers 204 and 409 tell whether a guessed name is right.
    """
    wanted = frozenset(scopes)
    unknown = sorted(wanted - SCOPES.keys())
    if unknown or not wanted:
        raise ScopeUnknown(f"Unknown scope {', '.join(unknown) or '(none)'}. There are: {', '.join(SCOPES)}.")
    if PSEUDONYMS in wanted and len(wanted) > 1:
        raise ScopesContradict(f"{PSEUDONYMS} stands alone. Make a second key for the other scopes.")
    return wanted


def scopes_by_role(text: str) -> dict[str, frozenset[str]]:
    """What the roles of an issuer of tokens may do, from `role=scope scope; other-role=scope`.

    Raises:
        ScopeUnknown: a part without `=`, or a scope that does not exist.
        ScopesContradict: as `check_scopes`.
    """
    found: dict[str, frozenset[str]] = {}
    for part in filter(None, map(str.strip, text.split(";"))):
        role, separator, scopes = part.partition("=")
        if not separator or not role.strip():
            raise ScopeUnknown(f"Write role=scope, not {part!r}; several roles are separated by semicolons.")
        found[role.strip()] = check_scopes(scopes.split())
    return found
