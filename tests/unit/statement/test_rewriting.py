"""Taking a person out of one statement: what is exchanged, and what keeps every byte."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.erasure import PSEUDONYM, make_rewriting
from tests.factories.statements import make_agent, make_properties
from xapi_bridge.statement import parse_statement
from xapi_bridge.statement.json_spans import change_strings, items_of, members_of
from xapi_bridge.statement.rewriting import (
    SIGNATURE,
    all_identifiers_of,
    distinctive_texts,
    drop_attachments,
    reduce_statement,
    rewrite_statement,
)

NAME = "hv-an-4f1c2d3e9a"
PERSON = ("account", "https://lms.example", NAME)
REGISTRATION = "8f4c2a1e-0000-4000-8000-000000000002"


def written(**given: object) -> bytes:
    return json.dumps(make_properties(**given), ensure_ascii=False).encode()


def rewritten(reduces: bool = False, **given: object) -> dict:
    return json.loads(rewrite_statement(written(**given), make_rewriting(PERSON, reduces=reduces)))


def attachment(usage: str) -> dict:
    return {
        "usageType": usage,
        "display": {"vi": "tệp"},
        "contentType": "text/plain",
        "length": 1,
        "sha2": "a" * 64,
        "fileUrl": "https://e.vn/f",
    }


def test_a_statement_without_the_person_is_the_same_object():
    raw = written(actor=make_agent("gv-1"))

    assert rewrite_statement(raw, make_rewriting(PERSON)) is raw


def test_names_go_with_the_identifier():
    actor = rewritten(actor={"name": "Nguyễn Thị An", "objectType": "Agent", **make_agent(NAME)})["actor"]

    account = PSEUDONYM.account
    assert actor == {
        "objectType": "Agent",
        "account": {"homePage": account.home_page, "name": account.name},
    }


def test_the_registration_of_an_own_statement_is_replaced():
    context = rewritten(actor=make_agent(NAME), context={"registration": REGISTRATION})["context"]

    assert context["registration"] == str(UUID(int=UUID(REGISTRATION).int ^ 1))


def test_attachments_of_own_statements_go_and_of_others_only_signatures():
    both = [attachment("https://e.vn/certificate"), attachment(SIGNATURE)]

    own = rewritten(actor=make_agent(NAME), attachments=both)
    other = rewritten(actor=make_agent("gv-1"), context={"instructor": make_agent(NAME)}, attachments=both)

    assert own["attachments"] == []
    assert [one["usageType"] for one in other["attachments"]] == ["https://e.vn/certificate"]


def test_identifiers_in_texts_become_a_word_and_other_peoples_identifiers_stay():
    other = make_agent(f"{NAME}-2")

    statement = rewritten(
        actor=other,
        context={"instructor": make_agent(NAME), "extensions": {"https://e.vn/n": f"hỏi {NAME}, nhé"}},
    )

    assert statement["actor"] == other
    assert statement["context"]["extensions"] == {"https://e.vn/n": f"hỏi {PSEUDONYM.account.name}, nhé"}


def test_short_identifiers_are_not_looked_for_in_texts():
    assert distinctive_texts(frozenset({("account", "https://lms.example", "42")})) == ()


def test_an_address_is_also_its_hash():
    assert all_identifiers_of(("mbox", "mailto:a@b.vn")) == {
        ("mbox", "mailto:a@b.vn"),
        ("mbox_sha1sum", "7929338de8878b86e55ff1992e85508983a15b42"),
    }


def test_reducing_keeps_the_actor_without_a_name():
    raw = written(actor={"name": "An", **make_agent(NAME)}, result={"response": "x", "success": True})

    reduced = json.loads(reduce_statement(raw))

    assert reduced["actor"] == make_agent(NAME)
    assert reduced["result"] == {"success": True}
    assert reduce_statement(json.dumps(reduced).encode()) == json.dumps(reduced).encode()


@pytest.mark.parametrize(("usage_type", "kept"), [(None, 0), (SIGNATURE, 1), ("https://e.vn/other", 2)])
def test_attachments_are_dropped_by_usage_type(usage_type, kept):
    raw = written(attachments=[attachment("https://e.vn/certificate"), attachment(SIGNATURE)])

    assert len(json.loads(drop_attachments(raw, usage_type=usage_type))["attachments"]) == kept


@given(
    name=st.sampled_from([NAME, "gv-1"]),
    reduces=st.booleans(),
    extensions=st.dictionaries(st.just("https://e.vn/n"), st.text(alphabet='aé"\\/\n' + NAME)),
)
def test_rewriting_twice_changes_nothing_more(name, reduces, extensions):
    raw = written(actor=make_agent(name), context={"registration": REGISTRATION, "extensions": extensions})
    rewriting = make_rewriting(PERSON, reduces=reduces)

    once = rewrite_statement(raw, rewriting)

    assert rewrite_statement(once, rewriting) == once
    assert parse_statement(once)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(), values, max_size=4), st.sampled_from([None, 1]))
def test_spans_find_every_value_of_an_object(tree, indent):
    text = json.dumps(tree, indent=indent)

    found = {key: json.loads(text[span.start : span.end]) for key, span in members_of(text, 0).items()}

    assert found == tree
    assert change_strings(text, lambda value: value) == text


@given(st.lists(values, max_size=4))
def test_spans_find_every_item_of_a_list(items):
    text = json.dumps(items)

    assert [json.loads(text[span.start : span.end]) for span in items_of(text, 0)] == items
