"""What analysts see of a statement: nobody's name, and everything that counts."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories.statements import make_agent, make_properties
from xapi_bridge.statement.veil import VeilPolicy, veil_statement

HOME = "https://cchc.example/pseudonyms/analysts"
AUTHORITY = {"objectType": "Agent", "account": {"homePage": "https://cchc.example/", "name": "key-1"}}


def pseudonym(identifier: tuple[str, ...]) -> tuple[str, str]:
    return HOME, f"p{hash(identifier) & 0xFFFFFFFF:08x}"


def veil(statement: dict[str, Any], **policy: Any) -> dict[str, Any]:
    raw = json.dumps(statement, ensure_ascii=False).encode()
    return json.loads(veil_statement(raw, pseudonym=pseudonym, policy=VeilPolicy(**policy)))


def veiled_agent(agent: dict[str, Any]) -> dict[str, Any]:
    identifier = ("account", agent["account"]["homePage"], agent["account"]["name"])
    return {"objectType": "Agent", "account": {"homePage": HOME, "name": pseudonym(identifier)[1]}}


# ---- the law: no identifier of anybody in the statement survives, wherever it stands ----

#: Long and odd enough not to be part of an ordinary word; some with marks, blanks and signs of patterns.
tokens = st.text(alphabet="qxzwQXZ0789ếặÉ.*+_ -", min_size=8, max_size=24).filter(
    lambda one: one.strip() == one
)
plain = st.text(alphabet="qxzw0789", min_size=8, max_size=16)


@st.composite
def people(draw, *, group: bool = False) -> dict[str, Any]:
    kind = draw(st.sampled_from(["account", "mbox", "mbox_sha1sum", "openid"]))
    agent: dict[str, Any] = {"objectType": "Group" if group else "Agent"}
    if draw(st.booleans()):
        agent["name"] = draw(tokens)
    match kind:
        case "account":
            agent["account"] = {"homePage": "https://lms.example", "name": draw(tokens)}
        case "mbox":
            agent["mbox"] = f"mailto:{draw(plain)}@{draw(plain)}.example"
        case "mbox_sha1sum":
            agent["mbox_sha1sum"] = draw(st.text(alphabet="0123456789abcdef", min_size=40, max_size=40))
        case "openid":
            agent["openid"] = f"https://id.example/{draw(plain)}"
    if group:
        agent["member"] = draw(st.lists(people(), max_size=2))
    return agent


def telling(agent: dict[str, Any]) -> list[str]:
    found = [agent[name] for name in ("name", "mbox_sha1sum", "openid") if name in agent]
    found += [agent["account"]["name"]] if "account" in agent else []
    found += [agent["mbox"].removeprefix("mailto:")] if "mbox" in agent else []
    return found + [text for member in agent.get("member", []) for text in telling(member)]


@st.composite
def told_statements(draw) -> tuple[dict[str, Any], list[str]]:
    """A statement with people in every place and texts that name them; and what tells who they are."""
    crowd = [draw(people()) for _ in range(4)] + [draw(people(group=True)) for _ in range(2)]
    actor, instructor, inner, contextual, team, context_group = crowd
    secrets = [text for one in crowd for text in telling(one)]
    gossip = " … ".join(secrets)
    activity = {
        "id": "https://lms.example/user/" + draw(st.sampled_from(secrets)).replace(" ", "%20"),
        "definition": {
            "name": {"vi": gossip},
            "description": {"vi": gossip.upper()},
            "interactionType": "fill-in",
            "extensions": {"https://x.example/e": {"who": crowd, gossip: gossip}},
        },
    }
    thing = draw(
        st.sampled_from(
            [
                activity,
                inner,
                {
                    "objectType": "SubStatement",
                    "actor": team,
                    "verb": {"id": "https://v.example/v"},
                    "object": inner,
                    "context": {"instructor": instructor, "extensions": {"https://x.example/e": gossip}},
                    "attachments": [{"display": {"vi": gossip}}],
                },
            ]
        )
    )
    statement = {
        "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
        "actor": actor,
        "verb": {"id": "https://v.example/v", "display": {"vi": gossip}},
        "object": thing,
        "result": {"response": gossip[:150], "extensions": {"https://x.example/e": gossip}},
        "context": {
            "instructor": instructor,
            "team": team,
            "platform": gossip,
            "contextAgents": [{"objectType": "contextAgent", "agent": contextual}],
            "contextGroups": [{"objectType": "contextGroup", "group": context_group}],
            "contextActivities": {"parent": [activity], "other": activity},
            "extensions": {"https://x.example/e": crowd},
        },
        "attachments": [{"display": {"vi": gossip}, "fileUrl": f"https://x.example/{gossip}"}],
        "authority": AUTHORITY,
    }
    return statement, secrets


@given(told_statements(), st.sampled_from(["short", "all"]), st.sampled_from([(), ("https://x.example/",)]))
def test_no_identifier_and_no_name_survives(told, responses, kept_extensions):
    statement, secrets = told
    policy = VeilPolicy(responses=responses, kept_extensions=kept_extensions)
    raw = json.dumps(statement, ensure_ascii=False).encode()

    answer = veil_statement(raw, pseudonym=pseudonym, policy=policy).decode().casefold()

    assert [secret for secret in secrets if secret.casefold() in answer] == []
    assert [secret for secret in secrets if json.dumps(secret)[1:-1].casefold() in answer] == []


# ---- what is kept ----


def test_everything_that_counts_is_kept():
    counted = {
        "id": "6690e6c9-3ef0-4ed3-8b37-7f3964730bee",
        "timestamp": "2026-11-24T02:00:00.000Z",
        "stored": "2026-11-24T02:00:00.000001Z",
        "version": "1.0.3",
        "authority": AUTHORITY,
        "result": {"score": {"scaled": 0.5}, "success": True, "completion": True, "duration": "PT1M"},
        "context": {
            "registration": "ec531277-b57b-4c15-8d91-d292c5b2b8f7",
            "language": "vi",
            "contextActivities": {"grouping": [{"id": "https://cchc.example/p/cchc"}]},
        },
    }
    statement = make_properties(**counted)

    assert veil(statement) == statement | {"actor": veiled_agent(statement["actor"])}


def test_an_agent_has_the_same_pseudonym_in_every_place():
    person = make_agent("hoc-vien-1")

    veiled = veil(make_properties(actor=person, object={"objectType": "Agent", **person}))

    assert veiled["actor"] == veiled["object"] == veiled_agent(person)


def test_a_group_keeps_its_members_under_pseudonyms():
    group = {"objectType": "Group", "name": "Tổ một", "member": [make_agent("a-1"), make_agent("b-2")]}

    veiled = veil(make_properties(actor=group))["actor"]

    assert veiled == {
        "objectType": "Group",
        "member": [veiled_agent(make_agent("a-1")), veiled_agent(make_agent("b-2"))],
    }


def test_a_name_in_a_text_becomes_the_pseudonym_of_its_agent():
    person = make_agent("nguyen-van-a")
    activity = {
        "id": "https://lms.example/nguyen-van-a/bai",
        "definition": {"name": {"vi": "Bài của Nguyen-Van-A"}},
    }

    veiled = veil(make_properties(actor=person, object=activity))["object"]

    name = veiled_agent(person)["account"]["name"]
    assert veiled == {
        "id": f"https://lms.example/{name}/bai",
        "definition": {"name": {"vi": f"Bài của {name}"}},
    }


@pytest.mark.parametrize("kind", ["choice", "numeric", "fill-in", "true-false", "likert", "matching"])
def test_chosen_and_short_answers_are_kept(kind):
    activity = {"id": "https://x.example/q", "definition": {"interactionType": kind}}

    assert veil(make_properties(object=activity, result={"response": "b"}))["result"] == {"response": "b"}


@pytest.mark.parametrize(
    ("definition", "response", "policy"),
    [
        ({"interactionType": "long-fill-in"}, "b", {}),
        ({"interactionType": "other"}, "b", {}),
        ({}, "b", {}),
        ({"interactionType": "choice"}, "b" * 201, {}),
        ({"interactionType": "choice"}, "b", {"responses": "none"}),
        ({"interactionType": "long-fill-in"}, "b" * 11, {"responses": "all", "longest_response": 10}),
    ],
)
def test_answers_that_could_name_somebody_are_left_out(definition, response, policy):
    activity = {"id": "https://x.example/q", "definition": definition}

    veiled = veil(make_properties(object=activity, result={"response": response, "success": True}), **policy)

    assert veiled["result"] == {"success": True}


def test_only_extensions_that_the_installation_names_are_kept():
    extensions = {"https://cchc.example/x/unit-level": "commune", "https://lms.example/x/full-name": "…"}

    veiled = veil(
        make_properties(context={"extensions": extensions}), kept_extensions=("https://cchc.example/x/",)
    )

    assert veiled["context"] == {"extensions": {"https://cchc.example/x/unit-level": "commune"}}
    assert veil(make_properties(context={"extensions": extensions}))["context"] == {}
