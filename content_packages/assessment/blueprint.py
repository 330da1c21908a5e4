"""Which questions an attempt gets, and in which order: drawn by a seed, without repeats (pure)."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from content_packages.contents import DrawRule, Option, Question, Quiz

#: Draws that are tried before a blueprint counts as impossible. Only sets of questions, which are drawn
#: whole, can leave a gap that another draw would not.
_DRAWS = 60


class PoolTooSmall(Exception):  # noqa: N818 - lint Z005 keeps such a quiz from being published
    """The blueprint asks for more different questions than its banks have."""


@dataclass(frozen=True)
class DrawnQuestion:
    """One question of an attempt.

    Attributes:
        slot: place in the blueprint, from 1, whatever the order in which the learner sees the questions.
        option_order: positions in the canonical list, in the order in which the learner sees them. For
            `match` these are the right-hand sides, for `order` the items.
    """

    question_id: str
    option_order: tuple[int, ...]
    slot: int = 0


@dataclass(frozen=True)
class Exposure:
    """How often questions were drawn before, by question id; what is missing was not.

    Attributes:
        by_learner: in earlier attempts of this learner.
        lately: in the newest attempts of everybody.
    """

    by_learner: Mapping[str, int] = field(default_factory=dict)
    lately: Mapping[str, int] = field(default_factory=dict)


UNSEEN = Exposure()


def draw_questions(
    quiz: Quiz, questions: Iterable[Question], *, seed: int, exposure: Exposure = UNSEEN
) -> tuple[DrawnQuestion, ...]:
    """The questions of one attempt: what the learner has seen least, then what was used least.

    The same seed and exposure give the same draw. Questions about one situation come together, all of them,
    in their written order.

    Raises:
        PoolTooSmall: the rules together need more questions than fit them.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable draw, not a secret
    listed = list(questions)
    chosen = choose_without_repeats(quiz.draw, listed, chance, exposure=exposure)
    slot_of = {question.id: slot for slot, question in enumerate(chosen, start=1)}
    groups = _together(chosen, written_order=listed)
    if quiz.shuffle_questions:
        chance.shuffle(groups)
    return tuple(
        DrawnQuestion(
            question.id, _order(question, chance, shuffle=quiz.shuffle_options), slot_of[question.id]
        )
        for group in groups
        for question in group
    )


def choose_without_repeats(
    rules: Sequence[DrawRule],
    questions: Sequence[Question],
    chance: random.Random,
    *,
    exposure: Exposure = UNSEEN,
) -> list[Question]:
    """One question per slot of the rules, in the order of the rules.

    Questions (sets of one situation as a whole) are offered in order of preference, and each takes a slot
    when room can be made for it by moving others (augmenting paths, Kuhn). Without sets this gives the most
    preferred of all possible choices, because the choices that fit form a matroid.

    Raises:
        PoolTooSmall: no such choice was found.
    """
    slots = [rule for rule in rules for _ in range(rule.count)]
    sets = _sets_of(questions)
    for _ in range(_DRAWS):
        seating = _Seating(slots)
        for group in _by_preference(sets, chance, exposure):
            seating.offer(group)
        if seating.is_full:
            return seating.in_slot_order()
    raise PoolTooSmall(f"Banks {sorted({rule.bank for rule in rules})} have too few questions for the draw.")


class _Seating:
    """Questions seated in slots; those already seated may be moved, never sent away."""

    def __init__(self, slots: Sequence[DrawRule]) -> None:
        self.slots = slots
        self.in_slot: dict[int, Question] = {}

    @property
    def is_full(self) -> bool:
        return len(self.in_slot) == len(self.slots)

    def offer(self, group: Sequence[Question]) -> None:
        """Seats all of the group, or none."""
        if len(self.in_slot) + len(group) > len(self.slots):
            return
        before = dict(self.in_slot)
        if not all(self._seat(question, set()) for question in group):
            self.in_slot = before

    def in_slot_order(self) -> list[Question]:
        return [self.in_slot[slot] for slot in range(len(self.slots))]

    def _seat(self, question: Question, tried: set[int]) -> bool:
        for slot, rule in enumerate(self.slots):
            if slot in tried or not rule.admits(question):
                continue
            tried.add(slot)
            sitting = self.in_slot.get(slot)
            if sitting is None or self._seat(sitting, tried):
                self.in_slot[slot] = question
                return True
        return False


def _sets_of(questions: Sequence[Question]) -> list[list[Question]]:
    """Questions of one situation together; every other question alone; sorted, so that chance decides."""
    groups: dict[tuple[str, ...], list[Question]] = {}
    for question in questions:
        key = ("situation", question.bank, question.situation) if question.situation else ("", question.id)
        groups.setdefault(key, []).append(question)
    return [groups[key] for key in sorted(groups)]


def _by_preference(
    sets: Sequence[list[Question]], chance: random.Random, exposure: Exposure
) -> list[list[Question]]:
    """Least seen by the learner first, then least used lately; equals in random order."""
    shuffled = list(sets)
    chance.shuffle(shuffled)

    def seen(group: list[Question]) -> tuple[int, int]:
        return (
            max(exposure.by_learner.get(question.id, 0) for question in group),
            max(exposure.lately.get(question.id, 0) for question in group),
        )

    return sorted(shuffled, key=seen)


def _together(chosen: Sequence[Question], *, written_order: Sequence[Question]) -> list[list[Question]]:
    """The chosen questions in the order of the blueprint, those of one situation together as written."""
    place = {question.id: number for number, question in enumerate(written_order)}
    groups: dict[tuple[str, str], list[Question]] = {}
    for question in chosen:
        key = (question.bank, f"situation {question.situation}") if question.situation else ("", question.id)
        groups.setdefault(key, []).append(question)
    return [sorted(group, key=lambda one: place[one.id]) for group in groups.values()]


def _order(question: Question, chance: random.Random, *, shuffle: bool) -> tuple[int, ...]:
    """Matching and ordering are always shuffled: their written order is the key. Pinned options stay."""
    movable = len(question.options) or len(question.pairs) or len(question.items)
    order = list(range(movable))
    if question.type in {"match", "order"}:
        while len(order) > 1 and order == sorted(order):
            chance.shuffle(order)
        return tuple(order)
    if shuffle and question.type != "truefalse":
        return _shuffled_around_pins(question.options, chance)
    return tuple(order)


def _shuffled_around_pins(options: Sequence[Option], chance: random.Random) -> tuple[int, ...]:
    free = [position for position, option in enumerate(options) if not option.pin]
    places = iter(chance.sample(free, len(free)))
    return tuple(position if option.pin else next(places) for position, option in enumerate(options))
