"""What is a statement, and which rule a wrong one breaks."""

import json
from datetime import UTC, datetime
from uuid import UUID

import pytest

from tests.factories.statements import LESSON, make_agent, make_properties
from xapi_bridge.statement import (
    Activity,
    Actor,
    StatementRef,
    SubStatement,
    errors,
    parse_statement,
    parse_statements,
)

STATEMENT_ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"


def parse(properties: object, *, version: str = "1.0.3"):
    return parse_statement(json.dumps(properties).encode(), version=version)


def test_a_parsed_statement_tells_its_parts_as_values():
    statement = parse(
        make_properties(
            id=STATEMENT_ID.upper(),
            timestamp="2026-11-24T09:00:00.5+07:00",
            result={"score": {"scaled": 0.9}, "success": True},
            context={"registration": STATEMENT_ID},
        )
    )

    assert statement.id == UUID(STATEMENT_ID)
    assert statement.timestamp == datetime(2026, 11, 24, 2, 0, 0, 500_000, tzinfo=UTC)
    assert statement.actor.account.name == "hoc-vien-1"
    assert isinstance(statement.object, Activity)
    assert statement.object.id == LESSON
    assert statement.result.score.scaled == 0.9
    assert statement.registration == UUID(STATEMENT_ID)


def test_the_received_bytes_are_kept_as_they_came():
    raw = b' {"verb": {"id":"https:v"}, "actor":{"mbox":"mailto:a@b.vn"},"object":{"id":"https:x"} } '

    statement = parse_statement(raw)

    assert statement.raw == raw


@pytest.mark.parametrize(
    ("thing", "kind"),
    [
        ({"id": LESSON}, Activity),
        ({"objectType": "Activity", "id": LESSON}, Activity),
        ({"objectType": "Agent", "mbox": "mailto:a@b.vn"}, Actor),
        ({"objectType": "Group", "member": [{"mbox": "mailto:a@b.vn"}]}, Actor),
        ({"objectType": "StatementRef", "id": STATEMENT_ID}, StatementRef),
        ({"objectType": "SubStatement", **make_properties()}, SubStatement),
    ],
)
def test_the_object_type_decides_what_the_statement_is_about(thing, kind):
    statement = parse(make_properties(object=thing))

    assert isinstance(statement.object, kind)


