"""Registering a tool by hand, activating it, and asking it for its keys."""

import secrets
import string
from collections.abc import Callable
from typing import Any, Final

import requests
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.errors import KeySetUnread
from lti_tool.practice_lms.tables import tool

_LETTERS = string.ascii_letters + string.digits
_TIMEOUT_SECONDS = 5.0
VISITOR: Final = "PracticeLmsBot/1"

FetchKeySet = Callable[[str], dict[str, Any]]
#: Looks at an address as a server; what comes back does not matter.
Visit = Callable[[str], None]


def new_client_id() -> str:
    """Fifteen letters and digits, as the most common LMS makes them."""
    return "".join(secrets.choice(_LETTERS) for _ in range(15))


def register_tool(
    connection: Connection, *, name: str, login_url: str, redirect_uri: str, key_set_url: str, **more: Any
) -> Tool:
    """The tool of that name, with these addresses now.

    A tool that is registered again keeps its client id and its deployment id.

    Args:
        more: further columns of the table `tool`, for example `deep_linking_url`.
    """
    addresses = {"login_url": login_url, "redirect_uri": redirect_uri, "key_set_url": key_set_url} | more
    connection.execute(
        insert(tool)
        .values(name=name, client_id=new_client_id(), **addresses)
        .on_conflict_do_update(index_elements=["name"], set_=addresses)
    )
    found = connection.execute(select(tool).where(tool.c.name == name)).mappings().one()
    return Tool(**found)


def activate_tool(connection: Connection, tool_id: int) -> None:
    """Lets teachers use a tool that registered itself."""
    connection.execute(update(tool).where(tool.c.tool_id == tool_id).values(status="active"))


def find_tool_by_client_id(connection: Connection, client_id: str) -> Tool | None:
    """The tool that was given that client id."""
    row = connection.execute(select(tool).where(tool.c.client_id == client_id)).mappings().one_or_none()
    return Tool(**row) if row else None


def fetch_key_set(key_set_url: str) -> dict[str, Any]:
    """The tool's public keys as it publishes them now.

    Raises:
        KeySetUnread: they cannot be fetched, so the tool cannot prove who it is.
    """
    try:
        with requests.Session() as browser:
            # Both sides live on this machine, where an office's outgoing proxy cannot reach them.
            browser.trust_env = False
            answer = browser.get(
                key_set_url, timeout=_TIMEOUT_SECONDS, headers={"Accept": "application/json"}
            )
            answer.raise_for_status()
            found = answer.json()
    except (requests.RequestException, ValueError) as failed:
        raise KeySetUnread(
            "The tool's key set cannot be fetched. Check that the tool is running."
        ) from failed
    if not isinstance(found, dict):
        raise KeySetUnread("The tool's key set is not a JSON object (RFC 7517, 5).")
    return found


def visit_address(url: str) -> None:
    """Looks at the address of a new activity, as some LMSs do to see what it is; any answer will do."""
    try:
        with requests.Session() as browser:
            browser.trust_env = False
            browser.get(
                url, timeout=_TIMEOUT_SECONDS, headers={"User-Agent": VISITOR}, allow_redirects=False
            ).close()
    except requests.RequestException:
        # The teacher is not told: a launch will show what is wrong.
        return
