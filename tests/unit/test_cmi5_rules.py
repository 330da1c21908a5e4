"""What a unit may say, by requirement: each broken statement is refused with the number of its rule."""

from dataclasses import replace
from uuid import UUID

import msgspec
import pytest

from content_packages.active.cmi5_rules import SessionRecord, check_statement
from content_packages.active.errors import StatementOutsideCmi5
from tests.factories.content import LEARNER
from tests.factories.imported import make_statement
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.translate.building import agent
from xapi_bridge.translate.cmi5 import context_template
from xapi_bridge.vocabulary import cmi5

SESSION_ID = UUID("1b8ed0d6-04a1-4b7f-9a21-1d4f0c3a0001")
REGISTRATION = UUID("1b8ed0d6-04a1-4b7f-9a21-1d4f0c3a0002")
ACTIVITY = "https://cchc.example/g/khoa-hoc/u/1"
PUBLISHER = "https://nxb.example/au/bai-1"
RUNNING = SessionRecord(
    session_id=SESSION_ID,
    registration=REGISTRATION,
    learner=LEARNER,
    activity_iri=ACTIVITY,
    publisher_iri=PUBLISHER,
    launch_mode="Normal",
    mastery=0.8,
    said=frozenset({cmi5.INITIALIZED}),
    preferences_read=True,
)
LAUNCH_DATA = {"contextTemplate": context_template(SESSION_ID, PUBLISHER), "masteryScore": 0.8}
PARAMETERS = {
    "registration": str(REGISTRATION),
    "actor": msgspec.json.encode(agent(LEARNER)).decode(),
    "activityId": ACTIVITY,
}


def made(verb: str, **changes) -> Statement:
    written = make_statement(verb, PARAMETERS, LAUNCH_DATA)
    for path, value in changes.items():
        target, names = written, path.split("__")
        for name in names[:-1]:
            target = target.setdefault(name, {})
        if value is None:
            target.pop(names[-1], None)
        else:
            target[names[-1]] = value
    return parse_statement(msgspec.json.encode(written))


SCORE = {"scaled": 0.9, "raw": 90, "min": 0, "max": 100}
ONLY_CMI5 = [{"id": cmi5.CATEGORY}]
BOTH = [{"id": cmi5.CATEGORY}, {"id": cmi5.MOVE_ON}]

BROKEN = [
    ("9.1.0.0-1", "experienced", {"id": None}),
    ("9.7.0.0-1", "experienced", {"timestamp": None}),
    ("9.7.0.0-2", "experienced", {"timestamp": "2026-11-24T09:00:05+07:00"}),
    ("9.2.0.0-3", "passed", {"actor": {"mbox": "mailto:a@b.example"}}),
    ("8.1.3.0-3", "passed", {"actor__account__name": "nguoi-khac"}),
    ("9.6.0.0-1", "passed", {"context": None}),
    ("9.6.1.0-1", "passed", {"context__registration": None}),
    ("9.6.1.0-1", "passed", {"context__registration": str(SESSION_ID)}),
    ("9.6.3.1-4", "experienced", {"context__extensions": {}}),
    (
        "10.2.1.0-6",
        "experienced",
        {"context__contextActivities__grouping": [{"id": "https://a.example/khac"}]},
    ),
    ("8.1.5.0-6", "passed", {"object__id": "https://cchc.example/p/cchc/m/khac"}),
    ("9.3.0.0-1", "launched", {}),
    ("9.5.2.0-1", "passed", {"result__success": False}),
    ("9.5.2.0-2", "failed", {"result__success": True}),
    ("9.5.2.0-3", "completed", {"result__success": True}),
    ("9.5.3.0-1", "completed", {"result__completion": False}),
    ("9.5.3.0-2", "passed", {"result__completion": True}),
    ("9.5.4.1-1", "terminated", {"result": None}),
    ("9.5.4.1-2", "completed", {"result__duration": None}),
    ("9.5.4.1-3", "passed", {"result__duration": None}),
    ("9.5.4.1-4", "failed", {"result__duration": None}),
    ("9.5.1.0-2", "completed", {"result__score": SCORE}),
    ("9.5.1.0-3", "passed", {"result__score": {"scaled": 0.9, "raw": 90, "min": 0}}),
    ("9.3.4.0-2", "passed", {"result__score": {"scaled": 0.79}}),
    ("9.3.5.0-2", "failed", {"result__score": {"scaled": 0.8}}),
    (
        "9.6.3.2-2",
        "passed",
        {"result__score": SCORE, "context__extensions": {cmi5.SESSION_ID: str(SESSION_ID)}},
    ),
    ("9.6.2.2-1", "completed", {"context__contextActivities__category": ONLY_CMI5}),
    ("9.6.2.2-2", "terminated", {"context__contextActivities__category": BOTH}),
    ("9.6.2.2-2", "experienced", {"context__contextActivities__category": [{"id": cmi5.MOVE_ON}]}),
]


@pytest.mark.parametrize(("requirement", "verb", "changes"), BROKEN)
def test_a_statement_that_breaks_a_requirement_is_refused_with_its_number(requirement, verb, changes):
    with pytest.raises(StatementOutsideCmi5) as refused:
        check_statement(made(verb, **changes), RUNNING)

    assert refused.value.rule == requirement


@pytest.mark.parametrize("verb", ["completed", "passed", "failed", "terminated", "experienced"])
def test_a_sound_statement_is_let_through(verb):
    assert check_statement(made(verb), RUNNING) is (verb != "experienced")


def test_a_scored_result_that_fits_its_mastery_is_let_through():
    assert check_statement(made("passed", result__score=SCORE), RUNNING)
    assert check_statement(made("failed", result__score={"scaled": 0.79}), RUNNING)


HISTORIES = [
    ("11.0.0.0-3", "initialized", {"said": frozenset(), "preferences_read": False}),
    ("9.3.0.0-4", "experienced", {"said": frozenset()}),
    ("9.3.0.0-4", "completed", {"said": frozenset()}),
    ("9.3.0.0-2", "initialized", {}),
    ("9.3.0.0-5", "experienced", {"said": frozenset({cmi5.INITIALIZED, cmi5.TERMINATED})}),
    ("9.3.0.0-2", "passed", {"said": frozenset({cmi5.INITIALIZED, cmi5.PASSED})}),
    ("9.3.0.0-3", "passed", {"said": frozenset({cmi5.INITIALIZED, cmi5.FAILED})}),
    ("9.3.0.0-6", "completed", {"completed": True}),
    ("9.3.0.0-7", "passed", {"passed": True}),
    ("9.3.0.0-8", "failed", {"passed": True}),
    ("10.2.2.0-2", "completed", {"launch_mode": "Browse"}),
    ("10.2.2.0-3", "passed", {"launch_mode": "Review"}),
]


@pytest.mark.parametrize(("requirement", "verb", "history"), HISTORIES)
def test_what_was_said_before_decides_what_may_follow(requirement, verb, history):
    with pytest.raises(StatementOutsideCmi5) as refused:
        check_statement(made(verb), replace(RUNNING, **history))

    assert refused.value.rule == requirement


@pytest.mark.spec("6.3.0.0-1")
def test_a_unit_never_voids():
    target = {"objectType": "StatementRef", "id": str(SESSION_ID)}

    with pytest.raises(StatementOutsideCmi5) as refused:
        check_statement(made("voided", object=target), RUNNING)

    assert refused.value.rule == "6.3.0.0-1"
