"""Questions that can be answered without knowing anything, and questions that a reviewer would send back.

What cheats the learner is an error; what could be better is a warning. Thresholds are constants below.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence

from content_packages.assessment.scoring import fold, numbers_read_from
from content_packages.authoring.banks import Bank, BankQuestion
from content_packages.authoring.findings import Finding, Severity
from content_packages.authoring.guessing import (
    key_is_often_longest,
    key_is_often_shortest,
    key_positions_are_uneven,
    tells_by_length,
)
from content_packages.authoring.likeness import like_pairs
from content_packages.contents import Question
from content_packages.reading import question_from_canonical

#: A bank that a test can be drawn from twice without meeting the same questions.
ENOUGH_QUESTIONS = 30
ENOUGH_SITUATIONAL = 5

#: A key that is one of so few numbers in the stem is copied; among more it may be the result of a sum.
FEW_NUMBERS = 2

_CHOICES = {"single", "multiple", "truefalse"}
#: “… nào (sau đây) … không/sai/trừ …” in the last sentence, in small letters and without emphasis.
_PLAIN_NEGATION = re.compile(
    r"\b[Nn]ào( sau đây| dưới đây)?( \w+){0,2} "
    r"(không(?! thể thiếu| chỉ)|sai|chưa đúng|chưa phù hợp|ngoại trừ|trừ)\b"
)
_LAST_SENTENCE = re.compile(r"[^.?!\n]*[.?!]?\s*$")
_NUMBER = re.compile(r"(?<![\w/.,-])\d[\d.,]*(?![\w/-])")


def check_quality(banks: Sequence[Bank], *, paired: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Findings about all questions of the package.

    Args:
        paired: banks from which only a pre-test and its post-test draw: both forms are as long as they
            must be, so nothing is said of their size.
    """
    placed = [(place, question_from_canonical(place.canonical)) for bank in banks for place in bank.questions]
    for place, question in placed:
        yield from _check_question(place, question)
    yield from _check_stems([place for place, _ in placed])
    by_bank: dict[str, list[tuple[BankQuestion, Question]]] = defaultdict(list)
    for place, question in placed:
        by_bank[question.bank].append((place, question))
    for name, members in by_bank.items():
        path, questions = members[0][0].path, [question for _, question in members]
        yield from _check_keys(name, path, questions)
        if name not in paired:
            yield from _check_size(name, path, questions)


def _check_question(place: BankQuestion, question: Question) -> Iterator[Finding]:
    if tells_by_length(question):
        message = f"câu {question.id}: phương án đúng dài hơn hẳn các phương án khác nên lộ đáp án"
        yield Finding(place.path, place.line, "K003", message)
    if among := _numbers_or_texts_with_key(question):
        message = f"câu {question.id}: đáp án nằm sẵn trong đề"
        severity: Severity = "error" if among <= FEW_NUMBERS else "warning"
        yield Finding(place.path, place.line, "K006", message, severity)
    if question.type in _CHOICES and not all(option.feedback for option in question.options):
        message = f"câu {question.id}: còn phương án chưa có lời phản hồi"
        yield Finding(place.path, place.line, "K007", message, "warning")
    if _PLAIN_NEGATION.search(_last_sentence(question.stem)):
        message = f"câu {question.id}: đề hỏi theo lối phủ định; hãy in đậm hoặc viết hoa từ phủ định"
        yield Finding(place.path, place.line, "K010", message, "warning")


def _last_sentence(stem: str) -> str:
    found = _LAST_SENTENCE.search(stem.strip())
    return found[0] if found else stem


def _numbers_or_texts_with_key(question: Question) -> int:
    """Among how many things of the stem the key stands and only has to be copied; 0 when it does not."""
    if question.type == "numeric":
        texts = _NUMBER.findall(question.stem)
        given = {number for text in texts for number in numbers_read_from(text)}
        stands = any(given & numbers_read_from(answer) for answer in question.answers)
        return len(set(texts)) if stands else 0
    if question.type == "short":
        stem = f" {fold(question.stem)} "
        return int(any(f" {fold(answer)} " in stem for answer in question.answers))
    return 0


def _check_stems(places: Sequence[BankQuestion]) -> Iterator[Finding]:
    """Two questions with one stem are one question; two that nearly agree should be looked at.

    Questions on different situations may ask the same thing. Each question is named once, with the
    earlier one that is most like it.
    """
    closest: dict[int, tuple[float, int]] = {}
    for earlier, later, found in like_pairs([str(place.canonical["stem"]) for place in places]):
        if _situation(places[earlier]) == _situation(places[later]):
            closest[later] = max(closest.get(later, (0.0, 0)), (found, -earlier))
    for later, (found, earlier) in closest.items():
        yield _stem_finding(places[later], places[-earlier], found)


def _situation(place: BankQuestion) -> str | None:
    return place.canonical.get("situation")


def _stem_finding(place: BankQuestion, first: BankQuestion, found: float) -> Finding:
    where = f"câu {first.id} ({first.path}:{first.line})"
    if found == 1.0:
        return Finding(place.path, place.line, "K004", f"câu {place.id}: đề trùng với {where}")
    message = f"câu {place.id}: đề giống {found:.0%} với {where}"
    return Finding(place.path, place.line, "K005", message, "warning")


def _check_keys(name: str, path: str, questions: Sequence[Question]) -> Iterator[Finding]:
    if counts := key_positions_are_uneven(questions):
        message = f"ngân hàng {name}: vị trí đáp án đúng lệch ({counts}); hãy đảo thứ tự phương án"
        yield Finding(path, 1, "K001", message)
    if counts := key_is_often_longest(questions):
        message = f"ngân hàng {name}: phương án đúng là phương án dài nhất quá thường xuyên ({counts})"
        yield Finding(path, 1, "K002", message)
    if counts := key_is_often_shortest(questions):
        message = f"ngân hàng {name}: phương án đúng là phương án ngắn nhất quá thường xuyên ({counts})"
        yield Finding(path, 1, "K011", message, "warning")


def _check_size(name: str, path: str, questions: Sequence[Question]) -> Iterator[Finding]:
    if len(questions) < ENOUGH_QUESTIONS:
        message = f"ngân hàng {name}: mới có {len(questions)} câu; nên có ít nhất {ENOUGH_QUESTIONS}"
        yield Finding(path, 1, "K008", message, "warning")
    situational = sum(question.situational for question in questions)
    if situational < ENOUGH_SITUATIONAL:
        message = (
            f"ngân hàng {name}: mới có {situational} câu tình huống; nên có ít nhất {ENOUGH_SITUATIONAL}"
        )
        yield Finding(path, 1, "K009", message, "warning")
