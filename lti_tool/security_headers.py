"""Who may frame us, what a page may load, what leaks in a referrer."""

from flask import Flask, Response

from lti_tool.settings import Settings

#: No inline script or style anywhere: pages load files of our own only.
_BASE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; form-action 'self'; base-uri 'none'; object-src 'none'"
)


def protect(app: Flask, settings: Settings) -> None:
    """Adds the headers to every answer; a view that is framed by an LMS names it in `frame_ancestors`."""

    @app.after_request
    def add_headers(response: Response) -> Response:
        ancestors = response.headers.pop("X-Frame-Ancestors-Allowed", "'none'")
        response.headers.setdefault("Content-Security-Policy", f"{_BASE_POLICY}; frame-ancestors {ancestors}")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if settings.environment == "production":
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def allow_framing_by(response: Response, origin: str) -> Response:
    """Lets the LMS at `origin` show this answer in an iframe."""
    response.headers["X-Frame-Ancestors-Allowed"] = origin
    return response
