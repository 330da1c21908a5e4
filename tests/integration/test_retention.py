"""Retention rules: what is old is reduced or deleted, and no count changes."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from content_packages.player.models import ModuleProgress, SectionRead
from sync.followers import follow_once
from sync.privacy.retention import apply_rule, apply_rules, is_rule_waiting, preview_rule
from sync.privacy.retention_rules import (
    DEFAULTS,
    NewRule,
    Scope,
    create_default_rules,
    create_rule,
    delete_rule,
    list_rules,
    list_runs,
    switch_rule,
)
from sync.privacy_errors import RetentionRuleRefused, RetentionRuleUnknown
from sync.rollups.follower import rollups_follower
from sync.rollups.verify import verify_rollups
from tests.factories.erasure import places_that_hold
from tests.factories.learning import (
    HOME_PAGE,
    IRI_BASE,
    NOON,
    create_official,
    create_small_tree,
    make_completed,
    make_registration,
    make_result,
    record,
)
from tests.factories.statements import make_agent, make_statement
from xapi_bridge.store.documents import DocumentShelf, NewDocument, put_document
from xapi_bridge.store.follow import find_stored
from xapi_bridge.store.models import DocumentKind, DocumentRow
from xapi_bridge.store.preconditions import EntityTags, Preconditions
from xapi_bridge.vocabulary import adl

LATER = NOON + timedelta(days=400)
ANEW = Preconditions(none_match=EntityTags(is_any=True, tags=frozenset()))
REDUCE = NewRule("Rút gọn", "statements", "reduce", 365)


def add(opened, rule: NewRule, *, on: bool = False) -> int:
    with opened() as session:
        made = create_rule(session, rule, by="quan-tri", now=LATER)
        switch_rule(session, made.rule_id, on=on, now=LATER)
    return made.rule_id


def answered(name: str = "an", **given):
    return make_statement(
        **{
            "actor": {"name": "Nguyễn Thị An", **make_agent(name)},
            "verb": {"id": adl.ANSWERED},
            "result": {"response": "bí mật của tôi", "score": {"scaled": 0.5}, "success": True},
            **given,
        }
    )


def test_old_statements_are_reduced_and_every_count_stays(opened, engine):
    with opened() as session:
        create_official(session, "an", create_small_tree(session).commune_a)
        record(session, make_completed("an"), make_result(0.7, "an"), answered())
        while follow_once(session, rollups_follower(iri_base=IRI_BASE), limit=500, now=NOON):
            pass
    rule = add(opened, REDUCE)
    with opened() as session:
        assert preview_rule(session, rule, now=LATER) == 3

    changed = apply_rule(opened, rule, now=LATER, most_chunks=100)

    assert changed == 3
    assert places_that_hold(engine, ["bí mật của tôi", "Nguyễn Thị An"]) == []
    with opened() as session:
        report = verify_rollups(session, iri_base=IRI_BASE)
        assert (report.agree, report.facts) == (True, 2)
        assert [run.records for run in list_runs(session)] == [3]
        assert preview_rule(session, rule, now=LATER) == 0


def test_a_scope_leaves_everything_else_as_it_is(opened):
    with opened() as session:
        chosen, other = record(session, answered(), answered(verb={"id": adl.EXPERIENCED}))
    rule = add(opened, NewRule("Rút gọn", "statements", "reduce", 365, Scope(verb=adl.ANSWERED)))

    apply_rule(opened, rule, now=LATER, most_chunks=100)

    with opened() as session:
        assert b"response" not in find_stored(session, chosen).payload
        assert b"response" in find_stored(session, other).payload


def test_young_statements_are_left_alone(opened):
    with opened() as session:
        (young,) = record(session, answered())
    rule = add(opened, REDUCE)

    assert apply_rule(opened, rule, now=NOON + timedelta(days=364), most_chunks=100) == 0

    with opened() as session:
        assert b"response" in find_stored(session, young).payload


def test_a_repeat_of_a_reduced_statement_is_known_and_brings_nothing_back(opened):
    sent = answered()
    with opened() as session:
        record(session, sent)
    apply_rule(opened, add(opened, REDUCE), now=LATER, most_chunks=100)

    with opened() as session:
        assert record(session, sent) == [sent.id]
        assert b"response" not in find_stored(session, sent.id).payload


def test_only_rules_that_are_on_run_by_themselves(opened):
    with opened() as session:
        record(session, answered())
    rule = add(opened, REDUCE)

    assert apply_rules(opened, now=LATER, most_chunks=10) == 0
    with opened() as session:
        switch_rule(session, rule, on=True, now=LATER)
        assert is_rule_waiting(session, now=LATER)
    assert apply_rules(opened, now=LATER, most_chunks=10) == 1
    with opened() as session:
        assert not is_rule_waiting(session, now=LATER)


def test_old_documents_of_one_resource_are_deleted(opened):
    agent = ("account", HOME_PAGE, "an")
    shelves = [
        DocumentShelf(DocumentKind.STATE, activity="x:a", agent=agent),
        DocumentShelf(DocumentKind.AGENT_PROFILE, agent=agent),
    ]
    with opened() as session:
        for shelf in shelves:
            put_document(
                session, shelf, "d", NewDocument(b"{}", "application/json"),
                preconditions=ANEW, version="2.0.0", now=NOON,
            )  # fmt: skip
    rule = add(opened, NewRule("Xóa", "documents", "delete", 365, Scope(resource="state")))

    assert apply_rule(opened, rule, now=LATER, most_chunks=10) == 1

    with opened() as session:
        assert session.scalars(select(DocumentRow.kind)).all() == [DocumentKind.AGENT_PROFILE]


def test_reading_progress_goes_when_nothing_was_read_for_long(opened):
    with opened() as session:
        for name, read_at in (("an", NOON), ("binh", LATER)):
            progress = ModuleProgress(
                home_page=HOME_PAGE, name=name, package_id="cchc", module_id="m1",
                registration=make_registration(name), started_at=NOON,
            )  # fmt: skip
            session.add(progress)
            session.flush()
            session.add(SectionRead(progress_id=progress.id, section=1, read_at=read_at))
    rule = add(opened, NewRule("Xóa", "study_records", "delete", 365))

    assert apply_rule(opened, rule, now=LATER, most_chunks=10) == 1

    with opened() as session:
        assert session.scalars(select(ModuleProgress.name)).all() == ["binh"]


@pytest.mark.parametrize(
    ("rule", "reason"),
    [
        (NewRule("t", "statements", "delete", 365), "would change counts"),
        (NewRule("t", "statements", "pseudonymise", 365), "change counts"),
        (NewRule("t", "documents", "reduce", 365), "no parts"),
        (NewRule("t", "people", "delete", 365), "The kind is one of"),
        (NewRule("", "documents", "delete", 365), "title"),
        (NewRule("t", "documents", "delete", 29), "between 30"),
        (NewRule("t", "documents", "delete", 40_000), "between 30"),
        (NewRule("t", "documents", "delete", 365, Scope(verb="x:v")), "know no verb"),
        (NewRule("t", "documents", "delete", 365, Scope(resource="moods")), "resource"),
        (NewRule("t", "statements", "reduce", 365, Scope(source_name="x")), "belong together"),
    ],
)
def test_a_rule_that_cannot_be_kept_is_refused_with_the_reason(opened, rule, reason):
    with opened() as session, pytest.raises(RetentionRuleRefused, match=reason):
        create_rule(session, rule, by="x", now=NOON)


def test_the_proposals_are_entered_once_and_are_off(opened):
    with opened() as session:
        assert create_default_rules(session, by="x", now=NOON) == len(DEFAULTS)
        assert create_default_rules(session, by="x", now=NOON) == 0
        assert [rule.active_since for rule in list_rules(session)] == [None] * len(DEFAULTS)


def test_a_rule_that_ran_stays_on_record(opened):
    with opened() as session:
        record(session, answered())
    rule = add(opened, REDUCE)
    apply_rule(opened, rule, now=LATER, most_chunks=10)

    with opened() as session, pytest.raises(RetentionRuleRefused):
        delete_rule(session, rule)
    with opened() as session, pytest.raises(RetentionRuleUnknown):
        delete_rule(session, rule + 1)


def test_chunks_resume_where_they_stopped(opened):
    with opened() as session:
        record(session, *(answered() for _ in range(450)))
    rule = add(opened, REDUCE)

    first = apply_rule(opened, rule, now=LATER, most_chunks=1)
    rest = apply_rule(opened, rule, now=LATER, most_chunks=100)

    assert (first, rest) == (200, 250)
    with opened() as session:
        assert session.scalar(select(func.sum(type(list_runs(session)[0]).records))) == 450
