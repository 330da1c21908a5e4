"""Item statistics against numpy's own formulas, and honesty about small numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.assessment.item_analysis import (
    FIRM_FROM,
    SHOWN_FROM,
    Flag,
    ItemAnswer,
    analyse_quiz,
    discriminative_efficiency,
)
from content_packages.player.analysis_files import standing_of_figures, statistics_csv, statistics_xlsx

KEYS = {"q0": {"A": True, "B": False, "C": False}}


def make_attempts(scores: np.ndarray, *, choices=None):
    """One attempt per row of 0..1 scores, one question per column, each worth a point."""
    return [
        [
            ItemAnswer(
                f"q{n}",
                n + 1,
                1.0,
                float(x),
                (choices(row, n, x) if choices else ("right" if x else "wrong"),),
            )
            for n, x in enumerate(marks)
        ]
        for row, marks in enumerate(scores)
    ]


@pytest.fixture
def scores() -> np.ndarray:
    chance = np.random.default_rng(905)
    ability = chance.normal(size=(120, 1))
    difficulty = np.linspace(-1.5, 1.5, 8)
    return (ability - difficulty + chance.normal(size=(120, 8)) > 0).astype(float)


def test_the_figures_are_those_of_numpy(scores):
    found = analyse_quiz(make_attempts(scores), keys={})

    totals = scores.sum(axis=1)
    alpha = 8 / 7 * (1 - scores.var(axis=0, ddof=1).sum() / totals.var(ddof=1))
    assert found.mean == pytest.approx(totals.mean() / 8)
    assert found.deviation == pytest.approx(totals.std(ddof=1) / 8)
    assert found.consistency == pytest.approx(alpha)
    assert found.error_ratio == pytest.approx(np.sqrt(1 - alpha))
    assert found.standard_error == pytest.approx(np.sqrt(1 - alpha) * totals.std(ddof=1) / 8)
    for n, question in enumerate(found.questions):
        rest = totals - scores[:, n]
        greatest = np.cov(np.sort(scores[:, n]), np.sort(rest))[0, 1]
        assert question.facility == pytest.approx(scores[:, n].mean())
        assert question.deviation == pytest.approx(scores[:, n].std(ddof=1))
        assert question.discrimination == pytest.approx(np.corrcoef(scores[:, n], rest)[0, 1])
        assert question.efficiency == pytest.approx(np.cov(scores[:, n], rest)[0, 1] / greatest)


def test_effective_weights_add_up_and_follow_the_covariance(scores):
    found = analyse_quiz(make_attempts(scores), keys={})

    totals = scores.sum(axis=1)
    roots = np.sqrt([np.cov(scores[:, n], totals)[0, 1] for n in range(8)])
    assert [one.effective for one in found.weights] == pytest.approx(list(roots / roots.sum()))
    assert [one.intended for one in found.weights] == [1 / 8] * 8


def test_a_question_does_not_correlate_with_itself():
    chance = np.random.default_rng(1)
    noise = (chance.random((4000, 3)) > 0.5).astype(float)

    found = analyse_quiz(make_attempts(noise), keys={})

    assert all(abs(question.discrimination) < 0.06 for question in found.questions)


@pytest.mark.parametrize(
    ("count", "standing"),
    [(0, "hidden"), (SHOWN_FROM - 1, "hidden"), (SHOWN_FROM, "preliminary"), (FIRM_FROM, "firm")],
)
def test_small_numbers_are_hidden_or_called_preliminary(count, standing):
    found = analyse_quiz(make_attempts(np.resize([[1.0, 0.0], [0.0, 1.0]], (count, 2))), keys={})

    assert standing_of_figures(found.count) == standing
    assert (found.mean is None) == (standing == "hidden")
    assert all(question.is_hidden == (standing == "hidden") for question in found.questions)


def test_a_wrong_key_is_suspected():
    chance = np.random.default_rng(7)
    ability = chance.normal(size=(200, 1))
    scores = (ability + chance.normal(size=(200, 6)) > 0).astype(float)
    strong = scores[:, 1:].sum(axis=1) >= 3
    scores[:, 0] = ~strong  # Who knows more chooses B, and the key says A.

    def choose(row, n, earned):
        return ("B" if strong[row] else "A") if n == 0 else ("right" if earned else "wrong")

    found = analyse_quiz(make_attempts(scores, choices=choose), keys=KEYS)

    flags = found.questions[0].flags
    assert {Flag.KEY_SUSPECT, Flag.WEAK, Flag.UNUSED_CHOICE, Flag.DRAWS_THE_STRONG} <= flags
    assert {choice.name: choice.count for choice in found.questions[0].choices}["C"] == 0


@pytest.mark.parametrize(("right", "flag"), [(0.1, Flag.TOO_HARD), (0.95, Flag.TOO_EASY)])
def test_too_hard_and_too_easy_are_flagged(right, flag):
    scores = np.zeros((100, 2))
    scores[: int(right * 100), 0] = 1
    scores[::2, 1] = 1

    found = analyse_quiz(make_attempts(scores), keys={})

    assert flag in found.questions[0].flags


def test_a_question_that_everybody_gets_right_has_no_discrimination():
    scores = np.ones((50, 2))
    scores[::2, 1] = 0

    question = analyse_quiz(make_attempts(scores), keys={}).questions[0]

    assert (question.discrimination, question.efficiency) == (None, None)


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 9)), min_size=3, max_size=40))
def test_efficiency_is_never_above_one(pairs):
    found = discriminative_efficiency([one / 4 for one, _ in pairs], [other / 9 for _, other in pairs])

    assert found is None or found <= 1 + 1e-9


def test_both_files_hold_every_question(scores):
    found = analyse_quiz(make_attempts(scores), keys={})

    text = statistics_csv(found)

    assert text.startswith("\ufeffquestion,attempts")
    assert all(f"\nq{n},120,firm," in text.replace("\r", "") for n in range(8))
    assert statistics_xlsx(found).startswith(b"PK")
