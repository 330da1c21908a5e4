"""A launch that names no column: one is found or made, once, when there is a score for it."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from sync.grade_errors import ColumnGone, ScoreForbidden, ScoreNotDelivered
from sync.line_items import LEASE, expect_score_in_wanted_column, find_wanted_columns, is_column_wanted
from sync.models import AwaitedColumn, LineItemWish
from sync.ports import FoundLineItem, WantedLineItem
from sync.score_state import ScoreState, look_again_for_columns, view_scores_of_registrations
from tests.factories.gradebook import FakeGradebook
from tests.factories.learning import NOON, make_registration, make_result
from tests.factories.outbox import SOON, Outbox


@pytest.fixture
def outbox(engine):
    return Outbox(engine)


def want(outbox, name="an", *, link="7", label="Bài 1", now=NOON):
    wanted = WantedLineItem(1, "https://lms.example/items", link, "cchc/z/z1", label, 100.0)
    with outbox.transaction() as session:
        expect_score_in_wanted_column(
            session, wanted, registration=make_registration(name), lms_user_id=name, now=now
        )


def search(outbox, gradebook, now=SOON):
    return find_wanted_columns(outbox.transaction, gradebook, now=now)


def wish(outbox):
    with outbox.transaction() as session:
        return session.scalars(select(LineItemWish)).one()


def test_no_column_is_made_before_there_is_a_score(outbox):
    want(outbox)
    gradebook = FakeGradebook()

    with outbox.transaction() as session:
        assert not is_column_wanted(session, now=SOON)
    assert search(outbox, gradebook) == 0
    assert gradebook.made == []


def test_the_first_score_has_the_column_made_and_goes_there(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook()

    assert search(outbox, gradebook) == 1
    outbox.deliver(gradebook)

    (made,) = gradebook.made
    assert (made.resource_link_id, made.purpose, made.label) == ("7", "cchc/z/z1", "Bài 1")
    assert [(score.line_item_url, score.lms_user_id, score.score_given) for score in gradebook.posted] == [
        ("https://lms.example/made/1", "an", 80.0)
    ]


def test_a_result_that_was_there_before_the_launch_is_enough(outbox):
    outbox.record(make_result(0.8, "an"))
    outbox.follow()

    want(outbox)

    assert search(outbox, FakeGradebook()) == 1


def test_a_column_that_the_lms_has_is_used(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook()
    gradebook.items["7", "cchc/z/z1"] = FoundLineItem("https://lms.example/own", is_ours=False)

    search(outbox, gradebook)

    assert gradebook.made == []
    assert outbox.row().line_item_url == "https://lms.example/own"


def test_many_learners_of_one_link_share_one_column(outbox):
    for name in ("an", "binh"):
        want(outbox, name)
        outbox.record(make_result(0.8, name))
    outbox.follow()
    gradebook = FakeGradebook()
    search(outbox, gradebook)

    want(outbox, "chi", now=SOON)
    outbox.record(make_result(0.6, "chi"))
    outbox.follow()
    outbox.deliver(gradebook)

    assert len(gradebook.made) == 1
    assert sorted(score.lms_user_id for score in gradebook.posted) == ["an", "binh", "chi"]
    with outbox.transaction() as session:
        assert session.scalars(select(AwaitedColumn)).all() == []


def test_a_process_that_dies_after_making_the_column_leaves_one(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()

    class DiesAfterMaking(FakeGradebook):
        def create_line_item(self, wanted):
            super().create_line_item(wanted)
            raise KeyboardInterrupt

    gradebook = DiesAfterMaking()
    with pytest.raises(KeyboardInterrupt):
        search(outbox, gradebook)

    assert search(outbox, gradebook) == 0
    assert search(outbox, gradebook, now=SOON + LEASE) == 1
    assert len(gradebook.made) == 1
    assert wish(outbox).line_item_url == "https://lms.example/made/1"


def test_two_workers_do_not_make_two_columns(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()

    class Meanwhile(FakeGradebook):
        def find_line_item(self, wanted):
            assert search(outbox, self) == 0
            return super().find_line_item(wanted)

    gradebook = Meanwhile()
    search(outbox, gradebook)

    assert len(gradebook.made) == 1


def test_an_lms_that_does_not_answer_is_asked_again(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook(ScoreNotDelivered("502", retry_after_seconds=600.0))

    search(outbox, gradebook)
    due_at = wish(outbox).due_at
    search(outbox, gradebook, now=due_at)

    assert due_at == SOON + timedelta(seconds=600)
    assert wish(outbox).line_item_url == "https://lms.example/made/1"


def test_an_lms_that_lets_us_make_none_says_so_until_someone_asks_again(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook(ScoreForbidden("403"))
    search(outbox, gradebook)
    registration = make_registration("an")
    with outbox.transaction() as session:
        view = view_scores_of_registrations(session, [registration])[registration]
        again = look_again_for_columns(session, now=SOON)

    assert (view.state, view.trouble_code) == (ScoreState.NO_COLUMN, "score_forbidden")
    assert again == 1
    assert search(outbox, gradebook) == 1
    assert len(gradebook.made) == 1


def test_a_column_that_was_deleted_is_looked_for_again_at_the_next_launch(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook()
    search(outbox, gradebook)
    outbox.deliver(FakeGradebook(ColumnGone("404")))
    gradebook.items.clear()

    want(outbox, now=SOON)
    search(outbox, gradebook)
    outbox.deliver(gradebook)

    assert [score.line_item_url for score in gradebook.posted] == ["https://lms.example/made/2"]


def test_a_new_title_changes_the_heading_of_our_column(outbox):
    want(outbox)
    outbox.record(make_result(0.8, "an"))
    outbox.follow()
    gradebook = FakeGradebook()
    search(outbox, gradebook)

    want(outbox, label="Bài 1 (mới)", now=SOON)
    search(outbox, gradebook)

    assert gradebook.renamed == [("https://lms.example/made/1", "Bài 1 (mới)")]
    assert len(gradebook.made) == 1
