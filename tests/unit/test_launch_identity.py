"""Pseudonyms, registrations and frames: what follows from a launch without asking anyone."""

from datetime import UTC, datetime

import pytest

from lti_tool.launch.claims import read_launch_claims
from lti_tool.launch.enrolment import registration_of
from lti_tool.launch.identity import account_from_subject
from lti_tool.launch.open_content import framing_origins
from lti_tool.platforms.register import Platform
from tests.factories.lti import FakePlatform, make_claims

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_platform(**changes):
    fields = {
        "id": 1,
        "issuer": "https://lms.example.test",
        "client_id": "c",
        "authorization_url": "https://lms.example.test/auth",
        "token_url": "https://lms.example.test/token",
        "token_audience": "https://lms.example.test/token",
        "key_set_url": "https://lms.example.test/keys",
        "deployment_ids": frozenset({"1"}),
    }
    return Platform(**fields | changes)


def launch_claims(**changes):
    return read_launch_claims(make_claims(FakePlatform(), nonce="n", now=NOW, **changes))


def test_a_pseudonym_depends_on_person_platform_and_secret_and_on_nothing_else():
    account = account_from_subject("https://a.test", "5", secret="s")

    assert account == account_from_subject("https://a.test", "5", secret="s")
    assert account.name not in {
        account_from_subject("https://a.test", "6", secret="s").name,
        account_from_subject("https://b.test", "5", secret="s").name,
        account_from_subject("https://a.test", "5", secret="t").name,
    }


def test_a_pseudonym_does_not_show_the_lms_users_number():
    assert "123456" not in account_from_subject("https://a.test", "123456", secret="s").name


@pytest.mark.parametrize(
    "changes", [{"sub": "6"}, {"resource_link": {"id": "8"}}, {"iss": "https://other.example.test"}]
)
def test_another_person_link_or_platform_is_another_registration(changes):
    one = registration_of(launch_claims(), package_id="p", version="1.2.3")

    assert one != registration_of(launch_claims(**changes), package_id="p", version="1.2.3")


def test_only_a_new_major_version_is_another_registration():
    versions = ["1.2.3", "1.9.0", "2.0.0"]

    first, minor, major = (
        registration_of(launch_claims(), package_id="p", version=version) for version in versions
    )

    assert first == minor
    assert first != major


def test_each_round_of_a_periodic_test_is_another_registration():
    registrations = {
        registration_of(launch_claims(), package_id="p", version="1.0.0", window=window)
        for window in ("", "1", "2")
    }

    assert len(registrations) == 3


def test_the_lms_frames_us_from_its_issuer_its_sign_in_and_its_courses():
    platform = make_platform(
        issuer="https://cloud.example.test", authorization_url="https://sso.example.test/a"
    )

    origins = framing_origins(platform, "https://school.example.test:8443/course?id=2")

    assert origins == "https://cloud.example.test https://sso.example.test https://school.example.test:8443"


@pytest.mark.parametrize("address", ["https://a.test; script-src *", "https://a b.test/", "https://*/", None])
def test_an_address_cannot_add_to_the_policy(address):
    assert framing_origins(make_platform(), address) == "https://lms.example.test"
