"""Asks the record store page by page, and keeps a bookmark, so that the next run reads only what came since.

Needs `requests` and a key (`cchc credentials add --label "…" --scope all/read`):

    CCHC_LRS=https://lrs.example.vn/xapi CCHC_KEY=… CCHC_SECRET=… python query_records.py
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests


def read_statements(lrs: str, session: requests.Session, **filters: str) -> Iterator[dict[str, Any]]:
    """Every statement that matches, following `more` until it is empty."""
    address: str | None = f"{lrs}/statements"
    parameters: dict[str, str] | None = filters
    while address:
        answer = session.get(address, params=parameters, timeout=30)
        answer.raise_for_status()
        page = answer.json()
        yield from page["statements"]
        # `more` is relative to the server, and carries all the filters.
        address = urljoin(lrs, page["more"]) if page["more"] else None
        parameters = None


def read_new_statements(lrs: str, session: requests.Session, bookmark: Path) -> list[dict[str, Any]]:
    """What came since the last run; the bookmark moves only when everything was read.

    X-Experience-API-Consistent-Through says up to which instant the store is complete: nothing will ever
    appear at or before it. As `since` of the next run it neither misses a statement nor reads one twice.
    """
    head = session.head(f"{lrs}/statements", params={"limit": "1"}, timeout=30)
    head.raise_for_status()
    until = head.headers["X-Experience-API-Consistent-Through"]
    bounds = {"until": until, "ascending": "true"}
    if bookmark.exists():
        bounds["since"] = json.loads(bookmark.read_text())["since"]
    found = list(read_statements(lrs, session, **bounds))
    bookmark.write_text(json.dumps({"since": until}))
    return found


def open_session(key: str, secret: str) -> requests.Session:
    """A connection that carries key and version with every request."""
    session = requests.Session()
    session.auth = (key, secret)
    session.headers["X-Experience-API-Version"] = "1.0.3"
    return session


if __name__ == "__main__":
    with open_session(os.environ["CCHC_KEY"], os.environ["CCHC_SECRET"]) as opened:
        for statement in read_new_statements(os.environ["CCHC_LRS"], opened, Path("bookmark.json")):
            print(statement["stored"], statement["verb"]["id"], statement["object"].get("id", ""))
