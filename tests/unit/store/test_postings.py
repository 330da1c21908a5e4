"""Which terms a statement is found by, and whether directly."""

from tests.factories.statements import LESSON, make_agent, make_properties, make_statement
from xapi_bridge.statement import Account, Actor
from xapi_bridge.store.models import DIRECT, Part, TermKind
from xapi_bridge.store.postings import TermKey, agent_term, postings_of

AUTHORITY = Actor(account=Account("https://cchc.example/", "tester"))


def parts_of(agent_name: str, **given) -> Part:
    postings = postings_of(make_statement(**given), authority=AUTHORITY)
    return postings.get(agent_term(("account", "https://lms.example", agent_name)), Part(0))


def test_actor_and_members_of_the_acting_group_are_found_directly():
    group = {"objectType": "Group", "member": [make_agent("a")]}

    assert parts_of("hoc-vien-1") & DIRECT
    assert parts_of("a", actor=group) & DIRECT
    assert parts_of("a", object={"objectType": "Agent", **make_agent("a")}) & DIRECT


def test_people_around_the_statement_are_found_only_when_related_ones_are_asked_for():
    context = {"instructor": make_agent("a"), "team": {"objectType": "Group", "member": [make_agent("b")]}}
    inside = {"objectType": "SubStatement", **make_properties(actor=make_agent("c"))}

    assert parts_of("a", context=context) == Part.INSTRUCTOR
    assert parts_of("b", context=context) == Part.TEAM | Part.MEMBER
    assert parts_of("c", object=inside) == Part.SUB


def test_who_acts_and_also_stands_inside_is_still_found_directly():
    inside = {"objectType": "SubStatement", **make_properties(actor=make_agent("hoc-vien-1"))}

    assert parts_of("hoc-vien-1", object=inside) == Part.ACTOR | Part.SUB


def test_related_activities_keep_the_list_they_stand_in():
    related = {"parent": [{"id": "https://a.vn/p"}], "grouping": {"id": LESSON}}

    postings = postings_of(make_statement(context={"contextActivities": related}), authority=AUTHORITY)

    assert postings[TermKey(TermKind.ACTIVITY, "https://a.vn/p")] == Part.PARENT
    assert postings[TermKey(TermKind.ACTIVITY, LESSON)] == Part.OBJECT | Part.GROUPING


def test_the_verb_of_a_substatement_is_not_the_statements_verb():
    inside = {"objectType": "SubStatement", **make_properties(verb={"id": "https://v.vn/planned"})}

    postings = postings_of(make_statement(object=inside), authority=AUTHORITY)

    assert TermKey(TermKind.VERB, "https://v.vn/planned") not in postings
