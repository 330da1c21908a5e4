"""The room of the second host: files of courses, the one-time address, the record store of running units.

Nothing here knows a cookie. What opens is what a launch gave out: a capability in the path for files, a
token in the Authorization header for records.
"""

import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec
from flask import Blueprint, Response, make_response, render_template, request, send_from_directory
from flask_babel import gettext as _
from werkzeug.exceptions import NotFound, RequestedRangeNotSatisfiable

from content_packages.active.errors import TrackingUnreadable
from content_packages.active.files import PackageBlobs
from content_packages.active.models import ActiveFile
from content_packages.active.playing import scripts_of
from content_packages.active.scorm_recording import find_played, record_commit
from content_packages.active.scorm_tracking import MOST_BYTES, read_commit
from content_packages.active.sessions import fetch_token, find_opened, open_file
from content_packages.active.settings import ActiveSettings
from content_packages.active.xapi_door import answer_unit
from xapi_bridge.http.answers import json_answer
from xapi_bridge.http.request import read_request
from xapi_bridge.http.versions import HEADER, version_of_answer
from xapi_bridge.running_app import borrow, now, reading, section, transaction

blueprint = Blueprint("content_host", __name__, template_folder="templates")

#: What pages of courses may load and do; measured with courses of others. `frame-ancestors` is added.
_POLICY: Final = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self'; form-action 'none'; object-src 'none'; "
    "base-uri 'self'"
)
#: Of the page that plays a SCO: nothing but our own files and the content in its frame. (H5P draws into the
#: page itself, so there the page may do what content may.)
_OWN_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-src 'self'; "
    "base-uri 'none'; form-action 'none'"
)
_OWN_FILES: Final = Path(__file__).parent / "static"
_NO_DEVICES: Final = "camera=(), microphone=(), geolocation=(), payment=(), usb=(), display-capture=()"
_TOKEN_BYTES: Final = 24
#: How long a browser may keep a file of a course.
_KEPT_SECONDS: Final = 300

#: Content may lie on a server of its publisher, so any page may ask; it needs the token of its launch.
_CORS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD, PUT, POST, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type, Content-Length, If-Match, "
    f"If-None-Match, {HEADER}",
    "Access-Control-Expose-Headers": f"ETag, Last-Modified, Content-Length, {HEADER}",
    "Access-Control-Max-Age": "86400",
}
_METHODS: Final = ("GET", "PUT", "POST", "DELETE")


@blueprint.get("/c/<capability>/")
@blueprint.get("/c/<capability>/<path:path>")
def send_file(capability: str, path: str = "") -> Response:
    """One file of a course, or a part of it (RFC 9110, 14)."""
    with reading() as session:
        opened = open_file(session, capability, path, now=now())
    response = _file_answer(opened.file)
    response.headers["Content-Security-Policy"] = (
        f"{_POLICY}; frame-ancestors {_ancestors(opened.frame_origin)}"
    )
    response.headers["Permissions-Policy"] = _NO_DEVICES
    return response


@blueprint.post("/fetch/<secret>")
def fetch(secret: str) -> Response:
    """The token of a session, once; afterwards a refusal, also with 200 (cmi5 8.2)."""
    with transaction() as session:
        token = fetch_token(session, secret, new_token=secrets.token_urlsafe(_TOKEN_BYTES), now=now())
    if token is None:
        told = {"error-code": "1", "error-text": "The token was already given, or the session is over."}
        return _with_cors(json_answer(msgspec.json.encode(told)))
    return _with_cors(json_answer(msgspec.json.encode({"auth-token": token})))


@blueprint.route("/xapi/<uuid:session_id>/<path:resource>", methods=_METHODS)
def ask_store(session_id: UUID, resource: str) -> Response:
    """The record store of one running unit."""
    return answer_unit(read_request(request, resource=f"/{resource.strip('/')}"), session_id)


