"""Statements become facts, state and counts; whatever the order, the recount agrees."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.bookmarks import lock_bookmark
from sync.followers import follow_once, is_work_waiting
from sync.organization.models import ActorIdentity
from sync.rollups.dirty import ROLLUPS, mark_people_dirty, mark_person_dirty
from sync.rollups.follower import freshness, rollups_follower
from sync.rollups.models import LearningFact, PersonModule, UnitCount
from sync.rollups.rebuild import rebuild_rollups
from sync.rollups.verify import verify_rollups
from tests.factories.learning import (
    IRI_BASE,
    NOON,
    create_appointment,
    create_identity,
    create_official,
    create_person,
    create_small_tree,
    make_completed,
    make_module,
    make_opened,
    make_result,
    make_voiding,
    record,
)

FOLLOWER = rollups_follower(iri_base=IRI_BASE)
MODULE = make_module().iri
LATER = NOON + timedelta(minutes=5)


def follow_all(session: Session, *, limit: int = 100) -> int:
    done = 0
    while step := follow_once(session, FOLLOWER, limit=limit, now=LATER):
        done += step
    return done


def cell(session: Session, unit_id: int, *, calendar: str = "official", start: date | None = None):
    start = start or date(2026, 10, 15)
    found = session.get(UnitCount, (unit_id, MODULE, calendar, start), populate_existing=True)
    return (found.people_accessed, found.people_completed) if found else (0, 0)


def assert_recount_agrees(session: Session) -> None:
    report = verify_rollups(session, iri_base=IRI_BASE)
    assert report.differences == ()
    assert report.agree


def test_a_completion_counts_in_the_unit_and_all_units_above(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    record(session, make_opened("an"), make_completed("an"))

    follow_all(session)

    counted = {unit: cell(session, unit) for unit in (tree.commune_a, tree.province, tree.country)}
    assert counted == {tree.commune_a: (1, 1), tree.province: (1, 1), tree.country: (1, 1)}
    assert cell(session, tree.commune_b) == (0, 0)
    assert_recount_agrees(session)


def test_parts_sum_to_their_parent(session):
    tree = create_small_tree(session)
    for number in range(12):
        name = f"hoc-vien-{number}"
        create_official(session, name, tree.leaves[number % 3])
        record(session, make_opened(name), *([make_completed(name)] if number % 2 else []))

    follow_all(session, limit=5)

    communes = [cell(session, unit) for unit in (tree.commune_a, tree.commune_b)]
    province, ministry = cell(session, tree.province), cell(session, tree.ministry)
    assert province == tuple(map(sum, zip(*communes, strict=True)))
    assert cell(session, tree.country) == tuple(map(sum, zip(province, ministry, strict=True)))


def test_months_follow_the_official_and_the_calendar_reckoning(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    # 17:30 UTC on the 14th is the 15th in Viet Nam: the next official month.
    record(session, make_completed("an", at=datetime(2026, 11, 14, 17, 30, tzinfo=UTC)))

    follow_all(session)

    assert cell(session, tree.commune_a, start=date(2026, 11, 15)) == (1, 1)
    assert cell(session, tree.commune_a, calendar="calendar", start=date(2026, 11, 1)) == (1, 1)
    assert cell(session, tree.commune_a, start=date(2026, 10, 15)) == (0, 0)


def test_a_second_completion_counts_the_person_once(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    record(session, make_completed("an"), make_completed("an", at=NOON + timedelta(days=60)))

    follow_all(session)

    state = session.get(PersonModule, (person, MODULE))
    assert (state.completions, state.first_completed_on) == (2, date(2026, 11, 10))
    assert state.last_completed_on == date(2027, 1, 9)
    assert cell(session, tree.country) == (1, 1)
    assert_recount_agrees(session)


def test_the_best_quiz_result_is_kept_with_the_module(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    record(session, make_result(0.4, "an"), make_result(0.9, "an"), make_result(0.6, "an"))

    follow_all(session)

    state = session.get(PersonModule, (person, MODULE))
    assert (state.best_scaled, state.completions) == (0.9, 0)
    assert cell(session, tree.commune_a) == (1, 0)


def test_a_voided_completion_no_longer_counts(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    _, completed = record(session, make_opened("an"), make_completed("an"))
    follow_all(session)

    record(session, make_voiding(completed))
    follow_all(session)

    assert cell(session, tree.country) == (1, 0)
    assert_recount_agrees(session)


def test_voiding_all_a_person_did_removes_state_and_cells(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    (completed,) = record(session, make_completed("an"))
    follow_all(session)

    record(session, make_voiding(completed))
    follow_all(session)

    assert session.scalars(select(PersonModule)).all() == []
    assert session.scalars(select(UnitCount)).all() == []
    assert_recount_agrees(session)


def test_a_void_that_arrives_before_its_target_takes_effect(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    late = make_completed("an")
    record(session, make_voiding(late.id))
    follow_all(session)

    record(session, late)
    follow_all(session)

    assert session.scalars(select(LearningFact.voided)).all() == [True]
    assert cell(session, tree.country) == (0, 0)
    assert_recount_agrees(session)


def test_an_account_counts_once_it_is_linked(session):
    tree = create_small_tree(session)
    person = create_person(session, "an")
    create_appointment(session, person, tree.commune_a)
    record(session, make_completed("an"))
    follow_all(session)
    assert cell(session, tree.country) == (0, 0)

    session.scalars(select(ActorIdentity)).one().person_id = person
    mark_person_dirty(session, person)
    follow_all(session)

    assert cell(session, tree.commune_a) == (1, 1)
    assert_recount_agrees(session)


def test_an_account_that_moves_to_another_person_takes_its_learning_along(session):
    tree = create_small_tree(session)
    wrong, right = create_person(session, "sai"), create_person(session, "dung")
    create_appointment(session, wrong, tree.commune_a)
    create_appointment(session, right, tree.ministry)
    account = create_identity(session, "an", person_id=wrong)
    record(session, make_completed("an"))
    follow_all(session)

    account.person_id = right
    mark_people_dirty(session, [wrong, right])
    follow_all(session)

    assert cell(session, tree.commune_a) == (0, 0)
    assert cell(session, tree.ministry) == (1, 1)
    assert_recount_agrees(session)


def test_two_accounts_of_one_person_count_as_one(session):
    tree = create_small_tree(session)
    person = create_official(session, "an-moodle", tree.commune_a)
    create_identity(session, "an-canvas", person_id=person)
    record(session, make_completed("an-moodle"), make_completed("an-canvas"))

    follow_all(session)

    assert cell(session, tree.country) == (1, 1)
    assert_recount_agrees(session)


def test_a_back_dated_appointment_moves_the_count(session):
    tree = create_small_tree(session)
    person = create_person(session, "an")
    post = create_appointment(session, person, tree.commune_a)
    create_identity(session, "an", person_id=person)
    record(session, make_completed("an"))
    follow_all(session)

    post.valid_to = date(2026, 7, 1)
    session.flush()
    create_appointment(session, person, tree.commune_b, valid_from=date(2026, 7, 1))
    mark_person_dirty(session, person)
    follow_all(session)

    assert cell(session, tree.commune_a) == (0, 0)
    assert cell(session, tree.commune_b) == (1, 1)
    assert cell(session, tree.province) == (1, 1)
    assert_recount_agrees(session)


def test_learning_stays_in_the_unit_of_its_day_when_the_person_moves_later(session):
    tree = create_small_tree(session)
    person = create_person(session, "an")
    create_appointment(session, person, tree.commune_a, valid_to=date(2026, 11, 11))
    create_appointment(session, person, tree.commune_b, valid_from=date(2026, 11, 11))
    create_identity(session, "an", person_id=person)
    record(session, make_completed("an"), make_completed("an", at=NOON + timedelta(days=5)))

    follow_all(session)

    assert cell(session, tree.commune_a) == (1, 1)
    assert cell(session, tree.commune_b) == (0, 0)


def test_learning_without_a_post_on_that_day_counts_in_no_unit(session):
    tree = create_small_tree(session)
    person = create_person(session, "an")
    create_appointment(session, person, tree.commune_a, valid_from=date(2027, 1, 1))
    create_identity(session, "an", person_id=person)
    record(session, make_completed("an"))

    follow_all(session)

    assert session.get(PersonModule, (person, MODULE)).leaf_unit_id is None
    assert session.scalars(select(UnitCount)).all() == []
    assert_recount_agrees(session)


def test_a_statement_with_a_broken_clock_counts_on_the_day_it_was_stored(session):
    tree = create_small_tree(session)
    create_official(session, "an", tree.commune_a)
    record(session, make_completed("an", at=datetime(1601, 1, 1, tzinfo=UTC)))

    follow_all(session)

    assert cell(session, tree.country) == (1, 1)
    assert_recount_agrees(session)


def test_statements_about_other_things_are_passed_over(session):
    create_small_tree(session)
    foreign = make_completed("an")
    record(session, foreign)
    elsewhere = rollups_follower(iri_base="https://another.example/")

    done = follow_once(session, elsewhere, limit=10, now=LATER)

    assert done == 1
    assert session.scalars(select(LearningFact)).all() == []


def test_freshness_says_what_waits(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    before = freshness(session)
    record(session, make_opened("an"), make_completed("an"))
    waiting = freshness(session)

    follow_all(session)
    after = freshness(session)
    mark_person_dirty(session, person)
    marked = freshness(session)

    assert (before.as_of, before.waiting) == (None, 0)
    assert (waiting.as_of, waiting.waiting) == (None, 2)
    assert (after.as_of, after.waiting) == (LATER, 0)
    assert (marked.as_of, marked.waiting) == (LATER, 1)
    assert is_work_waiting(session, FOLLOWER)


def test_statements_read_a_second_time_add_nothing(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    record(session, make_opened("an"), make_completed("an"), make_result(0.7, "an"))
    follow_all(session)

    lock_bookmark(session, ROLLUPS).last_seq = 0
    record(session, make_completed("an"))
    follow_all(session)

    assert session.get(PersonModule, (person, MODULE), populate_existing=True).completions == 2
    assert cell(session, tree.country) == (1, 1)
    assert_recount_agrees(session)


def test_a_result_that_comes_after_a_better_one_changes_nothing(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    for score in (0.4, 0.9, 0.6):
        record(session, make_result(score, "an"))
        follow_all(session)

    assert session.get(PersonModule, (person, MODULE), populate_existing=True).best_scaled == 0.9
    assert_recount_agrees(session)


@pytest.mark.parametrize("name", ['a"b', "a\\b", "{a,b}", "NULL", "a'b", " "])
def test_an_account_is_found_again_whatever_its_name(session, name):
    tree = create_small_tree(session)
    create_official(session, name, tree.commune_a)

    record(session, make_completed(name))
    follow_all(session)

    assert cell(session, tree.country) == (1, 1)
    assert_recount_agrees(session)


def test_a_rebuild_gives_the_same_figures(session):
    tree = create_small_tree(session)
    for name in ("an", "binh", "chi"):
        create_official(session, name, tree.commune_a)
        record(session, make_opened(name), make_completed(name), make_result(0.7, name))
    follow_all(session, limit=2)
    counted = cell(session, tree.country)

    rebuild_rollups(session)
    emptied = cell(session, tree.country)
    follow_all(session)

    assert emptied == (0, 0)
    assert cell(session, tree.country) == counted == (3, 3)
    assert_recount_agrees(session)


@pytest.mark.parametrize("table", ["facts", "state", "counts"])
def test_verification_finds_a_row_that_was_tampered_with(session, table):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    (statement_id,) = record(session, make_completed("an"))
    follow_all(session)
    tampered = {
        "facts": session.scalars(select(LearningFact).where(LearningFact.statement_id == statement_id)).one(),
        "state": session.get(PersonModule, (person, MODULE)),
        "counts": session.get(UnitCount, (tree.country, MODULE, "official", date(2026, 10, 15))),
    }[table]

    session.delete(tampered)
    session.flush()
    report = verify_rollups(session, iri_base=IRI_BASE)

    assert not report.agree
    assert [difference.table for difference in report.differences] == [table]
    assert report.differences[0].kept == ""


def test_verification_does_not_agree_while_marks_wait(session):
    tree = create_small_tree(session)
    person = create_official(session, "an", tree.commune_a)
    record(session, make_completed("an"))
    follow_all(session)

    mark_person_dirty(session, person)
    report = verify_rollups(session, iri_base=IRI_BASE)

    assert (report.agree, report.marks, report.differences) == (False, 1, ())
