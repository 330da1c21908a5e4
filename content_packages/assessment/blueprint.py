"""Which questions an attempt gets, and in which order: drawn by a seed, without repeats (pure)."""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from content_packages.contents import DrawRule, Question, Quiz


class PoolTooSmall(Exception):  # noqa: N818 - lint Z005 keeps such a quiz from being published
    """The blueprint asks for more different questions than its banks have."""


@dataclass(frozen=True)
class DrawnQuestion:
    """One question of an attempt.

    Attributes:
        option_order: positions in the canonical list, in the order in which the learner sees them. For
            `match` these are the right-hand sides, for `order` the items.
    """

    question_id: str
    option_order: tuple[int, ...]


def draw_questions(quiz: Quiz, questions: Iterable[Question], *, seed: int) -> tuple[DrawnQuestion, ...]:
    """The questions of one attempt; the same seed gives the same draw.

    Raises:
        PoolTooSmall: the rules together need more questions than fit them.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    drawn = choose_without_repeats(quiz.draw, sorted(questions, key=lambda question: question.id), chance)
    if quiz.shuffle_questions:
        chance.shuffle(drawn)
    return tuple(
        DrawnQuestion(question.id, _order(question, chance, shuffle=quiz.shuffle_options))
        for question in drawn
    )


def choose_without_repeats(
    rules: Sequence[DrawRule], questions: Sequence[Question], chance: random.Random
) -> list[Question]:
    """One question per slot of the rules, in the order of the rules.

    A broad rule may not take what a narrow rule needs: slots are matched to questions with augmenting
    paths (Kuhn), each slot trying its candidates in random order.

    Raises:
        PoolTooSmall: no such choice exists.
    """
    slots = [rule for rule in rules for _ in range(rule.count)]
    candidates = []
    for rule in slots:
        pool = [index for index, question in enumerate(questions) if rule.admits(question)]
        chance.shuffle(pool)
        candidates.append(pool)
    slot_of: dict[int, int] = {}
    for slot, rule in enumerate(slots):
        if not _place(slot, candidates, slot_of, set()):
            raise PoolTooSmall(f"Bank {rule.bank} has too few questions for the draw.")
    question_of = {slot: questions[index] for index, slot in slot_of.items()}
    return [question_of[slot] for slot in range(len(slots))]


def _place(slot: int, candidates: list[list[int]], slot_of: dict[int, int], tried: set[int]) -> bool:
    """Gives the slot a question, moving other slots to another of their candidates when needed."""
    for index in candidates[slot]:
        if index in tried:
            continue
        tried.add(index)
        if index not in slot_of or _place(slot_of[index], candidates, slot_of, tried):
            slot_of[index] = slot
            return True
    return False


def _order(question: Question, chance: random.Random, *, shuffle: bool) -> tuple[int, ...]:
    """Matching and ordering are always shuffled: their written order is the key."""
    movable = len(question.options) or len(question.pairs) or len(question.items)
    order = list(range(movable))
    if question.type in {"match", "order"}:
        while len(order) > 1 and order == sorted(order):
            chance.shuffle(order)
    elif shuffle and question.type != "truefalse":
        chance.shuffle(order)
    return tuple(order)
