"""What every service does the same way: the token, the media type, pages of a list, the answer."""

from collections.abc import Sequence
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Response, jsonify, request

from lti_tool.practice_lms.access_tokens import tool_of_token
from lti_tool.practice_lms.database_file import work
from lti_tool.practice_lms.errors import ServiceRefused
from lti_tool.practice_lms.running import running_lms

_Row = TypeVar("_Row")


def asking_tool(*scopes: str) -> int:
    """The id of the tool that asks, when its token holds one of the scopes.

    Raises:
        ServiceRefused: it does not, or there is no living token.
    """
    running = running_lms()
    with work(running.engine) as connection:
        return tool_of_token(
            connection,
            request.headers.get("Authorization", ""),
            scopes=scopes,
            missing_scope_status=running.profile.missing_scope_status,
            now=running.clock(),
        )


def require_accept(media_type: str, *, any_will_do: bool = False) -> None:
    """Exactly one media type, as the strictest LMS observed wants it.

    Raises:
        ServiceRefused: another, a list, or `*/*` where that will not do.
    """
    profile = running_lms().profile
    accepted = request.headers.get("Accept", "")
    if accepted == media_type or (any_will_do and profile.any_type_for_single and accepted == "*/*"):
        return
    raise ServiceRefused(profile.wrong_media_type_status or 406, f"Accept must be {media_type}.")


def require_content(media_type: str) -> Any:
    """The JSON that was sent, or nothing when it is none; a charset after the media type is fine.

    Raises:
        ServiceRefused: another media type.
    """
    if request.mimetype != media_type:
        status = running_lms().profile.wrong_media_type_status or 415
        raise ServiceRefused(status, f"The media type must be {media_type}.")
    return request.get_json(force=True, silent=True)


def answer_json(body: Any, media_type: str, *, status: int = 200) -> Response:
    """JSON under the standard's own media type."""
    answer = jsonify(body)
    answer.status_code = status
    answer.headers["Content-Type"] = media_type
    return answer


def cut_page(rows: Sequence[_Row]) -> tuple[list[_Row], str | None]:
    """The page of `rows` that was asked for with `from` and `limit`, and the address of the next one."""
    start, size = _number("from"), _page_size()
    if not size or start + size >= len(rows):
        return list(rows[start:]), None
    asked = request.args.to_dict() | {"from": str(start + size), "limit": str(size)}
    running = running_lms()
    if running.profile.next_page_drops_filters:
        asked.pop("role", None)
    return list(rows[start : start + size]), f"{running.issuer}{request.path}?{urlencode(asked)}"


def _page_size() -> int:
    asked, longest = _number("limit"), running_lms().profile.page_size
    return min(asked, longest) if asked and longest else asked or longest


def _number(name: str) -> int:
    text = request.args.get(name, "0")
    if not (text.isascii() and text.isdigit()):
        raise ServiceRefused(400, f"{name} must be a number of rows.")
    return int(text)


def link_next(answer: Response, next_url: str | None, *, broken: bool = False) -> Response:
    """The answer, naming the next page (RFC 8288); `broken` writes it as one product does for line items."""
    if next_url and broken:
        # Header fields are Latin-1 on this side: the bytes are those of the curly quotes in UTF-8.
        rel = "rel=“next”".encode().decode("latin-1")
        answer.headers["Link"] = f"<{next_url.replace('&', '&amp;')}>; {rel}"
    elif next_url:
        answer.headers["Link"] = f'<{next_url}>; rel="next"'
    return answer
