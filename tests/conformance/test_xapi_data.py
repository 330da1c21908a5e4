"""xAPI 1.0.3, part two (Data): requirements on statements, by their number in the specification."""

import json

import pytest

from tests.factories.statements import LESSON, make_agent, make_properties
from xapi_bridge.statement import equivalent, parse_statement
from xapi_bridge.statement.errors import StatementRefused

REFERENCE = {"objectType": "StatementRef", "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"}


def accepts(properties: object, *, version: str = "1.0.3") -> bool:
    raw = properties if isinstance(properties, bytes) else json.dumps(properties).encode()
    try:
        parse_statement(raw, version=version)
    except StatementRefused:
        return False
    return True


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s2.b2")
def test_each_property_is_used_at_most_once():
    once = json.dumps(make_properties())
    twice = once[:-1] + ', "verb": {"id": "https://v.example/x"}}'

    assert accepts(once.encode())
    assert not accepts(twice.encode())


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s2.b3")
@pytest.mark.parametrize("name", ["actor", "verb", "object"])
def test_actor_verb_and_object_are_required(name):
    assert not accepts({key: value for key, value in make_properties().items() if key != name})


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s2.b4")
def test_properties_may_come_in_any_order():
    properties = make_properties(result={"success": True}, context={"language": "vi"})

    assert accepts(dict(reversed(properties.items())))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b1")
def test_null_is_refused_except_inside_extensions():
    inside = {"extensions": {"https://cchc.example/x/any": None}}

    assert not accepts(make_properties(result={"response": None}))
    assert accepts(make_properties(result=inside, context=inside))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b2")
@pytest.mark.parametrize("name", ["scaled", "raw", "min", "max"])
def test_a_text_is_no_number_even_when_it_holds_one(name):
    assert not accepts(make_properties(result={"score": {name: "0"}}))
    assert accepts(make_properties(result={"score": {name: 0}}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b3")
@pytest.mark.parametrize("name", ["success", "completion"])
@pytest.mark.parametrize("value", ["true", 1, []])
def test_only_true_and_false_are_truth(name, value):
    assert not accepts(make_properties(result={name: value}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b4")
def test_the_empty_text_follows_no_format():
    assert not accepts(make_properties(id=""))
    assert not accepts(make_properties(verb={"id": ""}))
    assert not accepts(make_properties(actor={"mbox": ""}))
    assert not accepts(make_properties(timestamp=""))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b5")
@pytest.mark.parametrize("key", ["Actor", "OBJECT", "Result", "iD"])
def test_the_case_of_a_key_matters(key):
    assert not accepts({**make_properties(), key: {}})


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b6")
@pytest.mark.parametrize("object_type", ["activity", "ACTIVITY", "Activity ", "Course"])
def test_enumerated_values_match_exactly(object_type):
    assert not accepts(make_properties(object={"id": LESSON, "objectType": object_type}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b1.b8")
@pytest.mark.parametrize("iri", ["cchc.example/p/cchc", "//cchc.example/p", "/p/cchc", "p"])
def test_an_iri_has_a_scheme(iri):
    assert not accepts(make_properties(object={"id": iri}))
    assert not accepts(make_properties(verb={"id": iri}))
    assert not accepts(make_properties(context={"extensions": {iri: 1}}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.2.s4.b2")
@pytest.mark.parametrize(
    ("tag", "well_formed"), [("vi", True), ("vi-VN", True), ("vietnamesisch", False), ("vi-V", False)]
)
def test_language_tags_have_parts_of_the_right_length(tag, well_formed):
    verb = {**make_properties()["verb"], "display": {tag: "đã hoàn thành"}}

    assert accepts(make_properties(verb=verb)) is well_formed
    assert accepts(make_properties(context={"language": tag})) is well_formed


@pytest.mark.spec("xAPI 1.0.3 Data 2.3.1.s9.b1")
def test_display_and_definitions_do_not_make_another_statement():
    plain = make_properties()
    told = make_properties(
        verb={**plain["verb"], "display": {"vi": "đã hoàn thành"}},
        object={"id": LESSON, "definition": {"name": {"vi": "Giới thiệu"}}},
    )

    assert equivalent(*(parse_statement(json.dumps(one).encode()) for one in (plain, told)))


@pytest.mark.spec("xAPI 1.0.3 Data 2.3.1.b8")
def test_the_notation_of_a_duration_is_part_of_the_statement():
    one, other = (make_properties(result={"duration": text}) for text in ("PT60S", "PT1M"))

    assert not equivalent(*(parse_statement(json.dumps(each).encode()) for each in (one, other)))


@pytest.mark.spec("xAPI 1.0.3 Data 2.3.2.s2.b1")
def test_a_voiding_statement_points_to_a_statement():
    voided = {"id": "http://adlnet.gov/expapi/verbs/voided"}

    assert accepts(make_properties(verb=voided, object=REFERENCE))
    assert not accepts(make_properties(verb=voided))


@pytest.mark.spec("xAPI 1.0.3 Data 2.4.2.1.s2.b2")
def test_an_agent_has_one_identifier_and_no_second():
    assert not accepts(make_properties(actor={"objectType": "Agent", "name": "Học viên"}))
    assert not accepts(make_properties(actor={**make_agent("a"), "mbox": "mailto:a@example.vn"}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.4.2.2.s4.b1")
def test_an_anonymous_group_lists_its_members():
    assert not accepts(make_properties(actor={"objectType": "Group", "name": "Tổ một cửa"}))
    assert accepts(make_properties(actor={"objectType": "Group", "member": [make_agent("a")]}))


@pytest.mark.spec("xAPI 1.0.3 Data 2.4.2.2.s5.b2")
def test_an_identified_group_holds_no_group():
    inner = {"objectType": "Group", **make_agent("to-1")}

    assert not accepts(make_properties(actor={"objectType": "Group", **make_agent("to"), "member": [inner]}))


@pytest.mark.spec("IEEE 9274.1.1 4.2.2.6")
def test_context_agents_exist_since_version_2():
    context = {"contextAgents": [{"objectType": "contextAgent", "agent": make_agent("giang-vien")}]}

    assert accepts(make_properties(context=context), version="2.0.0")
    assert not accepts(make_properties(context=context), version="1.0.3")
