"""`cchc credentials …`: a key from the command line opens the xAPI door."""

import re

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli.audit import audit
from lti_tool.cli.credentials import credentials
from lti_tool.settings import Settings, load_settings
from tests.factories.xapi_door import open_door
from xapi_bridge.access_errors import CredentialNotFound
from xapi_bridge.running_app import utc_now


@pytest.fixture
def settings(database_url) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url})


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(credentials, words, obj=settings)


def add_key(settings: Settings, *words: str) -> tuple[str, str]:
    answer = command(settings, "add", "--label", "Vụ Cải cách hành chính", *words)
    assert answer.exit_code == 0, answer.output
    key, secret = (re.search(rf"{word}:\s+(\S+)", answer.output) for word in ("Khóa", "Mật khẩu"))
    return key[1], secret[1]


def test_a_key_from_the_command_line_reads_until_it_is_revoked(settings, database_url):
    auth = add_key(settings)

    with open_door(database_url, clock=utc_now) as door:
        before = door.client.get("/xapi/statements", auth=auth, headers=door.headers)
        revoked = command(settings, "revoke", auth[0])
        after = door.client.get("/xapi/statements", auth=auth, headers=door.headers)

    assert revoked.exit_code == 0
    assert (before.status_code, after.status_code) == (200, 401)
    assert after.get_json()["code"] == "credential_revoked"


def test_the_list_shows_label_scopes_and_state_but_no_secret(settings):
    key, secret = add_key(settings, "--scope", "statements/write", "--days", "30")
    other, _ = add_key(settings)
    command(settings, "revoke", other)

    listed = command(settings, "list").output

    assert key in listed
    assert secret not in listed
    assert "statements/write" in listed
    assert "đang dùng đến" in listed
    assert "đã thu hồi" in listed
    assert "Vụ Cải cách hành chính" in listed


def test_an_empty_list_says_so(settings):
    assert "Chưa có khóa nào" in command(settings, "list").output


@pytest.mark.parametrize("words", [("--scope", "everything"), ("--days", "0")])
def test_a_key_that_cannot_be_is_refused(settings, words):
    assert command(settings, "add", "--label", "x", *words).exit_code == 2


def test_revoking_an_unknown_key_is_refused(settings):
    assert isinstance(command(settings, "revoke", "0123").exception, CredentialNotFound)


def test_a_key_shows_all_its_terms_and_can_get_a_new_secret(settings, database_url):
    words = [
        "--authority",
        "https://lms.example",
        "logstore",
        "--source",
        "moodle-bonoivu",
        "--per-minute",
        "60",
    ]
    key, secret = add_key(settings, *words)

    rotated = command(settings, "rotate", key, "--overlap-days", "0")
    shown = command(settings, "show", key).output

    new_secret = re.search(r"Mật khẩu:\s+(\S+)", rotated.output)[1]
    assert "https://lms.example logstore" in shown
    assert "moodle-bonoivu" in shown
    assert "60" in shown
    assert secret not in shown
    with open_door(database_url, clock=utc_now) as door:
        statuses = [
            door.client.get("/xapi/statements", auth=(key, one), headers=door.headers).status_code
            for one in (secret, new_secret)
        ]
    assert statuses == [401, 200]


def test_what_is_done_at_the_command_line_is_logged(settings):
    key, _ = add_key(settings)
    command(settings, "rotate", key)
    command(settings, "revoke", key)

    logged = CliRunner().invoke(audit, ["actions"], obj=settings).output.splitlines()

    assert [line.split()[2:5] for line in logged] == [
        ["command", "credential_revoked", key],
        ["command", "secret_changed", key],
        ["command", "credential_created", key],
    ]
