"""What a target sees of a statement."""

import json

import pytest

from sync.forwarding.disclosure import Disclosure, disclose, without_identifiers
from tests.factories.statements import make_agent, make_properties
from xapi_bridge.statement import parse_statement

IRI_BASE = "https://cchc.example/"
NAMED = {"name": "Nguyễn Văn An", "mbox": "mailto:an@bo.example"}
SHA1 = "a" * 40


def allowed(**changed):
    return Disclosure(
        **{
            "pseudonymous": False,
            "names_allowed": False,
            "pseudonym_key": b"k" * 32,
            "iri_base": IRI_BASE,
            **changed,
        }
    )


def disclosed(rules, **given):
    raw = disclose(json.dumps(make_properties(**given), ensure_ascii=False).encode(), rules)
    parse_statement(raw, version="2.0.0")
    return json.loads(raw)


def test_what_need_not_change_stays_byte_for_byte():
    raw = (
        b'{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee",'
        b'"actor": {"account":{"homePage":"https://l.example","name":"1"}}, "verb":{"id":"http://x.example/v"},'
        b'"object":{"id":"http://x.example/o"} , "result":{"score":{"scaled":1.0e0}}}'
    )

    shown = disclose(raw, allowed())

    assert b'"actor":{"account":{"homePage":"https://l.example","name":"1"}}' in shown
    assert b'{"score":{"scaled":1.0e0}}' in shown


def test_what_every_store_assigns_is_left_out():
    shown = disclosed(
        allowed(), stored="2026-11-24T02:00:00Z", authority=make_agent("x"), timestamp="2026-11-24T02:00:00Z"
    )

    assert {"stored", "authority"} & shown.keys() == set()
    assert shown["timestamp"] == "2026-11-24T02:00:00Z"


def test_names_are_left_out_and_account_names_stay():
    shown = disclosed(allowed(), actor={**make_agent("hv-1"), "name": "Nguyễn Văn An"})

    assert shown["actor"] == make_agent("hv-1")


@pytest.mark.parametrize(
    "known_by", [{"mbox": "mailto:an@bo.example"}, {"mbox_sha1sum": SHA1}, {"openid": "https://an.example/"}]
)
def test_an_agent_without_an_account_becomes_one_with_a_pseudonym(known_by):
    shown = disclosed(allowed(), actor={"name": "An", **known_by})

    assert shown["actor"].keys() == {"account"}
    assert shown["actor"]["account"]["homePage"] == IRI_BASE
    assert len(shown["actor"]["account"]["name"]) == 64


def test_an_address_in_another_notation_is_the_same_person():
    one = disclosed(allowed(), actor={"mbox": "mailto:an@BO.example"})
    other = disclosed(allowed(), actor={"mbox": "mailto:an@bo.example"})

    assert one["actor"] == other["actor"]


def test_with_pseudonyms_no_identifier_of_anybody_is_left():
    everybody = {
        "actor": {
            "objectType": "Group",
            "member": [{**make_agent("bi-mat-1")}, {"mbox": "mailto:bi-mat@x.example"}],
        },
        "object": {
            "objectType": "SubStatement",
            "actor": {"name": "bi-mat", "mbox_sha1sum": SHA1},
            "verb": {"id": "http://x.example/v"},
            "object": {"objectType": "Agent", **make_agent("bi-mat-2")},
        },
        "context": {
            "instructor": {"openid": "https://bi-mat.example/"},
            "team": {"objectType": "Group", **make_agent("bi-mat-3"), "member": [make_agent("bi-mat-4")]},
            "contextAgents": [{"objectType": "contextAgent", "agent": make_agent("bi-mat-5")}],
            "contextGroups": [
                {"objectType": "contextGroup", "group": {"objectType": "Group", **make_agent("bi-mat-6")}}
            ],
        },
    }

    shown = json.dumps(disclosed(allowed(pseudonymous=True, version="2.0.0"), **everybody))

    assert "bi-mat" not in shown
    assert SHA1 not in shown


def test_a_pseudonym_stays_with_its_platform_and_differs_between_keys():
    one = disclosed(allowed(pseudonymous=True))["actor"]["account"]
    again = disclosed(allowed(pseudonymous=True))["actor"]["account"]
    other = disclosed(allowed(pseudonymous=True, pseudonym_key=b"x" * 32))["actor"]["account"]

    assert one == again
    assert one["homePage"] == other["homePage"] == "https://lms.example"
    assert one["name"] != other["name"]


def test_where_names_are_allowed_everything_stays():
    shown = disclosed(allowed(names_allowed=True), actor=NAMED)

    assert shown["actor"] == NAMED


def test_names_of_activities_are_not_names_of_people():
    activity = {"id": "http://x.example/o", "definition": {"name": {"vi": "Bài 1"}}}

    assert disclosed(allowed(), object=activity)["object"] == activity


def test_a_store_that_speaks_the_old_version_gets_no_new_one():
    assert "version" not in disclosed(allowed(), version="2.0.0")
    assert disclosed(allowed(version="2.0.0"), version="2.0.0")["version"] == "2.0.0"
    assert disclosed(allowed(), version="1.0.0")["version"] == "1.0.0"


def test_a_quoted_answer_says_nothing_of_the_person():
    sent = json.dumps(
        make_properties(actor={"account": {"homePage": "https://l.example", "name": "hv-77"}})
    ).encode()

    said = without_identifiers('{"error": "actor hv-77 (an@bo.example, mailto:b@x.example) unknown"}', sent)

    assert "hv-77" not in said
    assert "@" not in said
    assert "unknown" in said
