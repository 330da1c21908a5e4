"""The claims of a launch: types, sizes, and what counts as absent."""

from datetime import UTC, datetime

import pytest

from lti_tool.identity.rules import STAFF_CODE_RULES, read_identity
from lti_tool.launch.claims import Course, read_audience, read_launch_claims, read_times
from lti_tool.launch.errors import ClaimMalformed, ClaimMissing
from tests.factories.lti import AGS, AGS_SCOPE, LTI, FakePlatform, make_ags, make_claims

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)


def claims_with(**changes):
    return make_claims(FakePlatform(), nonce="n", now=NOW, **changes)


def test_a_learners_launch_is_read_whole():
    claims = read_launch_claims(claims_with(ags=make_ags()))

    assert claims.subject == "5"
    assert claims.course == Course(id="2", title="Khóa thử")
    assert claims.resource_link_id == "7"
    assert claims.identity_values["lis.person_sourcedid"] == "CB-99001"
    assert claims.full_name == "Trần Thị Thử"
    assert claims.line_item_url == "https://lms.example.test/items/3/lineitem?type_id=2"


def test_a_variable_that_the_lms_did_not_know_is_absent():
    claims = read_launch_claims(
        claims_with(custom={"content": "goi-thu", "unit": "$User.profile.donvi", "n": None})
    )

    assert claims.custom == {"content": "goi-thu"}


@pytest.mark.parametrize(
    ("lis", "custom", "expected"),
    [
        ({"person_sourcedid": "CB-1"}, {}, "CB-1"),
        ({"person_sourcedid": ""}, {"staff_code": "CB-2"}, "CB-2"),
        (None, {"staff_code": "CB-3"}, "CB-3"),
        ({"person_sourcedid": "$Person.sourcedId"}, {}, None),
        (None, {"staff_code": "$Person.sourcedId"}, None),
        ({"person_sourcedid": "x" * 65}, {}, None),
        (None, {}, None),
    ],
)
def test_the_staff_code_comes_from_lis_or_from_a_custom_parameter(lis, custom, expected):
    values = read_launch_claims(claims_with(lis=lis, custom=custom)).identity_values

    assert read_identity(values, STAFF_CODE_RULES).staff_code == expected


def test_a_vietnamese_name_is_put_together_family_name_first():
    claims = read_launch_claims(claims_with(name=None))

    assert claims.full_name == "Trần Thị Thử"


@pytest.mark.parametrize(
    "ags",
    [
        None,
        make_ags(lineitem=""),
        make_ags(lineitem="javascript:alert(1)"),
        make_ags(scope=[AGS_SCOPE + "result.readonly"]),
        make_ags(scope=None),
    ],
)
def test_a_column_that_we_may_not_post_to_is_absent(ags):
    assert read_launch_claims(claims_with(ags=ags)).line_item_url is None


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//lms.example.test", "http://[", ""]
)
def test_a_return_address_that_is_no_web_address_is_absent(address):
    claims = read_launch_claims(claims_with(launch_presentation={"return_url": address}))

    assert claims.return_url is None


@pytest.mark.parametrize(
    "name", ["sub", LTI + "deployment_id", LTI + "target_link_uri", LTI + "roles", LTI + "resource_link"]
)
@pytest.mark.parametrize("empty", ["absent", None])
def test_a_required_claim_must_be_there(name, empty):
    claims = claims_with()
    claims.pop(name)
    if empty is None:
        claims[name] = None

    with pytest.raises(ClaimMissing):
        read_launch_claims(claims)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("sub", "x" * 256),
        ("sub", 5),
        ("sub", "a\x00b"),
        (LTI + "deployment_id", "x" * 256),
        (LTI + "deployment_id", ["2"]),
        (LTI + "resource_link", {"id": "x" * 300}),
        (LTI + "resource_link", "7"),
        (LTI + "resource_link", ["7"]),
        (LTI + "context", "2"),
        (LTI + "context", {"id": "x" * 256}),
        (LTI + "context", {"id": 2}),
        (LTI + "roles", "Instructor"),
        (LTI + "roles", {"0": "Instructor"}),
        (LTI + "roles", [None]),
        (LTI + "roles", [["Instructor"]]),
        (LTI + "roles", ["Learner"] * 201),
        (LTI + "custom", "content=x"),
        (LTI + "custom", {"content": {"x": 1}}),
        (LTI + "custom", {str(number): "x" for number in range(201)}),
        (LTI + "lis", []),
        (LTI + "launch_presentation", "iframe"),
        (LTI + "target_link_uri", "https://tool.example.test/" + "x" * 2000),
        (AGS, "https://lms.example.test/items"),
        (AGS, {"scope": "score"}),
    ],
)
def test_a_claim_of_the_wrong_type_or_size_is_refused(name, value):
    with pytest.raises(ClaimMalformed):
        read_launch_claims(claims_with() | {name: value})


@pytest.mark.parametrize(("sent", "expected"), [("a", ("a",)), (["a", "b"], ("a", "b"))])
def test_the_audience_is_a_text_or_a_list(sent, expected):
    assert read_audience({"aud": sent}) == expected


@pytest.mark.parametrize("sent", [None, "", [], [""], {}])
def test_an_empty_audience_is_missing(sent):
    with pytest.raises(ClaimMissing):
        read_audience({"aud": sent})


@pytest.mark.parametrize("sent", [5, [5], {"a": 1}, True])
def test_an_audience_of_another_type_is_malformed(sent):
    with pytest.raises(ClaimMalformed):
        read_audience({"aud": sent})


@pytest.mark.parametrize("missing", ["iat", "exp"])
def test_a_message_without_its_times_is_refused(missing):
    claims = claims_with()
    claims.pop(missing)

    with pytest.raises(ClaimMissing):
        read_times(claims)


@pytest.mark.parametrize("value", ["1795315140", True, 10**30, float("inf"), [1]])
def test_a_time_that_is_no_instant_is_malformed(value):
    with pytest.raises(ClaimMalformed):
        read_times(claims_with() | {"exp": value})
