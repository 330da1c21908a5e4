"""The draw: by the rules, without repeats, the same again from the same seed."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.assessment.blueprint import Exposure, PoolTooSmall, draw_questions
from content_packages.contents import DrawRule, Option, Question, Quiz
from tests.factories.content import make_options, make_package, make_question


@pytest.fixture
def quiz(tmp_path) -> Quiz:
    return make_package(tmp_path).quizzes["cuoi-bai"]


def make_bank(**counts: int) -> list[Question]:
    """So many questions of each level."""
    return [
        make_question(id=f"{level}-{number}", bank="b", level=level)
        for level, count in counts.items()
        for number in range(count)
    ]


def with_rules(quiz: Quiz, *rules: tuple[int, str | None]) -> Quiz:
    draw = tuple(DrawRule("b", count, {} if level is None else {"level": (level,)}) for count, level in rules)
    return replace(quiz, draw=draw)


def test_the_same_seed_draws_the_same(quiz):
    quiz, bank = with_rules(quiz, (5, None)), make_bank(de=20)

    assert draw_questions(quiz, bank, seed=7) == draw_questions(quiz, reversed(bank), seed=7)
    assert draw_questions(quiz, bank, seed=7) != draw_questions(quiz, bank, seed=8)


def test_a_broad_rule_leaves_what_a_narrow_rule_needs(quiz):
    quiz, bank = with_rules(quiz, (3, None), (2, "kho")), make_bank(de=3, kho=2)

    for seed in range(200):
        drawn = [one.question_id for one in draw_questions(quiz, bank, seed=seed)]
        assert sorted(drawn) == sorted(question.id for question in bank)


def test_too_few_questions_are_refused(quiz):
    with pytest.raises(PoolTooSmall):
        draw_questions(with_rules(quiz, (2, None), (2, "kho")), make_bank(de=3), seed=1)


@given(st.integers(0, 2**31 - 1), st.integers(1, 6), st.integers(0, 4))
def test_no_question_is_drawn_twice(tmp_path_factory, seed, broad, narrow):
    quiz = make_package(tmp_path_factory.mktemp("p")).quizzes["cuoi-bai"]
    quiz, bank = with_rules(quiz, (broad, None), (narrow, "kho")), make_bank(de=6, kho=4)

    drawn = [one.question_id for one in draw_questions(quiz, bank, seed=seed)]

    assert len(drawn) == len(set(drawn)) == broad + narrow
    assert sum(name.startswith("kho") for name in drawn) >= narrow


def test_every_question_has_its_turn(quiz):
    quiz, bank = with_rules(quiz, (2, None)), make_bank(de=8)

    seen = Counter(one.question_id for seed in range(2000) for one in draw_questions(quiz, bank, seed=seed))

    # 500 are expected of each; six standard deviations are about 116.
    assert all(abs(count - 500) < 120 for count in seen.values())
    assert len(seen) == 8


def test_options_are_shown_in_a_drawn_order_and_true_or_false_in_its_own(quiz):
    bank = [make_question(id="a"), make_question("truefalse", id="b")]
    orders = {
        (one.question_id, one.option_order)
        for seed in range(100)
        for one in draw_questions(with_rules(quiz, (2, None)), bank, seed=seed)
    }

    assert len({order for name, order in orders if name == "a"}) == 24
    assert {order for name, order in orders if name == "b"} == {(0, 1)}


@pytest.mark.parametrize("kind", ["match", "order"])
def test_the_order_shown_never_gives_the_key_away(quiz, kind):
    still = replace(with_rules(quiz, (1, None)), shuffle_options=False)

    for seed in range(100):
        (drawn,) = draw_questions(still, [make_question(kind)], seed=seed)
        assert sorted(drawn.option_order) == [0, 1, 2]
        assert drawn.option_order != (0, 1, 2)


def test_what_the_learner_has_seen_least_comes_first(quiz):
    quiz, bank = with_rules(quiz, (4, None)), make_bank(de=10)
    seen = {f"de-{number}": 1 for number in range(6)}

    for seed in range(50):
        drawn = draw_questions(quiz, bank, seed=seed, exposure=Exposure(by_learner=seen))
        assert {one.question_id for one in drawn} == {"de-6", "de-7", "de-8", "de-9"}


def test_among_those_what_was_used_least_lately_comes_first(quiz):
    quiz, bank = with_rules(quiz, (2, None)), make_bank(de=6)
    used = {f"de-{number}": number for number in range(6)}

    drawn = draw_questions(quiz, bank, seed=3, exposure=Exposure(lately=used))

    assert {one.question_id for one in drawn} == {"de-0", "de-1"}


def test_preferring_the_unseen_leaves_a_narrow_rule_what_it_needs(quiz):
    quiz, bank = with_rules(quiz, (2, None), (2, "kho")), make_bank(de=3, kho=2)
    seen = {"kho-0": 5, "kho-1": 5}

    drawn = draw_questions(quiz, bank, seed=1, exposure=Exposure(by_learner=seen))

    assert sum(one.question_id.startswith("kho") for one in drawn) == 2


def test_attempts_one_after_the_other_use_the_bank_evenly(quiz):
    quiz, bank = with_rules(quiz, (5, None)), make_bank(de=20)
    used: Counter[str] = Counter()
    for seed in range(200):
        drawn = draw_questions(quiz, bank, seed=seed, exposure=Exposure(lately=used))
        used.update(one.question_id for one in drawn)

    assert set(used.values()) == {50}


def make_situation(name: str, count: int) -> list[Question]:
    return [make_question(id=f"{name}-{number}", bank="b", situation=name) for number in range(count)]


def test_a_situation_is_drawn_whole_together_and_in_order(quiz):
    quiz = replace(with_rules(quiz, (6, None)), shuffle_questions=True)
    bank = [*make_bank(de=5), *make_situation("mot-cua", 3), *make_situation("tiep-dan", 2)]

    for seed in range(100):
        drawn = [one.question_id for one in draw_questions(quiz, bank, seed=seed)]
        for name, count in (("mot-cua", 3), ("tiep-dan", 2)):
            places = [place for place, one in enumerate(drawn) if one.startswith(name)]
            assert len(places) in {0, count}
            assert [drawn[place] for place in places] == [f"{name}-{n}" for n in range(len(places))]
            assert places == list(range(places[0], places[0] + len(places))) if places else True


def test_sets_that_cannot_fill_the_blueprint_are_left_for_those_that_can(quiz):
    quiz = with_rules(quiz, (3, None))
    bank = [*make_situation("hai", 2), *make_situation("ba", 3), *make_situation("hai-nua", 2)]

    for seed in range(20):
        assert {one.question_id for one in draw_questions(quiz, bank, seed=seed)} == {"ba-0", "ba-1", "ba-2"}


def test_a_pinned_option_keeps_its_place(quiz):
    options = (*make_options(1, 3), Option("Tất cả đều sai", correct=False, feedback=None, pin=True))
    bank = [make_question(id="a", bank="b", options=options)]
    quiz = replace(with_rules(quiz, (1, None)), shuffle_options=True)

    orders = {draw_questions(quiz, bank, seed=seed)[0].option_order for seed in range(200)}

    assert {order[-1] for order in orders} == {4}
    assert len(orders) == 24
