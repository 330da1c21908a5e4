"""Which scope gives which right, as a table that a reader can hold against the standard."""

import pytest

from xapi_bridge.access_errors import ScopesContradict, ScopeUnknown
from xapi_bridge.store.scopes import (
    PSEUDONYMS,
    SCOPES,
    Right,
    StatementView,
    check_scopes,
    is_right_granted,
    scopes_by_role,
    statement_view,
)

#: Scope -> the rights it gives (xAPI 1.0.3 Communication 4.2).
RIGHTS = {
    "statements/write": {Right.WRITE_STATEMENTS},
    "statements/read": {Right.READ_STATEMENTS, Right.READ_AGENTS, Right.READ_ACTIVITIES},
    "statements/read/mine": {Right.READ_STATEMENTS, Right.READ_ACTIVITIES},
    PSEUDONYMS: {Right.READ_STATEMENTS, Right.READ_ACTIVITIES},
    "state": {Right.READ_STATES, Right.WRITE_STATES, Right.READ_ACTIVITIES},
    "profile": {Right.READ_PROFILES, Right.WRITE_PROFILES, Right.READ_AGENTS, Right.READ_ACTIVITIES},
    "define": {Right.DEFINE, Right.READ_ACTIVITIES},
    "all/read": {
        Right.READ_STATEMENTS,
        Right.READ_STATES,
        Right.READ_PROFILES,
        Right.READ_AGENTS,
        Right.READ_ACTIVITIES,
    },
    "all": set(Right),
}


@pytest.mark.parametrize("scope", SCOPES)
def test_a_scope_gives_its_rights_and_no_other(scope):
    assert {right for right in Right if is_right_granted(frozenset({scope}), right)} == RIGHTS[scope]


@pytest.mark.parametrize(
    ("scopes", "view"),
    [
        ({"all"}, StatementView.EVERYTHING),
        ({"all/read"}, StatementView.EVERYTHING),
        ({"statements/read", "statements/read/mine"}, StatementView.EVERYTHING),
        ({"statements/read/mine", "statements/write"}, StatementView.OWN),
        ({PSEUDONYMS}, StatementView.PSEUDONYMS),
        ({"statements/write", "state", "profile", "define"}, None),
    ],
)
def test_the_widest_view_counts(scopes, view):
    assert statement_view(frozenset(scopes)) is view


@pytest.mark.parametrize("other", sorted(SCOPES.keys() - {PSEUDONYMS}))
def test_pseudonyms_stand_alone(other):
    with pytest.raises(ScopesContradict):
        check_scopes([PSEUDONYMS, other])


def test_roles_of_an_issuer_are_read_from_one_line():
    assert scopes_by_role(" analyst = statements/read/pseudonyms ;lms=statements/write define; ") == {
        "analyst": {PSEUDONYMS},
        "lms": {"statements/write", "define"},
    }


@pytest.mark.parametrize("text", ["analyst", "=all", "lms=", "lms=everything"])
def test_a_line_that_cannot_be_read_is_refused(text):
    with pytest.raises(ScopeUnknown):
        scopes_by_role(text)
