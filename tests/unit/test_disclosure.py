"""The feedback matrix: what may be told when, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from content_packages.assessment.certainty import certainty_points, sum_certainty
from content_packages.assessment.disclosure import Disclosure, disclose, phase_of, shown_in
from content_packages.contents import Feedback
from tests.factories.content import change_quiz, make_package

NOW = datetime(2026, 11, 26, tzinfo=UTC)
ALL = frozenset({"score", "marks", "answers", "explanations"})


def quiz_with(tmp_path, *, during=frozenset(), after=frozenset(), closed=frozenset(), **given):
    _, quiz = change_quiz(make_package(tmp_path), feedback=Feedback(during, after, closed), **given)
    return quiz


@pytest.mark.parametrize(
    ("given", "phase"),
    [
        ({"is_open": True, "nothing_to_win": True}, "during"),
        ({"is_open": False, "nothing_to_win": False}, "after"),
        ({"is_open": False, "nothing_to_win": True}, "closed"),
        ({"is_open": False, "nothing_to_win": True, "closes_at": NOW + timedelta(hours=1)}, "after"),
        ({"is_open": False, "nothing_to_win": False, "closes_at": NOW}, "closed"),
    ],
)
def test_a_window_closes_for_everybody_at_once(given, phase):
    assert phase_of(now=NOW, **{"closes_at": None, **given}) == phase


def test_a_deferred_quiz_tells_nothing_meanwhile_whatever_the_matrix_says(tmp_path):
    quiz = quiz_with(tmp_path, during=ALL)

    assert disclose(quiz, "during", is_right=True) == Disclosure()


@pytest.mark.parametrize("phase", ["after", "closed"])
@pytest.mark.parametrize("column", sorted(ALL))
def test_each_cell_opens_its_own_column_only(tmp_path, phase, column):
    quiz = quiz_with(tmp_path, **{phase: frozenset({column})})

    told = disclose(quiz, phase, is_right=False)

    assert told == Disclosure(
        marks=column == "marks",
        key=column == "answers",
        feedback=column == "explanations",
        explanation=False,
    )


def test_a_wrong_answer_is_explained_only_with_the_key(tmp_path):
    explains = quiz_with(tmp_path / "a", after=frozenset({"explanations"}))
    tells = quiz_with(tmp_path / "b", after=frozenset({"explanations", "answers"}))

    assert not disclose(explains, "after", is_right=False).explanation
    assert disclose(explains, "after", is_right=True).explanation
    assert disclose(tells, "after", is_right=False).explanation


def test_nobody_hears_the_key_while_another_try_is_allowed(tmp_path):
    quiz = quiz_with(tmp_path, during=ALL, behaviour="interactive")

    told = disclose(quiz, "during", is_right=False, may_try_again=True)

    assert (told.key, told.explanation, told.marks) == (False, False, True)


def test_what_was_open_after_the_attempt_stays_open(tmp_path):
    quiz = quiz_with(tmp_path, after=frozenset({"score"}), closed=frozenset({"answers"}))

    assert shown_in(quiz, "closed") == {"score", "answers"}


@pytest.mark.parametrize(("certainty", "right", "wrong"), [(1, 1, 0), (2, 2, -2), (3, 3, -6), (None, 1, 0)])
def test_certainty_earns_and_costs_by_the_table(certainty, right, wrong):
    assert certainty_points(1.0, certainty) == right
    assert certainty_points(0.0, certainty) == wrong


def test_points_by_certainty_are_summed_with_the_accuracy_of_each():
    found = sum_certainty([(1.0, 3), (0.0, 3), (1.0, 1), (1.0, None)])

    assert (found.points, found.highest) == (-1.0, 12.0)
    assert found.accuracy == {1: 1.0, 3: 0.5}
