"""What an attempt remembers, what of a message may be kept, and which words a code gets."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.app import create_app
from lti_tool.launch.advice import advise, is_advised
from lti_tool.launch.browsers import browser_family, place_of
from lti_tool.launch.errors import LaunchRefused
from lti_tool.launch.flight import ALPHABET, LAUNCH_CHECKS, Flight, make_code, read_code, shown_code
from lti_tool.launch.flight_records import Allowance, guess_product_family
from lti_tool.launch.redaction import LTI, redact_message, short_digest
from lti_tool.platforms import errors as platforms
from lti_tool.settings import load_settings
from tools.write_reference import all_refusals

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def make_flight(**changes) -> Flight:
    return Flight(**{"step": "launch", "started_at": NOW, "begun": 0.0} | changes)


def test_a_code_has_no_letter_that_is_taken_for_another():
    assert not set(ALPHABET) & set("AEIOUYLS0123456789")
    assert all(len(make_code()) == 8 and set(make_code()) <= set(ALPHABET) for _ in range(100))


@pytest.mark.parametrize("typed", ["BCDF-GHJK", "bcdf ghjk", " bcdfghjk.", "BCDFGHJK"])
def test_a_code_is_read_however_it_is_typed(typed):
    assert read_code(typed) == "BCDFGHJK"
    assert shown_code("BCDFGHJK") == "BCDF-GHJK"


def test_checks_before_the_failed_one_were_passed_and_those_after_it_not_reached():
    flight = make_flight()
    flight.begin_check("nonce")
    flight.refuse("nonce_mismatch")

    results = [result for _, result in flight.checks()]
    place = LAUNCH_CHECKS.index("nonce")
    assert results[:place] == ["passed"] * place
    assert results[place:] == ["failed"] + ["not_reached"] * (len(LAUNCH_CHECKS) - place - 1)


def test_a_launch_that_went_well_failed_no_check():
    flight = make_flight()
    flight.begin_check("content")
    flight.end("opened")

    assert {result for _, result in flight.checks()} == {"passed"}


def test_an_attempt_that_nobody_ended_is_broken():
    flight = make_flight()
    flight.begin_check("signature")

    assert flight.outcome == "broken"
    assert dict(flight.checks())["signature"] == "failed"


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)
CLAIM_NAMES = st.sampled_from(
    ["iss", "aud", "azp", "sub", "iat", "exp", "name", "email"]
    + [
        LTI + name
        for name in ("roles", "context", "resource_link", "lis", "custom", "tool_platform", "for_user",
                     "target_link_uri", "launch_presentation", "version", "message_type", "deployment_id")
    ]
)  # fmt: skip


@given(
    header=st.dictionaries(st.text(max_size=5), JSON_VALUES), claims=st.dictionaries(CLAIM_NAMES, JSON_VALUES)
)
def test_whatever_a_message_holds_it_can_be_redacted_and_stays_small(header, claims):
    kept = redact_message(header, claims, secret="s", now=NOW)

    assert len(repr(kept)) < 40_000
    assert "\x00" not in repr(kept)


def test_values_of_custom_parameters_other_than_content_are_not_kept():
    claims = {LTI + "custom": {"content": "goi/m/mot", "unit": "Sở Nội vụ", "x": "$User.id"}}

    kept = redact_message({}, claims, secret="s", now=NOW)

    assert kept["content"] == "goi/m/mot"
    assert kept["custom"] == ["content", "unit", "x"]
    assert kept["custom_unresolved"] == ["x"]
    assert "Sở" not in repr(kept)


def test_a_role_outside_the_vocabulary_is_kept_as_a_digest():
    roles = ["http://purl.imsglobal.org/vocab/lis/v2/membership#Learner", "mailto:a@b.vn", "Instructor"]

    kept = redact_message({}, {LTI + "roles": roles}, secret="s", now=NOW)

    digest = short_digest("mailto:a@b.vn", secret="s")
    assert kept["roles"] == ["membership#Learner", f"other:{digest}", "Instructor"]


def test_a_digest_depends_on_the_secret():
    assert short_digest("5", secret="s") != short_digest("5", secret="t")


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/156.0 Safari/537.36", "chrome"),
        ("Mozilla/5.0 AppleWebKit/537.36 Chrome/156.0 Safari/537.36 Edg/156.0", "edge"),
        ("Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/145.0", "firefox"),
        ("Mozilla/5.0 (Macintosh) AppleWebKit/605.1 Version/19.0 Safari/605.1", "safari"),
        ("Mozilla/5.0 (iPhone) AppleWebKit/605.1 Version/19.0 Mobile/15E Safari/604.1", "safari-mobile"),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/156.0 Mobile Safari/537.36", "chrome-mobile"),
        ("Mozilla/5.0 coc_coc_browser/120 Chrome/114 Safari/537.36", "coccoc"),
        ("curl/8", "other"),
        ("", "other"),
    ],
)
def test_browsers_are_told_apart_by_family(user_agent, family):
    assert browser_family(user_agent) == family


def test_the_browser_says_whether_it_shows_a_frame_or_a_window():
    assert [place_of(sent) for sent in ("iframe", "document", "image", "")] == ["frame", "window", "", ""]


@pytest.mark.parametrize(
    ("issuer", "authorization_url", "family"),
    [
        ("https://lms.vn", "https://lms.vn/mod/lti/auth.php", "moodle"),
        ("https://canvas.instructure.com", "https://sso.canvaslms.com/api/lti/authorize_redirect", "canvas"),
        ("https://lms.vn", "https://lms.vn/auth", ""),
    ],
)
def test_a_product_is_guessed_by_its_addresses(issuer, authorization_url, family):
    assert guess_product_family(issuer, authorization_url) == family


REASONS = sorted(
    {kind.code for kind in all_refusals(LaunchRefused)}
    - {"launch_refused", "login_state_refused", "id_token_refused", "content_choice_refused"}
    | {platforms.PlatformUnknown.code, platforms.KeySetUnavailable.code, platforms.SigningKeyUnknown.code}
)


@pytest.mark.parametrize("code", REASONS)
def test_every_reason_has_a_cause_and_a_screen_for_each_product_in_both_languages(code):
    app = create_app(load_settings({"CCHC_DATABASE_URL": "sqlite://"}))
    assert is_advised(code)

    for family in ("moodle", "canvas", "", "another"):
        with app.test_request_context("/?lang=vi"):
            vietnamese = [str(advise(code, family).cause), str(advise(code, family).screen)]
        with app.test_request_context("/?lang=en"):
            english = [str(advise(code, family).cause), str(advise(code, family).screen)]
        assert all(vietnamese)
        assert all(one != other for one, other in zip(vietnamese, english, strict=True))


def test_what_strangers_do_in_a_minute_is_counted_anew_in_the_next():
    allowance = Allowance(2)

    assert [allowance.take(now) for now in (100.0, 101.0, 102.0, 161.0)] == [True, True, False, True]
