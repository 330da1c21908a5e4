"""Gradebook columns: find the one for a link and a purpose, make it, change its heading; never delete one.

Deleting a launch's own column would delete the activity's grades on some LMSs, and a PUT that leaves out
`resourceId` or `tag` would blank them; so there is no DELETE here, and a PUT repeats what it read.

Spec: AGS 2.0, line item service.
"""

import json
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import requests

from lti_tool.advantage.link_headers import find_link, is_same_server
from sync.grade_errors import ScoreNotDelivered, ScoreRefused
from sync.ports import FoundLineItem, WantedLineItem

LINE_ITEM_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
LINE_ITEM_TYPE: Final = "application/vnd.ims.lis.v2.lineitem+json"
LINE_ITEMS_TYPE: Final = "application/vnd.ims.lis.v2.lineitemcontainer+json"
#: `tag` of the columns that this tool makes.
OUR_TAG: Final = "cchc"
LONGEST_ADDRESS: Final = 1000
_MOST_PAGES: Final = 500


class LineItems:
    """The columns of one LMS.

    Args:
        ask: `ask(method, address, accept=…, body=…, content_type=…)` gives a successful answer or raises.
    """

    def __init__(self, ask: Callable[..., requests.Response]) -> None:
        self._ask = ask

    def find(self, wanted: WantedLineItem) -> FoundLineItem | None:
        """The column of this link: ours for this purpose, else the LMS's own for the activity.

        An LMS may drop the filter, so what comes is filtered here again.
        """
        listed = self._list(with_query(wanted.container_url, resource_link_id=wanted.resource_link_id))
        of_link = [
            one
            for one in listed
            if str(one.get("resourceLinkId") or "") == wanted.resource_link_id and _is_address(one.get("id"))
        ]
        best = min(of_link, key=lambda one: _rank(one, wanted), default=None)
        if best is None or not is_same_server(best["id"], wanted.container_url):
            return None
        return FoundLineItem(best["id"], is_ours=best.get("tag") == OUR_TAG)

    def create(self, wanted: WantedLineItem) -> str:
        """A new column; its address."""
        column = {
            "label": wanted.label,
            "scoreMaximum": wanted.score_maximum,
            "resourceId": wanted.purpose,
            "tag": OUR_TAG,
            "resourceLinkId": wanted.resource_link_id,
        }
        made = self._send("POST", wanted.container_url, column)
        address = made.get("id")
        if not _is_address(address) or not is_same_server(str(address), wanted.container_url):
            raise ScoreNotDelivered("The LMS made a column and did not say where it is.")
        return str(address)

    def rename(self, line_item_url: str, label: str) -> None:
        """Changes the heading of a column that this tool made; everything else goes back as it came."""
        column = _read_object(self._ask("GET", line_item_url, accept=LINE_ITEM_TYPE).content)
        if column.get("tag") != OUR_TAG:
            raise ScoreRefused("The column was not made by this tool, so its heading is not ours to change.")
        if column.get("label") != label:
            self._send("PUT", line_item_url, column | {"label": label})

    def _list(self, address: str) -> list[dict[str, Any]]:
        """All columns of a container, page after page."""
        columns: list[dict[str, Any]] = []
        page, seen = address, {address}
        for _ in range(_MOST_PAGES):
            answer = self._ask("GET", page, accept=LINE_ITEMS_TYPE)
            columns += _read_list(answer.content)
            page = find_link(answer.headers.get("Link", ""), "next", base=page)
            if not page:
                return columns
            if page in seen or not is_same_server(page, address):
                break
            seen.add(page)
        raise ScoreNotDelivered("The pages of the gradebook's columns lead in a circle or elsewhere.")

    def _send(self, method: str, address: str, column: dict[str, Any]) -> dict[str, Any]:
        answer = self._ask(
            method,
            address,
            accept=LINE_ITEM_TYPE,
            body=json.dumps(column, ensure_ascii=False).encode(),
            content_type=LINE_ITEM_TYPE,
        )
        return _read_object(answer.content) if method == "POST" else {}


def with_query(address: str, **asked: str) -> str:
    """An address with more in its query; what is there stays."""
    parts = urlsplit(address)
    query = parse_qsl(parts.query, keep_blank_values=True) + list(asked.items())
    return urlunsplit(parts._replace(query=urlencode(query)))


def _rank(column: dict[str, Any], wanted: WantedLineItem) -> int:
    """0: made by us for this; then the LMS's own for this content; its own; another tool's purpose."""
    is_ours, resource_id = column.get("tag") == OUR_TAG, str(column.get("resourceId") or "")
    if resource_id == wanted.purpose:
        return 0 if is_ours else 1
    return 3 if is_ours or resource_id else 2


def _is_address(value: Any) -> bool:
    if not isinstance(value, str) or len(value) > LONGEST_ADDRESS:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _read_list(content: bytes) -> list[dict[str, Any]]:
    listed = _read(content)
    if not isinstance(listed, list):
        raise ScoreNotDelivered("The gradebook's columns are not a list.")
    return [one for one in listed if isinstance(one, dict)]


def _read_object(content: bytes) -> dict[str, Any]:
    column = _read(content)
    if not isinstance(column, dict):
        raise ScoreNotDelivered("The gradebook's column cannot be read.")
    return column


def _read(content: bytes) -> Any:
    try:
        return json.loads(content)
    except (ValueError, RecursionError) as malformed:
        raise ScoreNotDelivered("The gradebook did not answer with JSON.") from malformed
