"""`more` addresses cannot be made up or bent."""

import pytest

from xapi_bridge.errors import CursorForged
from xapi_bridge.http.cursors import open_cursor, seal_cursor

SECRET = b"a secret of the test"
FILTERS = {"verb": "https://v.example/x", "limit": "10"}


def test_a_cursor_leads_back_to_its_place():
    cursor = seal_cursor(1_763_949_600_000_001, FILTERS, secret=SECRET)

    assert open_cursor(cursor, dict(reversed(FILTERS.items())), secret=SECRET) == 1_763_949_600_000_001


@pytest.mark.parametrize(
    ("filters", "secret"),
    [({**FILTERS, "limit": "100"}, SECRET), ({}, SECRET), (FILTERS, b"another secret")],
)
def test_a_cursor_belongs_to_its_filters_and_its_store(filters, secret):
    cursor = seal_cursor(5, FILTERS, secret=SECRET)

    with pytest.raises(CursorForged):
        open_cursor(cursor, filters, secret=secret)


@pytest.mark.parametrize("cursor", ["", "x", "AAAA", "đường", "A" * 400, "=", "-_-_"])
def test_a_made_up_cursor_is_refused(cursor):
    with pytest.raises(CursorForged):
        open_cursor(cursor, FILTERS, secret=SECRET)
