"""The second host: a small application of its own, chosen by the Host header.

It has one room and no session, so no page of the tool can answer there and no cookie can be set; and the
tool's own application never serves a file of an imported course.
"""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, jsonify, make_response, request
from markupsafe import escape
from werkzeug.exceptions import HTTPException

from content_packages.active import host_views
from content_packages.active.settings import ActiveSettings
from content_packages.archive import ArchiveLimits
from lti_tool.database_troubles import trouble_from
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken

_MEGABYTE = 1024 * 1024

Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def active_settings_from(settings: Settings) -> ActiveSettings:
    """The part of the settings that imported courses need."""
    return ActiveSettings(
        secret=settings.secret_key.get_secret_value(),
        iri_base=str(settings.iri_base),
        tool_origin=settings.tool_origin,
        content_origin=settings.content_origin,
        limits=ArchiveLimits(
            files=settings.package_max_files,
            file_bytes=settings.package_max_file_megabytes * _MEGABYTE,
            total_bytes=settings.package_max_unpacked_megabytes * _MEGABYTE,
            ratio=settings.package_max_ratio,
        ),
        upload_bytes=settings.package_max_megabytes * _MEGABYTE,
        session_length=timedelta(hours=settings.launch_session_hours),
        players=(settings.players_dir or settings.data_dir / "players").resolve(),
    )


def part_hosts(app: Flask, settings: Settings) -> None:
    """Sends requests for the second host, where there is one, to an application of its own."""
    host = active_settings_from(settings).content_host
    if not host:
        return
    tool, content = app.wsgi_app, create_content_app(app, settings)

    def by_host(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ.get("HTTP_HOST", "").lower() == host:
            return content(environ, start_response)
        return tool(environ, start_response)

    app.wsgi_app = by_host  # type: ignore[method-assign]


def create_content_app(app: Flask, settings: Settings) -> Flask:
    """The application of the second host, with the parts that the tool was lent."""
    content = Flask("lti_tool.content_host", static_folder=None)
    # The same database, clock and ports, also when they are lent anew.
    content.extensions = app.extensions
    content.config.update(CCHC_SETTINGS=settings, MAX_CONTENT_LENGTH=16 * _MEGABYTE)
    content.url_map.merge_slashes = False
    content.register_blueprint(host_views.blueprint)
    content.register_error_handler(RuleBroken, _explain)
    content.register_error_handler(HTTPException, _explain_http)
    content.register_error_handler(Exception, _break)
    if settings.environment == "production":
        content.after_request(_only_over_tls)
    return content


def _explain(refusal: RuleBroken) -> Response:
    explanation = explanation_of(type(refusal))
    told = {name: value for name in ("rule", "at") if (value := getattr(refusal, name, None)) is not None}
    title = str(explanation.title)
    return _answer(explanation.status, refusal.code, title, str(refusal), str(explanation.next_step), told)


def _explain_http(error: HTTPException) -> Response:
    response = _answer(error.code or 500, f"http_{error.code}", error.name, "", "", {})
    for name, value in error.get_headers():
        if name in {"Allow", "Content-Range"}:
            response.headers[name] = value
    return response


def _break(error: Exception) -> Response:
    trouble = trouble_from(error)
    if trouble is not None:
        return _explain(trouble)
    current_app.logger.error("request_failed", exc_info=error, extra={"path": request.path[:8]})
    return _answer(500, "internal_error", "Hệ thống gặp lỗi", "", "", {})


def _answer(
    status: int, code: str, title: str, detail: str, next_step: str, told: dict[str, Any]
) -> Response:
    """JSON for scripts; for people a page without anything that runs."""
    is_page = request.headers.get("Sec-Fetch-Dest") in {"document", "iframe", "frame"}
    if not is_page:
        body = {"code": code, "title": title, "detail": detail, "next_step": next_step, **told}
        return make_response(jsonify(body), status)
    page = (
        f"<!doctype html><html lang=vi><meta charset=utf-8><title>{escape(title)}</title>"
        f"<p>{escape(title)}. {escape(next_step)}</p><p><small>{escape(code)}: {escape(detail)}</small></p>"
    )
    response = make_response(page, status)
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    return response


def _only_over_tls(response: Response) -> Response:
    response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