INVALID = [
    ("no verb", {"verb": ...}, errors.PropertyMissing, "statement"),
    ("no object", {"object": ...}, errors.PropertyMissing, "object"),
    ("unknown property", {"colour": "red"}, errors.PropertyUnknown, "statement"),
    ("misspelt case", {"Timestamp": "2026-11-24T02:00:00Z"}, errors.PropertyUnknown, "statement"),
    ("null", {"result": None}, errors.NullForbidden, "result"),
    ("actor is text", {"actor": "me"}, errors.PropertyMistyped, "actor"),
    ("object is a list", {"object": []}, errors.PropertyMistyped, "object"),
    (
        "object type unknown",
        {"object": {"objectType": "Thing", "id": LESSON}},
        errors.PropertyMistyped,
        "object.objectType",
    ),
    ("id is no UUID", {"id": "6690e6c93ef04ed38b377f3964730bee"}, errors.UuidMalformed, "id"),
    (
        "reference without UUID",
        {"object": {"objectType": "StatementRef", "id": "1"}},
        errors.UuidMalformed,
        "object.id",
    ),
    ("verb without scheme", {"verb": {"id": "completed"}}, errors.IriMalformed, "verb.id"),
    (
        "display with a bad tag",
        {"verb": {"id": "https://v.vn/1", "display": {"a1": "x"}}},
        errors.LanguageTagMalformed,
        "verb.display",
    ),
    ("no identifier", {"actor": {"name": "x"}}, errors.IdentifierCountWrong, "actor"),
    (
        "two identifiers",
        {"actor": {"mbox": "mailto:a@b.vn", "openid": "https://a.vn"}},
        errors.IdentifierCountWrong,
        "actor",
    ),
    ("mbox without mailto", {"actor": {"mbox": "a@b.vn"}}, errors.MailboxMalformed, "actor.mbox"),
    ("short SHA-1", {"actor": {"mbox_sha1sum": "abc"}}, errors.HashMalformed, "actor.mbox_sha1sum"),
    (
        "account without name",
        {"actor": {"account": {"homePage": "https://a.vn"}}},
        errors.PropertyMissing,
        "actor.account",
    ),
    (
        "agent with members",
        {"actor": {"mbox": "mailto:a@b.vn", "member": []}},
        errors.GroupMalformed,
        "actor",
    ),
    ("group of nobody", {"actor": {"objectType": "Group"}}, errors.GroupMalformed, "actor"),
    (
        "group in a group",
        {"actor": {"objectType": "Group", "member": [{"objectType": "Group", "mbox": "mailto:a@b.vn"}]}},
        errors.GroupMalformed,
        "actor.member[0]",
    ),
    (
        "scaled above one",
        {"result": {"score": {"scaled": 1.01}}},
        errors.ScoreOutOfRange,
        "result.score.scaled",
    ),
    (
        "raw above max",
        {"result": {"score": {"raw": 11, "max": 10}}},
        errors.ScoreOutOfRange,
        "result.score.raw",
    ),
    (
        "min above max",
        {"result": {"score": {"min": 10, "max": 1}}},
        errors.ScoreOutOfRange,
        "result.score.min",
    ),
    (
        "score as text",
        {"result": {"score": {"scaled": "0.5"}}},
        errors.PropertyMistyped,
        "result.score.scaled",
    ),
    ("truth as text", {"result": {"success": "true"}}, errors.PropertyMistyped, "result.success"),
    ("duration", {"result": {"duration": "4 minutes"}}, errors.DurationMalformed, "result.duration"),
    ("timestamp", {"timestamp": "yesterday"}, errors.TimestampMalformed, "timestamp"),
    (
        "offset of minus zero",
        {"timestamp": "2026-11-24T02:00:00-00:00"},
        errors.TimestampMalformed,
        "timestamp",
    ),
    (
        "day that does not exist",
        {"timestamp": "2026-02-30T02:00:00Z"},
        errors.TimestampMalformed,
        "timestamp",
    ),
    ("hour 24", {"timestamp": "2026-02-28T24:00:00Z"}, errors.TimestampMalformed, "timestamp"),
    ("registration", {"context": {"registration": "x"}}, errors.UuidMalformed, "context.registration"),
    (
        "team of one agent",
        {"context": {"team": {"mbox": "mailto:a@b.vn"}}},
        errors.ContextMalformed,
        "context.team",
    ),
    ("extension key", {"context": {"extensions": {"x": 1}}}, errors.IriMalformed, "context.extensions"),
    (
        "platform for an agent",
        {"object": {"objectType": "Agent", "mbox": "mailto:a@b.vn"}, "context": {"platform": "p"}},
        errors.ContextNotApplicable,
        "context",
    ),
    (
        "substatement twice",
        {
            "object": {
                "objectType": "SubStatement",
                **make_properties(object={"objectType": "SubStatement", **make_properties()}),
            }
        },
        errors.SubStatementMalformed,
        "object",
    ),
    (
        "substatement with an id",
        {"object": {"objectType": "SubStatement", **make_properties(id=STATEMENT_ID)}},
        errors.PropertyUnknown,
        "object",
    ),
    (
        "fault deep in a substatement",
        {"object": {"objectType": "SubStatement", **make_properties(verb={"id": "x"})}},
        errors.IriMalformed,
        "object.verb.id",
    ),
    (
        "voiding an activity",
        {"verb": {"id": "http://adlnet.gov/expapi/verbs/voided"}},
        errors.VoidingMalformed,
        "object",
    ),
    (
        "authority of three",
        {"authority": {"objectType": "Group", "member": [make_agent("a"), make_agent("b"), make_agent("c")]}},
        errors.AuthorityMalformed,
        "authority",
    ),
    ("version of the future", {"version": "3.0.0"}, errors.VersionNotAllowed, "version"),
    (
        "choices for true-false",
        {"object": {"id": LESSON, "definition": {"interactionType": "true-false", "choices": [{"id": "a"}]}}},
        errors.InteractionMalformed,
        "object.definition.choices",
    ),
    (
        "one choice twice",
        {
            "object": {
                "id": LESSON,
                "definition": {"interactionType": "choice", "choices": [{"id": "a"}, {"id": "a"}]},
            }
        },
        errors.InteractionMalformed,
        "object.definition.choices",
    ),
    (
        "interaction type",
        {"object": {"id": LESSON, "definition": {"interactionType": "guess"}}},
        errors.PropertyMistyped,
        "object.definition.interactionType",
    ),
    (
        "attachment hash",
        {
            "attachments": [
                {
                    "usageType": "https://u.vn/1",
                    "display": {"vi": "Tệp"},
                    "contentType": "text/plain",
                    "length": 1,
                    "sha2": "abc",
                }
            ]
        },
        errors.HashMalformed,
        "attachments[0].sha2",
    ),
    ("contextAgents in 1.0.3", {"context": {"contextAgents": []}}, errors.PropertyUnknown, "context"),
]


@pytest.mark.parametrize(
    ("changes", "refusal", "place"),
    [case[1:] for case in INVALID],
    ids=[case[0] for case in INVALID],
)
def test_a_broken_rule_is_named_with_its_place(changes, refusal, place):
    properties = {key: value for key, value in make_properties(**changes).items() if value is not ...}

    with pytest.raises(errors.StatementRefused) as refused:
        parse(properties)

    assert type(refused.value) is refusal
    assert (refused.value.at or "statement").startswith(place)
    assert refusal.rule in str(refused.value)


def test_version_2_knows_agents_with_parts_to_play():
    context = {
        "contextAgents": [
            {
                "objectType": "contextAgent",
                "agent": make_agent("giang-vien"),
                "relevantTypes": ["https://cchc.example/x/giang-vien"],
            }
        ]
    }

    statement = parse(make_properties(context=context), version="2.0.0")

    assert statement.context.context_agents[0].agent.account.name == "giang-vien"


@pytest.mark.parametrize(
    ("part", "refusal"),
    [
        ({"relevantTypes": []}, errors.ContextMalformed),
        ({"relevantTypes": ["x"]}, errors.IriMalformed),
        ({"agent": {"objectType": "Group", "mbox": "mailto:a@b.vn"}}, errors.GroupMalformed),
        ({"objectType": "Agent"}, errors.PropertyMistyped),
    ],
)
def test_version_2_checks_the_parts_too(part, refusal):
    agent = {"objectType": "contextAgent", "agent": make_agent("giang-vien"), **part}

    with pytest.raises(refusal):
        parse(make_properties(context={"contextAgents": [agent]}), version="2.0.0")


def test_the_fault_in_a_batch_is_named_with_the_place_of_its_statement():
    batch = [make_properties(), make_properties(verb={"id": "x"})]

    with pytest.raises(errors.IriMalformed, match=r"^\[1\]\.verb\.id: "):
        parse_statements(json.dumps(batch).encode())


def test_a_message_does_not_repeat_a_mail_address():
    with pytest.raises(errors.StatementRefused) as refused:
        parse(make_properties(actor={"mbox": "nguyen.van.a@example.vn"}))

    assert "nguyen" not in str(refused.value)
