"""Identity rules: what they read, what they make of it, what is refused as a rule (pure)."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lti_tool.identity.errors import RulesMalformed
from lti_tool.identity.preview import mask
from lti_tool.identity.rule_form import rules_from_typed, typed_from_rules
from lti_tool.identity.rules import (
    NO_RULES,
    SOURCES,
    STAFF_CODE_RULES,
    Rule,
    Step,
    UnitCode,
    pick_values,
    read_identity,
    rules_as_json,
    rules_from_json,
)
from tests.factories.lti import FakePlatform, make_claims
from tests.unit.test_launch_identity import NOW

UNIT = {"target": "unit_code", "scheme": "QD19/2025"}


def values(**changes):
    return pick_values(make_claims(FakePlatform(), nonce="n", now=NOW, **changes))


def staff_code(found, *rules):
    return read_identity(found, rules or STAFF_CODE_RULES).staff_code


# ---- what is read ----


def test_every_source_is_read_where_a_launch_has_it():
    found = values(
        lis={"person_sourcedid": "CB-1", "course_section_sourcedid": "TQ-08"},
        ext={"user_username": "hanh.lt"},
        custom={"unit_code": "08", "username": "hanh"},
        email="hanh.lt@noivu.example",
    )
    with_locality = pick_values({"address": {"locality": "Tuyên Quang"}})

    assert found == {
        "lis.person_sourcedid": "CB-1",
        "lis.course_section_sourcedid": "TQ-08",
        "ext.user_username": "hanh.lt",
        "custom.unit_code": "08",
        "custom.username": "hanh",
        "email.local_part": "hanh.lt",
    }
    assert with_locality == {"address.locality": "Tuyên Quang"}


@pytest.mark.parametrize(
    "value", ["$Person.sourcedId", "  $User.username", "", "   ", None, 7, ["CB-1"], "x" * 256]
)
def test_what_the_lms_did_not_know_is_absent(value):
    assert "custom.code" not in values(custom={"code": value})


@pytest.mark.parametrize("claim", ["text", 7, [], None])
def test_claims_of_another_shape_have_no_values(claim):
    found = pick_values(
        {f"https://purl.imsglobal.org/spec/lti/claim/{name}": claim for name in ("lis", "custom", "ext")}
    )

    assert found == {}


# ---- which rule decides ----


def test_a_registration_without_rules_recognises_nobody():
    assert read_identity(values(), NO_RULES).staff_code is None


def test_the_first_rule_with_a_value_decides_and_later_ones_fill_in():
    both = {"lis.person_sourcedid": " CB-1 ", "custom.staff_code": "CB-2"}

    assert staff_code(both) == "CB-1"
    assert staff_code({"custom.staff_code": "CB-2"}) == "CB-2"


def test_a_value_that_a_pattern_does_not_match_leaves_the_turn_to_the_next_rule():
    numbers = Rule("custom.a", "staff_code", (Step("regex", r"CB-(\d+)"),))

    assert staff_code({"custom.a": "khac", "custom.b": "7"}, numbers, Rule("custom.b", "staff_code")) == "7"


@pytest.mark.parametrize(
    ("steps", "value", "found"),
    [
        ((), "CB-1", "CB-1"),
        ((Step("trim"),), "  CB-1\t", "CB-1"),
        ((Step("strip_prefix", "CB-"),), "CB-1", "1"),
        ((Step("strip_prefix", "CB-"),), "XX-1", "XX-1"),
        ((Step("upper"),), "cb-đ", "CB-Đ"),
        ((Step("lower"),), "CB-Đ", "cb-đ"),
        ((Step("regex", r"(\d+)@.*"),), "123@tuyenquang", "123"),
        ((Step("regex", r"(\d+)"),), "123@tuyenquang", None),
        ((Step("trim"), Step("strip_prefix", "CB-"), Step("regex", r"0*(\d+)")), " CB-0042 ", "42"),
    ],
)
def test_steps_change_a_value_in_order(steps, value, found):
    assert staff_code({"custom.a": value}, Rule("custom.a", "staff_code", steps)) == found


def test_a_code_that_no_register_could_hold_is_none():
    assert staff_code({"custom.a": "x" * 65}, Rule("custom.a", "staff_code")) is None


def test_group_ids_are_looked_up_one_by_one():
    rule = Rule(
        "custom.groups", "unit_code", pairs={"12": "02500", "15": "02524"}, separator=",", scheme="QD19/2025"
    )

    one = read_identity({"custom.groups": "3,12,99"}, [rule])
    two = read_identity({"custom.groups": "15,12,15"}, [rule])

    assert one.unit_codes == (UnitCode("QD19/2025", "02500"),)
    assert two.unit_codes == (UnitCode("QD19/2025", "02524"), UnitCode("QD19/2025", "02500"))


# ---- what is a rule ----


@pytest.mark.parametrize(
    "rule",
    [
        "text",
        {"source": "lis.person_sourcedid"},
        {"source": "sub", "target": "staff_code"},
        {"source": "custom.", "target": "staff_code"},
        {"source": "custom.a b", "target": "staff_code"},
        {"source": "custom.a", "target": "name"},
        {"source": "custom.a", "target": "unit_code"},
        {"source": "custom.a", "target": "unit_code", "scheme": "có dấu"},
        {"source": "custom.a", "target": "staff_code", "scheme": "TW"},
        {"source": "custom.a", "target": "staff_code", "pairs": {"a": "b"}},
        {"source": "custom.a", "target": "staff_code", "unknown": 1},
        {"source": "custom.a", "target": "staff_code", "steps": ["reverse"]},
        {"source": "custom.a", "target": "staff_code", "steps": ["regex"]},
        {"source": "custom.a", "target": "staff_code", "steps": [{"kind": "trim", "argument": "x"}]},
        {"source": "custom.a", "target": "staff_code", "steps": "trim"},
        {"source": "custom.a", **UNIT, "pairs": {"a": 7}},
        {"source": "a\x00", "target": "staff_code"},
    ],
)
def test_a_rule_that_cannot_be_is_refused_by_its_number(rule):
    good = {"source": "custom.a", "target": "staff_code"}

    with pytest.raises(RulesMalformed, match="Rule 2"):
        rules_from_json(json.dumps([good, rule]))


@pytest.mark.parametrize("text", ["", "{", "{}", "7", "[" * 100_000, json.dumps([{}] * 21)])
def test_rules_that_are_no_list_are_refused(text):
    with pytest.raises(RulesMalformed):
        rules_from_json(text)


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "no group",
        "(two)(groups)",
        "(a+)+",
        "(a|a)*b",
        "((?:a*)*)",
        r"(.*)\1",
        "(?=x)(a)",
        "(?i)(a)",
        "(.*.*.*.*)",
        "(" + "a" * 200 + ")",
        "(a{1,}){5}",
    ],
)
def test_a_pattern_that_could_keep_the_server_busy_is_refused(pattern):
    written = [
        {"source": "custom.a", "target": "staff_code", "steps": [{"kind": "regex", "argument": pattern}]}
    ]

    with pytest.raises(RulesMalformed):
        rules_from_json(json.dumps(written))


@pytest.mark.parametrize("pattern", [r"(.*).*.*!", r"([a-z]+)[a-z]+[a-z]+\d", r"(?P<code>\w*)\w*\w*-"])
def test_the_slowest_pattern_that_is_allowed_ends_within_a_second(pattern):
    rule = Rule("custom.a", "staff_code", (Step("regex", pattern),))
    rules_from_json(rules_as_json([rule]))

    began = time.process_time()
    staff_code({"custom.a": "a" * 255}, rule)

    assert time.process_time() - began < 2


names = st.text("abcxyz0-_.", min_size=1, max_size=10)
steps = st.one_of(
    st.sampled_from([Step("trim"), Step("upper"), Step("lower")]),
    names.map(lambda text: Step("strip_prefix", text)),
    st.sampled_from([Step("regex", r"(\d+)"), Step("regex", r"CB-(.*)")]),
)
sources = st.one_of(st.sampled_from(SOURCES), names.map(lambda name: f"custom.{name}"))
rules = st.one_of(
    st.builds(Rule, sources, st.just("staff_code"), st.lists(steps, max_size=4).map(tuple)),
    st.builds(
        Rule,
        sources,
        st.just("unit_code"),
        st.lists(steps, max_size=4).map(tuple),
        st.sampled_from(["TW", "QD19/2025", "LOCAL"]),
        st.dictionaries(names, names, max_size=4),
        st.sampled_from(["", ",", ";"]),
    ),
)


@given(st.lists(rules, max_size=18).map(tuple))
def test_rules_come_back_from_text_and_from_the_form_as_they_went(written):
    assert rules_from_json(rules_as_json(written)) == written
    assert rules_from_typed(typed_from_rules(written)) == written


@given(st.dictionaries(sources, st.text(max_size=40), max_size=6), st.lists(rules, max_size=6))
def test_no_value_breaks_a_rule(found, written):
    reading = read_identity(found, written)

    assert reading.staff_code is None or reading.staff_code


# ---- what is shown ----


@pytest.mark.parametrize(
    ("value", "shown"), [("CB-99001", "CB-99999"), ("hanh.lt", "haaa.aa"), ("a", "a"), ("Đỗ Thị", "Đỗ aaa")]
)
def test_values_are_masked_to_their_form(value, shown):
    assert mask(value) == shown
