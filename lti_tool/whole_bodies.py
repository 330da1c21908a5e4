"""A request whose body ends early is refused, so that half a document or half an answer is never kept.

gunicorn calls what came before the line broke the whole body (`wsgi.input_terminated`), and Werkzeug believes
it. A body with a Content-Length is whole only with all of its bytes (RFC 9112, section 8).
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

_Wsgi = Callable[[dict[str, Any], Any], Iterable[bytes]]


def insist_on_whole_bodies(app: Flask) -> None:
    """Makes reading a body that is shorter than its Content-Length end in a 400."""
    answer: _Wsgi = app.wsgi_app

    def counting(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Without the server's promise Werkzeug counts itself, and raises ClientDisconnected. In chunks
        # there is nothing to count; there the server notices.
        if environ.get("CONTENT_LENGTH"):
            environ.pop("wsgi.input_terminated", None)
        return answer(environ, start_response)

    app.wsgi_app = counting  # type: ignore[method-assign]
