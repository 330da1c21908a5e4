"""What counts as what, and which figures are held against which target."""

from datetime import UTC, date, datetime

import pytest
from msgspec.structs import replace

from sync.rollups.definitions import (
    GIVEN_ACCESS,
    INDICATORS,
    PROVIDED_WITH_KNOWLEDGE,
    FactKind,
    Learning,
    is_final_result,
    learning_in,
)
from sync.statement_outline import StatementOutline, read_outline
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    make_completed,
    make_enrolment,
    make_module,
    make_opened,
    make_quiz,
    make_registration,
    make_result,
    make_voiding,
)
from xapi_bridge.translate import NamedActivity
from xapi_bridge.translate.attempt import Answer, question_answered, quiz_initialized
from xapi_bridge.translate.lesson import module_progressed, section_experienced
from xapi_bridge.vocabulary import adl, cchc

MODULE = make_module().iri
STORED = datetime(2026, 11, 24, tzinfo=UTC)


def outline_of(statement) -> StatementOutline:
    outline = read_outline(statement.raw, stored=STORED)
    assert outline is not None
    return outline


def make_section_read():
    section = NamedActivity(cchc.section_iri(IRI_BASE, "cchc", "m1", 2), "Mục 2", adl.LESSON)
    return section_experienced(make_enrolment(), section, module=make_module(), event_id="e", at=NOON)


def make_answered(*parents):
    question = NamedActivity(cchc.question_iri(IRI_BASE, "cchc", "q1"), "Câu 1", adl.INTERACTION)
    answer = Answer("choice", "a", 1.0, success=True)
    return question_answered(make_enrolment(), question, answer, parents=parents, event_id="e", at=NOON)


def make_quiz_begun():
    return quiz_initialized(make_enrolment(), make_quiz(), parents=[make_module()], event_id="e", at=NOON)


def make_progressed():
    return module_progressed(make_enrolment(), make_module(), percent=40, event_id="e", at=NOON)


@pytest.mark.parametrize(
    ("statement", "kind", "scaled"),
    [
        (make_opened(), FactKind.ACCESSED, None),
        (make_progressed(), FactKind.ACCESSED, None),
        (make_section_read(), FactKind.ACCESSED, None),
        (make_answered(make_module()), FactKind.ACCESSED, None),
        (make_quiz_begun(), FactKind.ACCESSED, None),
        (make_completed(), FactKind.COMPLETED, None),
        (make_result(0.8), FactKind.PASSED, 0.8),
        (make_result(0.3), FactKind.FAILED, 0.3),
    ],
    ids=["opened", "progressed", "section", "check", "quiz begun", "completed", "passed", "failed"],
)
def test_what_our_player_says_counts_for_its_module(statement, kind, scaled):
    assert learning_in(outline_of(statement), iri_base=IRI_BASE) == Learning(MODULE, kind, scaled)


@pytest.mark.parametrize(
    "changed",
    [
        {"object_iri": "https://elsewhere.example/p/cchc/m/m1"},
        {"object_iri": ""},
        {"object_iri": cchc.package_iri(IRI_BASE, "cchc")},
        {"object_iri": f"{IRI_BASE}p/cchc/m/"},
        {"verb_iri": "http://adlnet.gov/expapi/verbs/shared"},
    ],
    ids=["foreign", "no activity", "package", "no module id", "other verb"],
)
def test_other_things_do_not_count(changed):
    outline = replace(outline_of(make_completed()), **changed)

    assert learning_in(outline, iri_base=IRI_BASE) is None


def test_a_quiz_without_a_module_counts_for_none():
    outline = replace(outline_of(make_result()), context_iris=(cchc.package_iri(IRI_BASE, "cchc"),))

    assert learning_in(outline, iri_base=IRI_BASE) is None
    assert is_final_result(outline, iri_base=IRI_BASE)


