"""Registering a tool, and asking it for its keys."""

import secrets
import string
from typing import Any

import requests
from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from lti_tool.practice_lms.courses import Tool
from lti_tool.practice_lms.errors import TokenRefused
from lti_tool.practice_lms.tables import tool

_LETTERS = string.ascii_letters + string.digits
_TIMEOUT_SECONDS = 5.0


def register_tool(
    connection: Connection, *, name: str, login_url: str, redirect_uri: str, key_set_url: str
) -> Tool:
    """The tool of that name, with these addresses now.

    A tool that is registered again keeps its client id and its deployment id.
    """
    addresses = {"login_url": login_url, "redirect_uri": redirect_uri, "key_set_url": key_set_url}
    client_id = "".join(secrets.choice(_LETTERS) for _ in range(15))
    connection.execute(
        insert(tool)
        .values(name=name, client_id=client_id, **addresses)
        .on_conflict_do_update(index_elements=["name"], set_=addresses)
    )
    found = connection.execute(select(tool).where(tool.c.name == name)).mappings().one()
    return Tool(**found)


def find_tool_by_client_id(connection: Connection, client_id: str) -> Tool | None:
    """The tool that was given that client id."""
    row = connection.execute(select(tool).where(tool.c.client_id == client_id)).mappings().one_or_none()
    return Tool(**row) if row else None


def fetch_key_set(key_set_url: str) -> dict[str, Any]:
    """The tool's public keys as it publishes them now.

    Raises:
        TokenRefused: they cannot be fetched, so the tool cannot prove who it is.
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
        raise TokenRefused(
            "invalid_client", "The tool's key set cannot be fetched. Check that the tool is running."
        ) from failed
    if not isinstance(found, dict):
        raise TokenRefused("invalid_client", "The tool's key set is not a JSON object (RFC 7517, 5).")
    return found
