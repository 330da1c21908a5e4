"""No name, token or e-mail address reaches a log."""

import json
import logging

import pytest
import structlog

from content_packages.player.ticket import seal_ticket
from lti_tool.logs import REDACTED, configure_logs, redact
from tests.factories.content import make_ticket

PRIVATE_FIELDS = (
    "name full_name given_name email phone staff_code "
    "id_token access_token client_secret authorization cookie ticket login_hint"
)


@pytest.fixture(autouse=True)
def logs_of_other_tests():
    """The root logger belongs to the whole run: it gets its level and its handlers back."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)
    yield
    root.setLevel(level)
    root.handlers[:] = handlers


@pytest.mark.parametrize("field", PRIVATE_FIELDS.split())
def test_a_private_field_is_redacted(field):
    assert redact(None, "info", {field: "something private"})[field] == REDACTED


@pytest.mark.parametrize(
    "text",
    [
        "sent to hv-binh@example.test today",
        "Bearer abcdefghijklmnop",
        "Basic dXNlcjpwYXNzd29yZA==",
        "token eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiI1In0.c2lnbmF0dXJl",
    ],
)
def test_private_text_inside_a_value_is_redacted(text):
    cleaned = redact(None, "info", {"event": "request_failed", "detail": text})["detail"]

    assert REDACTED in cleaned
    assert not {"hv-binh@example.test", "abcdefghijklmnop", "dXNlcjpwYXNzd29yZA==", "eyJ"} & set(
        cleaned.split()
    )


def test_the_address_of_a_teachers_choice_is_redacted():
    line = f"GET /chon/{'0f' * 16}/cai-dat https://t/chon/{'0f' * 16}/ HTTP/1.1"

    cleaned = redact(None, "info", {"event": line})["event"]

    assert cleaned == f"GET /chon/{REDACTED}/cai-dat https://t/chon/{REDACTED}/ HTTP/1.1"


def test_the_hints_of_a_login_by_get_are_redacted():
    line = "GET /lti/login?iss=https://lms.vn&login_hint=hoc-vien-17&lti_message_hint=%7B17%7D HTTP/1.1"

    cleaned = redact(None, "info", {"event": line})["event"]

    assert (
        cleaned
        == f"GET /lti/login?iss=https://lms.vn&login_hint={REDACTED}&lti_message_hint={REDACTED} HTTP/1.1"
    )


def test_the_invitation_and_the_token_of_a_registration_are_redacted():
    line = (
        "GET /lti/register/Zk3vXw-geheim_geheim_geheim_geheim?"
        "openid_configuration=https://lms.example.test/c&registration_token=opaque-geheim HTTP/1.1"
    )

    kept = redact(None, "info", {"line": line})["line"]

    assert "geheim" not in kept
    assert "openid_configuration=https://lms.example.test/c" in kept


def test_private_fields_are_found_inside_structures():
    cleaned = redact(None, "info", {"claims": {"email": "a@b.vn", "sub": "5"}, "rows": [{"name": "Lê"}]})

    assert cleaned == {"claims": {"email": REDACTED, "sub": "5"}, "rows": [{"name": REDACTED}]}


def test_ids_are_kept():
    event = {"event": "statement_stored", "statement_id": "8c9…", "registration_id": 3, "verb": "completed"}

    assert redact(None, "info", dict(event)) == event


def test_a_line_is_json_and_a_library_is_redacted_too(capsys):
    configure_logs(level="info", log_format="json")

    structlog.get_logger("cchc").info("launch_opened", registration_id=3, email="a@b.vn")
    logging.getLogger("some.library").warning("cannot reach %s", "hv-binh@example.test")

    ours, theirs = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert (ours["event"], ours["registration_id"], ours["email"]) == ("launch_opened", 3, REDACTED)
    assert theirs["event"] == f"cannot reach {REDACTED}"


@pytest.fixture
def gunicorn_logger():
    """A logger as gunicorn leaves it to its workers: with a handler of its own, passing nothing on."""
    logger = logging.getLogger("gunicorn.access")
    logger.addHandler(logging.StreamHandler())
    logger.propagate = False
    logger.setLevel("INFO")
    return logger


def test_the_web_server_logs_as_json_and_without_the_ticket_of_a_learner(gunicorn_logger, capsys):
    ticket = seal_ticket(make_ticket(), secret="s")
    configure_logs(level="info", log_format="json")

    gunicorn_logger.info("%(r)s %(f)s", {"r": f"GET /hoc/{ticket}/m/a", "f": f"https://t/hoc/{ticket}/"})

    (line,) = capsys.readouterr().err.splitlines()
    assert json.loads(line)["event"] == f"GET /hoc/{REDACTED}/m/a https://t/hoc/{REDACTED}/"


@pytest.mark.parametrize(("level", "lines"), [("info", 0), ("debug", 1)])
def test_what_libraries_tell_of_every_round_is_for_debugging_only(level, lines, capsys):
    configure_logs(level=level, log_format="json")

    logging.getLogger("celery.app.trace").info("Task cchc.follow_rollups succeeded in 0.003s: 0")

    assert len(capsys.readouterr().err.splitlines()) == lines
