"""Registrations: entered by code or by command, found by what a message says."""

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from lti_tool.cli import cli
from lti_tool.platforms.errors import PlatformAmbiguous, PlatformFieldRefused, PlatformUnknown
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import (
    find_platform,
    find_platform_by_id,
    list_deployments,
    list_registrations,
    register_platform,
)

FIELDS = {
    "issuer": "https://lms.example.test",
    "client_id": "client-1",
    "deployment_id": "1",
    "authorization_url": "https://lms.example.test/auth",
    "token_url": "https://lms.example.test/token",
    "key_set_url": "https://lms.example.test/keys",
    "name": "LMS thử",
}


def register(session, clock, **changes):
    return register_platform(session, **FIELDS | changes, now=clock())


def test_the_same_issuer_and_client_id_are_one_registration(session, clock):
    first = register(session, clock)
    second = register(session, clock, token_url="https://lms.example.test/new-token", deployment_id="2")

    assert first.id == second.id
    assert [row.token_url for row in list_registrations(session)] == ["https://lms.example.test/new-token"]
    assert list_deployments(session, first.id) == ["1", "2"]


def test_registering_again_makes_an_inactive_registration_active(session, clock):
    register(session, clock).active = False

    register(session, clock)

    assert find_platform(session, issuer=FIELDS["issuer"], client_id="client-1").deployment_ids == {"1"}


def test_the_audience_of_assertions_is_the_token_address_unless_the_lms_named_another(session, clock):
    register(session, clock)
    register(session, clock, client_id="client-2", token_audience="https://lms.example.test/")

    audiences = [
        find_platform(session, issuer=FIELDS["issuer"], client_id=client).token_audience
        for client in ("client-1", "client-2")
    ]

    assert audiences == ["https://lms.example.test/token", "https://lms.example.test/"]


def test_a_platform_is_found_without_client_id_only_if_it_is_the_only_one(session, clock):
    register(session, clock)
    assert find_platform(session, issuer=FIELDS["issuer"], client_id=None).client_id == "client-1"

    register(session, clock, client_id="client-2")

    with pytest.raises(PlatformAmbiguous):
        find_platform(session, issuer=FIELDS["issuer"], client_id=None)


def test_an_unknown_or_inactive_platform_is_refused(session, clock):
    row = register(session, clock)
    row.active = False
    session.flush()

    for search in (
        lambda: find_platform(session, issuer=FIELDS["issuer"], client_id="client-1"),
        lambda: find_platform(session, issuer="https://lms.example.test/", client_id="client-1"),
        lambda: find_platform_by_id(session, row.id),
        lambda: find_platform_by_id(session, 999),
    ):
        with pytest.raises(PlatformUnknown):
            search()


@pytest.mark.parametrize(
    "changes",
    [
        {"issuer": ""},
        {"issuer": "lms.example.test"},
        {"client_id": ""},
        {"client_id": "x" * 256},
        {"client_id": "a\nb"},
        {"deployment_id": ""},
        {"authorization_url": "javascript:alert(1)"},
        {"token_url": "/token"},
        {"key_set_url": "https://"},
    ],
)
def test_a_registration_that_cannot_work_is_refused(session, clock, changes):
    with pytest.raises(PlatformFieldRefused):
        register(session, clock, **changes)

    assert session.scalars(select(PlatformRegistration)).all() == []


def run(database_url, *arguments):
    environment = {"CCHC_DATABASE_URL": database_url, "CCHC_TOOL_URL": "https://tool.example.test"}
    return CliRunner().invoke(cli, ["platforms", *arguments], env=environment)


def test_the_commands_enter_list_and_show_a_platform(database_url, engine):
    options = [text for name, value in FIELDS.items() for text in (f"--{name.replace('_', '-')}", value)]

    added = run(database_url, "add", *options)
    listed = run(database_url, "list")
    shown = run(database_url, "show", "1")

    assert (added.exit_code, listed.exit_code, shown.exit_code) == (0, 0, 0), added.output
    assert "LMS thử\thttps://lms.example.test\tclient-1" in listed.output
    for address in (
        "Tool URL: https://tool.example.test/lti/launch",
        "Public keyset: https://tool.example.test/lti/jwks.json",
        "Initiate login URL: https://tool.example.test/lti/login",
        "Redirection URI(s): https://tool.example.test/lti/launch",
        "Deployment ID: 1",
    ):
        assert address in shown.output


def test_showing_an_unknown_platform_is_refused(database_url, engine):
    assert isinstance(run(database_url, "show", "9").exception, PlatformUnknown)