def test_only_a_scored_end_of_a_quiz_of_ours_is_a_final_result():
    passed = outline_of(make_result())

    others = [
        outline_of(make_completed()),
        outline_of(make_quiz_begun()),
        replace(passed, scaled=None),
        replace(passed, object_iri=MODULE),
        replace(passed, object_iri="https://elsewhere.example/p/cchc/z/z1"),
    ]

    assert is_final_result(passed, iri_base=IRI_BASE)
    assert [is_final_result(other, iri_base=IRI_BASE) for other in others] == [False] * 5


def test_an_outline_holds_who_what_and_when():
    outline = outline_of(make_result(0.8, "an"))

    assert (outline.home_page, outline.account_name) == ("https://lms.example", "an")
    assert outline.registration == make_registration("an")
    assert outline.occurred_at == NOON
    assert outline.context_iris == (MODULE, cchc.package_iri(IRI_BASE, "cchc"))


def test_an_outline_names_what_is_voided():
    target = make_completed()

    outline = outline_of(make_voiding(target.id))

    assert (outline.verb_iri, outline.voided_statement_id) == (adl.VOIDED, target.id)
    assert outline.object_iri == ""


@pytest.mark.parametrize(
    "payload",
    [
        b'{"actor":{"mbox":"mailto:a@b.vn"},"verb":{"id":"v"},"object":{"id":"o"}}',
        (
            b'{"actor":{"objectType":"Group","account":{"homePage":"h","name":"n"}},'
            b'"verb":{"id":"v"},"object":{"id":"o"}}'
        ),
    ],
    ids=["e-mail address", "group"],
)
def test_an_actor_without_an_account_of_its_own_stays_unnamed(payload):
    outline = read_outline(payload, stored=STORED)

    assert (outline.home_page, outline.account_name) == ("", "")


@pytest.mark.parametrize("timestamp", ["", "1601-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "hôm qua"])
def test_an_unbelievable_timestamp_gives_way_to_the_instant_of_storing(timestamp):
    payload = '{"actor":{},"verb":{"id":"v"},"object":{"id":"o"},"timestamp":"%s"}' % timestamp  # noqa: UP031

    assert read_outline(payload.encode(), stored=STORED).occurred_at == STORED


def test_a_single_parent_may_stand_without_its_list():
    payload = (
        b'{"actor":{},"verb":{"id":"v"},"object":{"id":"o"},'
        b'"context":{"contextActivities":{"parent":{"id":"https://a.example/p"}}}}'
    )

    assert read_outline(payload, stored=STORED).context_iris == ("https://a.example/p",)


@pytest.mark.parametrize("payload", [b"{}", b"[]", b"null", b'{"actor":1}', b"{"])
def test_json_that_is_no_statement_has_no_outline(payload):
    assert read_outline(payload, stored=STORED) is None


@pytest.mark.parametrize(
    ("people", "of", "is_reached"),
    [(85, 100, False), (86, 100, True), (850, 1000, False), (851, 1000, True), (0, 0, False)],
)
def test_more_than_85_percent_means_more(people, of, is_reached):
    target_2025, target_2030 = PROVIDED_WITH_KNOWLEDGE.targets

    assert target_2025.is_reached(people, of=of) is is_reached
    assert (target_2025.due_on, target_2025.percent) == (date(2025, 12, 31), 85)
    assert (target_2030.due_on, target_2030.percent) == (date(2030, 12, 31), 95)


def test_everyone_means_everyone():
    (target,) = GIVEN_ACCESS.targets

    assert [target.is_reached(people, of=200) for people in (199, 200)] == [False, True]


def test_each_indicator_names_its_act_and_what_stands_above_and_below_the_line():
    for indicator in INDICATORS:
        assert "905/QĐ-BNV" in indicator.legal_basis
        assert indicator.numerator
        assert indicator.denominator
        assert indicator.source.startswith("Điều 1, mục I.2")
        assert indicator.population.staff_categories == {"can_bo", "cong_chuc"}
