"""Who may frame us, what a page may load, what leaks in a referrer."""

from flask import Flask, Response

from lti_tool.settings import Settings

#: No inline script or style anywhere: pages load files of our own only.
_BASE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; base-uri 'none'; object-src 'none'"
)


def protect(app: Flask, settings: Settings) -> None:
    """Adds the headers to every answer.

    A view that is framed by an LMS names it in X-Frame-Ancestors-Allowed; one that frames a unit of an
    imported course names the unit's origin in X-Frames-Allowed.
    """

    @app.after_request
    def add_headers(response: Response) -> Response:
        ancestors = response.headers.pop("X-Frame-Ancestors-Allowed", "'none'")
        targets = response.headers.pop("X-Form-Targets-Allowed", "")
        frames = response.headers.pop("X-Frames-Allowed", "")
        policy = f"{_BASE_POLICY}; frame-src 'self' {frames}".rstrip()
        policy = f"{policy}; form-action 'self' {targets}".rstrip()
        response.headers.setdefault("Content-Security-Policy", f"{policy}; frame-ancestors {ancestors}")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("Referrer-Policy", "same-origin")
        if settings.environment == "production":
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        return response


def allow_framing_by(response: Response, origin: str) -> Response:
    """Lets the LMS at `origin` show this answer in an iframe."""
    response.headers["X-Frame-Ancestors-Allowed"] = origin
    return response


def allow_posting_to(response: Response, origins: str) -> Response:
    """Lets the form of this answer go to another site: an answer that the browser carries back to the LMS."""
    response.headers["X-Form-Targets-Allowed"] = origins
    return response
