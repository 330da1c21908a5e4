"""What an answer earns: a fraction from 0 to 1 per question, and the score of an attempt (pure)."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from content_packages.assessment.responses import Response
from content_packages.contents import Blank, Question, QuestionType

#: Fractions are kept with so many digits; a pass mark is compared after rounding.
DIGITS = 7


def score_response(question: Question, response: Response) -> float:
    """What the answer earns, 0.0 to 1.0.

    - single, truefalse: 1 for the right option.
    - multiple: 1 for exactly the right options; with `partial`, the share of right options chosen minus the
      share of wrong options chosen, never below 0.
    - match, order: the share of sides or items in their right place.
    - numeric: 1 within `tolerance` of an accepted number; decimal comma and point are both read.
    - short: 1 when equal to an accepted answer; spaces and final punctuation never count, case only where the
      question says so, and accents not where it says so.
    - cloze: the share of blanks filled in rightly, each as a choice or as a short answer.
    - essay: 0, because no program can tell (see `marking`).
    """
    return round(float(_RULES[question.type](question, response)), DIGITS)


def score_attempt(earned: Iterable[tuple[float, float]]) -> float:
    """Weighted share of the maximum, 0.0 to 1.0, of (mark, fraction earned) per question; 0 for none."""
    pairs = [(Fraction(mark), Fraction(fraction)) for mark, fraction in earned]
    maximum = sum((mark for mark, _ in pairs), Fraction())
    if not maximum:
        return 0.0
    return round(float(sum((mark * fraction for mark, fraction in pairs), Fraction()) / maximum), DIGITS)


def is_passed(score: float, *, mastery: float) -> bool:
    """Whether the score reaches the pass mark (both 0..1); equal is enough."""
    return round(score, DIGITS) >= round(mastery, DIGITS)


def _score_choice(question: Question, response: Response) -> Fraction:
    right = {position for position, option in enumerate(question.options) if option.correct}
    chosen = set(response.chosen)
    if not question.partial:
        return Fraction(int(chosen == right))
    wrong_count = len(question.options) - len(right)
    earned = Fraction(len(chosen & right), len(right))
    lost = Fraction(len(chosen - right), wrong_count) if wrong_count else Fraction()
    return max(Fraction(), earned - lost)


def _score_places(question: Question, response: Response) -> Fraction:
    """The written order is the key: each side's partner, or item, has the same position."""
    count = len(question.pairs) or len(question.items)
    right = sum(place == position for position, place in enumerate(response.places))
    return Fraction(right, count)


def _score_number(question: Question, response: Response) -> Fraction:
    given = numbers_read_from(response.text)
    accepted = {number for answer in question.answers for number in numbers_read_from(answer)}
    tolerance = Decimal(str(question.tolerance))
    return Fraction(int(any(abs(one - other) <= tolerance for one in given for other in accepted)))


def _score_text(question: Question, response: Response) -> Fraction:
    return Fraction(int(_is_accepted(question, response.text, question.answers)))


def _score_blanks(question: Question, response: Response) -> Fraction:
    pairs = zip(question.blanks, response.blanks, strict=True)
    right = sum(is_right_blank(question, blank, given) for blank, given in pairs)
    return Fraction(right, len(question.blanks))


def is_right_blank(question: Question, blank: Blank, given: str | int | None) -> bool:
    """Whether one blank of a cloze question is filled in rightly."""
    if isinstance(given, int):
        return blank.options[given].correct
    return _is_accepted(question, given or "", blank.answers)


def _is_accepted(question: Question, given: str, accepted: Iterable[str]) -> bool:
    """Compared as the question says: with or without accents, with or without regard to capitals."""

    def plain(text: str) -> str:
        return fold(text, case=not question.case_sensitive, accents=question.fold_diacritics)

    return bool(plain(given)) and plain(given) in {plain(answer) for answer in accepted}


def _score_nothing(_question: Question, _response: Response) -> Fraction:
    return Fraction()


_RULES: Mapping[QuestionType, Callable[[Question, Response], Fraction]] = {
    "single": _score_choice,
    "truefalse": _score_choice,
    "multiple": _score_choice,
    "match": _score_places,
    "order": _score_places,
    "numeric": _score_number,
    "short": _score_text,
    "cloze": _score_blanks,
    "essay": _score_nothing,
}

_NUMBER = re.compile(r"[-+]?\d[\d.,]*")
_THOUSANDS = re.compile(r"[-+]?\d{1,3}(?:[.,]\d{3})+")


def numbers_read_from(text: str) -> set[Decimal]:
    """The number in the text; two when a separator may mean thousands or decimals (1.234); none otherwise.

    A unit or percent sign after the number is left aside.
    """
    compact = re.sub(r"\s", "", text)
    found = _NUMBER.match(compact)
    if found is None or re.search(r"\d", compact[found.end() :]):
        return set()
    digits = found[0].rstrip(".,")
    spellings = {_decimal_spelling(digits)}
    if _THOUSANDS.fullmatch(digits):
        spellings.add(digits.replace(".", "").replace(",", ""))
    return {number for spelling in spellings if (number := _as_decimal(spelling)) is not None}


def _decimal_spelling(digits: str) -> str:
    """With a decimal point only: of two kinds of separator, the last is the decimal one."""
    last = max(digits.rfind("."), digits.rfind(","))
    if last < 0:
        return digits
    whole = digits[:last].replace(".", "").replace(",", "")
    return f"{whole}.{digits[last + 1 :]}"


def _as_decimal(spelling: str) -> Decimal | None:
    try:
        return Decimal(spelling)
    except InvalidOperation:
        return None


def fold(text: str, *, case: bool = True, accents: bool = True) -> str:
    """A text as typed in a hurry: no case, no accents (đ is d), single spaces, no final punctuation.

    Args:
        case, accents: whether to level them.
    """
    levelled = unicodedata.normalize("NFC", text)
    if case:
        levelled = levelled.casefold()
    if accents:
        decomposed = unicodedata.normalize("NFD", levelled.replace("đ", "d").replace("Đ", "D"))
        levelled = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    return " ".join(levelled.split()).strip(" .,;:!?\"'“”")
