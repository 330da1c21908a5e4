"""When a second statement with the same id is a repetition, and when a contradiction."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.statements import LESSON, make_agent, make_properties
from xapi_bridge.statement import equivalent, parse_statement

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False, width=32)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=8)
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=3), inner, max_size=3)
    ),
)
STATEMENTS = st.builds(
    lambda name, scaled, extension: make_properties(
        actor=make_agent(name),
        result={"score": {"scaled": scaled}},
        context={"extensions": {"https://cchc.example/x/any": extension}},
    ),
    st.text("abcđ", min_size=1, max_size=5),
    st.floats(-1, 1),
    ANYTHING,
)


def parse(properties: object):
    return parse_statement(json.dumps(properties).encode())


def reordered(value: Any) -> Any:
    """The same JSON with the keys of every object in the opposite order."""
    if isinstance(value, dict):
        return {key: reordered(value[key]) for key in reversed(value)}
    return [reordered(item) for item in value] if isinstance(value, list) else value


@given(STATEMENTS)
def test_a_statement_is_equivalent_to_itself(properties):
    assert equivalent(parse(properties), parse(properties))


@given(STATEMENTS)
def test_the_order_of_keys_says_nothing(properties):
    assert equivalent(parse(properties), parse(reordered(properties)))


@given(STATEMENTS, STATEMENTS)
def test_equivalence_does_not_depend_on_who_is_asked(one, other):
    assert equivalent(parse(one), parse(other)) == equivalent(parse(other), parse(one))


def with_object(**more: Any) -> dict[str, Any]:
    return make_properties(object={"id": LESSON, **more})


def with_parent(parent: Any) -> dict[str, Any]:
    return make_properties(context={"contextActivities": {"parent": parent}})


def with_members(*names: str) -> dict[str, Any]:
    return make_properties(actor={"objectType": "Group", "member": [make_agent(name) for name in names]})


def with_extension(value: Any) -> dict[str, Any]:
    return make_properties(result={"extensions": {"https://cchc.example/x/any": value}})


SAME = [
    ("default object type", with_object(), with_object(objectType="Activity")),
    ("definitions are not part of it", with_object(), with_object(definition={"name": {"vi": "Bài"}})),
    (
        "display is not part of it",
        make_properties(),
        make_properties(verb={**make_properties()["verb"], "display": {"vi": "đã hoàn thành"}}),
    ),
    ("one parent or a list of one", with_parent({"id": LESSON}), with_parent([{"id": LESSON}])),
    ("no parent or an empty list", make_properties(context={"contextActivities": {}}), with_parent([])),
    ("order of members", with_members("a", "b"), with_members("b", "a")),
    (
        "zone of the timestamp",
        make_properties(timestamp="2026-11-24T02:00:00Z"),
        make_properties(timestamp="2026-11-24T09:00:00.000+07:00"),
    ),
    ("timestamp not given", make_properties(timestamp="2026-11-24T02:00:00Z"), make_properties()),
    (
        "what the store assigns",
        make_properties(),
        make_properties(stored="2026-11-24T02:00:00Z", version="1.0.0", authority=make_agent("lrs")),
    ),
    (
        "case of a UUID",
        make_properties(context={"registration": "6690E6C9-3EF0-4ED3-8B37-7F3964730BEE"}),
        make_properties(context={"registration": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}),
    ),
    (
        "case of a mail domain",
        make_properties(actor={"mbox": "mailto:a@B.vn"}),
        make_properties(actor={"mbox": "mailto:a@b.vn"}),
    ),
    ("a number is a number", with_extension(1), with_extension(1.0)),
    (
        "hundredths of a second",
        make_properties(result={"duration": "PT1.239S"}),
        make_properties(result={"duration": "PT1.231S"}),
    ),
]

DIFFERENT = [
    ("another learner", make_properties(), make_properties(actor=make_agent("hoc-vien-2"))),
    (
        "another verb",
        make_properties(),
        make_properties(verb={"id": "http://adlnet.gov/expapi/verbs/failed"}),
    ),
    ("another object", make_properties(), make_properties(object={"id": LESSON + "2"})),
    (
        "another instant",
        make_properties(timestamp="2026-11-24T02:00:00Z"),
        make_properties(timestamp="2026-11-24T02:00:01Z"),
    ),
    ("a result more", make_properties(), make_properties(result={"success": True})),
    ("true is not one", with_extension(True), with_extension(1)),
    ("text is not a number", with_extension("1"), with_extension(1)),
    ("order inside an extension", with_extension([1, 2]), with_extension([2, 1])),
    (
        "case of the local part",
        make_properties(actor={"mbox": "mailto:A@b.vn"}),
        make_properties(actor={"mbox": "mailto:a@b.vn"}),
    ),
    (
        "another notation of a duration",
        make_properties(result={"duration": "PT90S"}),
        make_properties(result={"duration": "PT1M30S"}),
    ),
]


@pytest.mark.parametrize(("one", "other"), [case[1:] for case in SAME], ids=[case[0] for case in SAME])
def test_what_says_the_same_is_equivalent(one, other):
    assert equivalent(parse(one), parse(other))


@pytest.mark.parametrize(
    ("one", "other"), [case[1:] for case in DIFFERENT], ids=[case[0] for case in DIFFERENT]
)
def test_what_says_something_else_is_not(one, other):
    assert not equivalent(parse(one), parse(other))
