"""The published profile: its structure by xAPI Profiles 1.0, and every translation held against it."""

import json
import re

import pytest

from xapi_bridge.statement import parse_statement
from xapi_bridge.translate.examples import example_statements
from xapi_bridge.vocabulary.concepts import ACTIVITY_TYPES, VERBS
from xapi_bridge.vocabulary.conformity import judge_statement
from xapi_bridge.vocabulary.extensions import extensions
from xapi_bridge.vocabulary.profile import profile_document
from xapi_bridge.vocabulary.templates import statement_templates

BASE = "https://cchc.example/"
EXAMPLES = example_statements(BASE)
DOCUMENT = profile_document(BASE)
#: `$` and then names, quoted names and `[*]`: what the specification asks every reader to understand.
LOCATION = re.compile(r"\$(\.[A-Za-z_0-9]+|\['[^']+'\]|\[\*\])+")


def written(code: str) -> dict:
    return json.loads(EXAMPLES[code].raw)


@pytest.mark.parametrize("code", EXAMPLES)
def test_every_translation_makes_what_its_template_says(code):
    verdict = judge_statement(written(code), base=BASE)

    assert verdict.template is not None
    assert verdict.template.code == code
    assert verdict.broken == ()


def test_every_template_has_an_example():
    assert {template.code for template in statement_templates(BASE)} == set(EXAMPLES)


@pytest.mark.parametrize("version", ["1.0.3", "2.0.0"])
@pytest.mark.parametrize("code", EXAMPLES)
def test_every_statement_of_ours_keeps_the_rules_of_both_versions(code, version):
    assert parse_statement(EXAMPLES[code].raw, version=version).id == EXAMPLES[code].id


def test_telling_the_same_events_again_gives_equal_statements():
    assert example_statements(BASE) == EXAMPLES


def test_no_two_events_share_an_id():
    assert len({statement.id for statement in EXAMPLES.values()}) == len(EXAMPLES)


def test_another_installation_gives_other_ids():
    others = example_statements("https://other.example/")

    assert {one.id for one in others.values()}.isdisjoint({one.id for one in EXAMPLES.values()})


@pytest.mark.parametrize(
    ("code", "spoil", "finding"),
    [
        ("module-completed", lambda s: s["result"].update(completion=False), "$.result.completion"),
        ("module-completed", lambda s: s["result"].update(completion=1), "$.result.completion"),
        ("module-completed", lambda s: s["context"].pop("registration"), "$.context.registration is missing"),
        ("module-completed", lambda s: s["actor"].update(name="Ai"), "$.actor.name must not be there"),
        ("quiz-passed", lambda s: s["result"].update(success=False), "$.result.success"),
        (
            "section-experienced",
            lambda s: s["context"]["contextActivities"].pop("parent"),
            "$.context.contextActivities.parent[*].definition.type is missing",
        ),
        (
            "session-attended",
            lambda s: s["object"]["definition"].update(extensions={f"{BASE}x/delivery": "phone"}),
            "delivery",
        ),
    ],
)
def test_a_broken_rule_is_named_by_its_place(code, spoil, finding):
    statement = written(code)
    spoil(statement)

    verdict = judge_statement(statement, base=BASE)

    assert any(finding in one for one in verdict.broken)
    assert not verdict.conforms


def test_a_foreign_statement_is_of_no_kind_of_ours():
    statement = {
        "actor": {},
        "verb": {"id": "https://w3id.org/xapi/video/verbs/played"},
        "object": {"id": "x"},
    }

    assert judge_statement(statement, base=BASE).template is None


def test_every_verb_and_type_in_the_templates_is_explained():
    explained = {concept.iri for concept in (*VERBS, *ACTIVITY_TYPES)}
    used = {one.verb for one in statement_templates(BASE)}
    used |= {one.object_type for one in statement_templates(BASE) if one.object_type}

    assert used <= explained


def test_every_word_is_explained_in_vietnamese_and_english():
    for concept in (*VERBS, *ACTIVITY_TYPES, *extensions(BASE)):
        assert all(concept.label[tag] and concept.definition[tag] for tag in ("vi", "en")), concept.iri


def test_the_document_has_the_properties_that_a_profile_must_have():
    assert DOCUMENT["type"] == "Profile"
    assert DOCUMENT["conformsTo"] == "https://w3id.org/xapi/profiles#1.0"
    assert DOCUMENT["@context"] == "https://w3id.org/xapi/profiles/context"
    assert DOCUMENT["author"]["type"] == "Organization"
    assert DOCUMENT["versions"][0]["generatedAtTime"].endswith("Z")
    assert DOCUMENT["id"] not in {version["id"] for version in DOCUMENT["versions"]}


def test_all_parts_belong_to_the_published_version_and_have_ids_of_their_own():
    parts = [*DOCUMENT["concepts"], *DOCUMENT["templates"], *DOCUMENT["patterns"]]

    assert {part["inScheme"] for part in parts} == {DOCUMENT["versions"][0]["id"]}
    assert len({part["id"] for part in parts}) == len(parts)
    for part in parts:
        assert set(part["prefLabel"]) == set(part["definition"]) == {"vi", "en"}


def test_extensions_carry_a_schema_of_their_values():
    for concept in DOCUMENT["concepts"]:
        assert concept["type"] in {"ContextExtension", "ResultExtension", "ActivityExtension"}
        assert isinstance(json.loads(concept["inlineSchema"]), dict)


def test_every_rule_has_a_location_and_says_something():
    for template in DOCUMENT["templates"]:
        for rule in template["rules"]:
            assert LOCATION.fullmatch(rule["location"]), rule
            assert rule["presence"] in {"included", "excluded", "recommended"}
            assert all(rule.get(name, ["x"]) for name in ("any", "all", "none"))
            assert rule["presence"] != "excluded" or set(rule) == {"location", "presence"}


def test_patterns_lead_to_templates_and_patterns_that_exist_and_never_in_a_circle():
    known = {part["id"]: part for part in (*DOCUMENT["templates"], *DOCUMENT["patterns"])}

    def depth(iri: str, above: tuple[str, ...] = ()) -> int:
        assert iri not in above
        part = known[iri]
        if part["type"] == "StatementTemplate":
            return 0
        ways = [part[way] for way in ("sequence", "alternates", "zeroOrMore") if way in part]
        assert len(ways) == 1
        below = ways[0] if isinstance(ways[0], list) else [ways[0]]
        return 1 + max(depth(one, (*above, iri)) for one in below)

    primary = [pattern["id"] for pattern in DOCUMENT["patterns"] if pattern["primary"]]
    assert [depth(iri) for iri in primary] == [3]
