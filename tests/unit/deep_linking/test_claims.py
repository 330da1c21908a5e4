"""The claims of a deep linking request, as Moodle sends them and as nobody should."""

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.deep_linking.claims import SETTINGS, is_web_address, read_deep_linking_request, read_settings
from lti_tool.launch.claims import LTI
from lti_tool.launch.errors import ClaimMalformed, ClaimMissing, ClaimRefused

RETURN_URL = "http://localhost:8080/mod/lti/contentitem_return.php?course=2&id=1&sesskey=khoa"


def make_settings(**changes: Any) -> dict[str, Any]:
    sent = {
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["frame", "iframe", "window"],
        "accept_multiple": True,
        "deep_link_return_url": RETURN_URL,
    } | changes
    return {SETTINGS: {name: value for name, value in sent.items() if value is not None}}


def make_request(**changes: Any) -> dict[str, Any]:
    return {
        "iss": "https://lms.example.test",
        "sub": "3",
        LTI + "deployment_id": "1",
        LTI + "target_link_uri": "https://tool.example.test/lti/launch",
        LTI + "roles": ["Instructor"],
        LTI + "context": {"id": "2", "title": "Khóa thử"},
        LTI + "launch_presentation": {"locale": "vi"},
        **make_settings(),
    } | changes


def test_an_ordinary_request_is_read():
    request = read_deep_linking_request(make_request())

    assert (request.subject, request.deployment_id, request.roles) == ("3", "1", ("Instructor",))
    assert request.course is not None
    assert request.course.title == "Khóa thử"
    assert request.settings.return_url == RETURN_URL
    assert request.settings.accept_multiple
    assert request.settings.accept_lineitem is None
    assert request.settings.data is None


def test_a_request_from_outside_a_course_is_read():
    assert read_deep_linking_request(make_request(**{LTI + "context": None})).course is None


@pytest.mark.parametrize(
    ("sent", "read"), [(None, False), (True, True), (False, False), ("true", True), ("False", False)]
)
def test_accept_multiple_is_off_unless_the_platform_says_so(sent, read):
    assert read_settings(make_settings(accept_multiple=sent)).accept_multiple is read


def test_accept_types_may_come_as_a_text():
    assert read_settings(make_settings(accept_types="link, ltiResourceLink")).accept_types == (
        "link",
        "ltiResourceLink",
    )


@pytest.mark.parametrize(
    "missing", ["iss", "sub", *(LTI + n for n in ("deployment_id", "target_link_uri", "roles"))]
)
def test_a_required_claim_is_missed_by_name(missing):
    with pytest.raises(ClaimMissing) as refused:
        read_deep_linking_request(make_request(**{missing: None}))

    assert missing.rsplit("/", 1)[-1] in str(refused.value)


@pytest.mark.parametrize(
    "changes",
    [
        {SETTINGS: "text"},
        {LTI + "context": []},
        {LTI + "context": {"id": 7}},
        {LTI + "roles": "Instructor"},
        {LTI + "roles": [None]},
        {LTI + "launch_presentation": "x"},
        {LTI + "target_link_uri": 7},
        {"sub": "x" * 256},
    ],
)
def test_a_claim_of_another_type_is_refused(changes):
    with pytest.raises(ClaimMalformed):
        read_deep_linking_request(make_request(**changes))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
NAMES = st.sampled_from(list(make_request()))
SETTING_NAMES = st.sampled_from([*make_settings()[SETTINGS], "data", "accept_lineitem"])


@given(changes=st.dictionaries(NAMES, JSON, max_size=4))
def test_whatever_comes_is_read_or_refused_by_its_rule(changes):
    with suppress(ClaimRefused):
        read_deep_linking_request(make_request(**changes))


@given(
    settings=st.dictionaries(st.sampled_from([*make_settings()[SETTINGS], "data", "accept_lineitem"]), JSON)
)
def test_whatever_settings_come_they_are_read_or_refused_by_their_rule(settings):
    with suppress(ClaimRefused):
        read_settings({SETTINGS: settings})


@given(st.text(max_size=60) | st.from_regex(r"https?://[^/]{0,20}(/.{0,20})?", fullmatch=True))
def test_only_http_addresses_are_web_addresses(text):
    if is_web_address(text):
        assert text.lower().startswith(("http://", "https://"))
        assert "\n" not in text


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://a:99999/", "https://a:0/", "HTTP://", "http:/a", "\thttp://a/"]
)
def test_what_no_browser_goes_to_is_no_web_address(address):
    assert not is_web_address(address)