@blueprint.get("/choi/<capability>/")
def play(capability: str) -> Response:
    """The page that plays a SCO or H5P content: it holds the API that the content looks for."""
    settings = section(ActiveSettings)
    with transaction() as session:
        played = find_played(session, capability, iri_base=settings.iri_base, now=now())
        opened, _package = find_opened(session, capability, now=now())
        session_id, frame_origin = opened.id, opened.frame_origin
    launch = {
        "kind": played.kind,
        "session": str(session_id),
        "url": f"/c/{capability}/{played.url}",
        "folder": f"/c/{capability}",
        "commitUrl": f"/choi/{capability}/luu",
        "farewell": f"{settings.tool_origin}/goi/ket-thuc",
        "elements": dict(played.elements),
        "commitNumber": played.commit_number,
        "isOver": played.is_over,
        "words": {
            "saved": _("Đã lưu"),
            "waiting": _("Chưa gửi được, đang thử lại. Đừng đóng trang này."),
            "over": _("Lượt mở này đã kết thúc. Mở lại bài từ danh sách."),
        },
    }
    scripts = scripts_of(played.kind)
    page = render_template("imported_host/play.html", played=played, launch=launch, scripts=scripts)
    response = make_response(page)
    policy = _POLICY if played.kind == "h5p" else _OWN_POLICY
    response.headers["Content-Security-Policy"] = f"{policy}; frame-ancestors {_ancestors(frame_origin)}"
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/choi/<capability>/luu")
def save(capability: str) -> Response:
    """A commit of a SCO."""
    body = request.get_data(cache=False)
    if len(body) > MOST_BYTES:
        raise TrackingUnreadable(f"A commit has {MOST_BYTES} bytes at most.")
    commit = read_commit(body)
    with transaction() as session:
        record_commit(session, capability, commit, iri_base=section(ActiveSettings).iri_base, now=now())
    return Response(status=204)


@blueprint.get("/trinh-phat/<player>/<path:name>")
def send_player(player: str, name: str) -> Response:
    """A file of a player: ours, or one that the operator installed."""
    if player not in {"cchc", "scorm-again", "h5p"}:
        raise NotFound
    folder = _OWN_FILES if player == "cchc" else section(ActiveSettings).players / player
    return send_from_directory(folder, name, max_age=_KEPT_SECONDS)


@blueprint.after_request
def add_headers(response: Response) -> Response:
    """No answer is guessed at, referred to, or kept by proxies; records are open to scripts of any site."""
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if request.path.startswith(("/xapi/", "/fetch/")):
        _with_cors(response)
        response.headers[HEADER] = version_of_answer(request.headers.get(HEADER))
    return response


def _ancestors(frame_origin: str) -> str:
    """Every page above must be named: the LMS, the tool, and the page of ours that plays."""
    settings = section(ActiveSettings)
    return " ".join(filter(None, ("'self'", settings.content_origin, settings.tool_origin, frame_origin)))


def _with_cors(response: Response) -> Response:
    response.headers.update(_CORS)
    response.headers["Cache-Control"] = "no-store"
    return response


def _file_answer(file: ActiveFile) -> Response:
    etag = f'"{file.sha256}"'
    if file.sha256 in request.if_none_match:
        return _with_file_headers(Response(status=304), file, etag)
    start, end = _asked_range(file, etag)
    length = end - start
    blobs = borrow(PackageBlobs)  # type: ignore[type-abstract]
    body = () if request.method == "HEAD" else _part(blobs, file.sha256, start, length)
    response = Response(body, status=206 if length < file.size else 200)
    response.headers["Content-Length"] = str(length)
    if length < file.size:
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{file.size}"
    return _with_file_headers(response, file, etag)


def _with_file_headers(response: Response, file: ActiveFile, etag: str) -> Response:
    # Without a charset: old packages say theirs in the file, and it is not always UTF-8.
    response.headers["Content-Type"] = file.media_type
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = f"private, max-age={_KEPT_SECONDS}"
    if file.as_download:
        response.headers["Content-Disposition"] = "attachment"
    return response


def _asked_range(file: ActiveFile, etag: str) -> tuple[int, int]:
    """Start and end of the one part that is asked for; the whole where none, several or an old one is."""
    asked = request.range
    if asked is None or asked.units != "bytes" or len(asked.ranges) != 1:
        return 0, file.size
    condition = request.headers.get("If-Range")
    if condition is not None and condition != etag:
        return 0, file.size
    found = asked.range_for_length(file.size)
    if found is None or found[1] is None:
        raise RequestedRangeNotSatisfiable(file.size)
    return found[0], found[1]


def _part(blobs: PackageBlobs, sha256: str, start: int, length: int) -> Iterator[bytes]:
    left = length
    if not left:
        return
    for chunk in blobs.read(sha256, start=start):
        yield chunk[:left]
        left -= min(len(chunk), left)
        if not left:
            return
