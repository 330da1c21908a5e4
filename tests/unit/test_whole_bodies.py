"""A body is whole only with all of its bytes, also when the server says that its input ends where it ends."""

from io import BytesIO

import pytest
from flask import Flask, request
from werkzeug.test import EnvironBuilder, run_wsgi_app

from lti_tool.whole_bodies import insist_on_whole_bodies

FORM = "application/x-www-form-urlencoded"
BOUNDARY = "b0"
UPLOAD = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="answer"\r\n\r\nmot\r\n--{BOUNDARY}--\r\n'.encode()
)


@pytest.fixture
def app():
    made = Flask("whole")

    @made.post("/form")
    def form():
        return request.form["answer"]

    @made.post("/raw")
    def raw():
        return request.get_data()

    @made.post("/stream")
    def stream():
        return b"".join(iter(lambda: request.stream.read(4), b""))

    insist_on_whole_bodies(made)
    return made


def send(app, path, body, *, media_type="text/plain", announced=None):
    """As gunicorn hands a request over: what came is the whole input."""
    environ = EnvironBuilder(path=path, method="POST").get_environ() | {
        "CONTENT_TYPE": media_type,
        "wsgi.input": BytesIO(body),
        "wsgi.input_terminated": True,
        "CONTENT_LENGTH": "" if announced is None else str(announced),
    }
    pieces, status, _headers = run_wsgi_app(app, environ)
    return int(status.split()[0]), b"".join(pieces)


CASES = [
    ("/form", b"answer=mot", FORM, b"mot"),
    ("/form", UPLOAD, f"multipart/form-data; boundary={BOUNDARY}", b"mot"),
    ("/raw", b"trang 7", "text/plain", b"trang 7"),
    ("/stream", b"trang 7", "text/plain", b"trang 7"),
]


@pytest.mark.parametrize(("path", "body", "media_type", "read"), CASES)
def test_a_whole_body_is_read(app, path, body, media_type, read):
    assert send(app, path, body, media_type=media_type, announced=len(body)) == (200, read)


@pytest.mark.parametrize(("path", "body", "media_type"), [case[:3] for case in CASES])
def test_a_body_that_breaks_off_is_refused(app, path, body, media_type):
    assert send(app, path, body[:-2], media_type=media_type, announced=len(body))[0] == 400


@pytest.mark.parametrize(("path", "body", "media_type", "read"), CASES)
def test_a_body_in_chunks_ends_where_the_server_says(app, path, body, media_type, read):
    assert send(app, path, body, media_type=media_type) == (200, read)
