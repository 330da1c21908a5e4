"""Questions in canonical form, as hypothesis draws them and as tests write them."""

from typing import Any

from hypothesis import strategies as st

from content_packages.contents import Question
from content_packages.formats.foreign_text import block_text, one_line, plain_to_markdown
from content_packages.reading import question_from_canonical

_LETTERS = "aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạấầẩẫậắằẳẵặéèẻẽẹếềểễệíìỉĩịóòỏõọốồổỗộớờởỡợúùủũụứừửữựýỳỷỹỵ"
_MARKS = " ~=#{}:\\%*_[]<>&\"'/,.;!?-()"


def words(*, at_least: int = 1) -> st.SearchStrategy[str]:
    """One line of Vietnamese with the marks that formats trip over, beginning and ending with a letter."""
    letters = st.sampled_from(_LETTERS + _LETTERS.upper() + "0123456789")
    middle = st.text(st.sampled_from(_LETTERS + _MARKS), max_size=30)
    return st.builds(
        lambda first, rest, last: one_line(plain_to_markdown(f"{first * at_least}{rest}{last}")),
        letters, middle, letters,
    )  # fmt: skip


def stems() -> st.SearchStrategy[str]:
    """One to three lines."""
    return st.lists(words(at_least=8), min_size=1, max_size=3).map(lambda lines: block_text("\n".join(lines)))


def _distinct(minimum: int, maximum: int) -> st.SearchStrategy[list[str]]:
    return st.lists(words(), min_size=minimum, max_size=maximum, unique_by=str.casefold)


@st.composite
def _options(draw: st.DrawFn, *, several: bool) -> list[dict[str, Any]]:
    texts = draw(_distinct(3, 6))
    rights = draw(st.integers(2, len(texts) - 1)) if several else 1
    options = [{"text": text, "correct": number < rights} for number, text in enumerate(texts)]
    for option in options:
        if draw(st.booleans()):
            option["feedback"] = draw(words())
    return draw(st.permutations(options))


@st.composite
def canonical_questions(draw: st.DrawFn, *, types: tuple[str, ...]) -> dict[str, Any]:
    """A question of one of the types, in canonical form with bank and id."""
    kind = draw(st.sampled_from(types))
    question: dict[str, Any] = {
        "type": kind,
        "bank": "b",
        "id": f"b-{draw(st.integers(1, 999)):03d}",
        "stem": draw(stems()),
    }
    if draw(st.booleans()):
        question["level"] = draw(st.sampled_from(["nhan-biet", "thong-hieu", "van-dung", "van-dung-cao"]))
    if draw(st.booleans()):
        question["source"] = "76/NQ-CP"
    if draw(st.booleans()):
        question["explain"] = draw(stems())
    return {**question, **draw(_ANSWERS[kind])}


def _true_false(key: bool, feedback: str) -> dict[str, Any]:
    return {
        "options": [
            {"text": "Đúng", "correct": key, "feedback": feedback},
            {"text": "Sai", "correct": not key, "feedback": feedback},
        ]
    }


_numbers = st.integers(-9999, 9999).map(str)
_ANSWERS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "single": _options(several=False).map(lambda options: {"options": options}),
    "multiple": _options(several=True).map(lambda options: {"options": options, "partial": True}),
    "truefalse": st.builds(_true_false, st.booleans(), words()),
    "match": st.tuples(_distinct(3, 5), _distinct(5, 5)).map(
        lambda sides: {"pairs": [list(pair) for pair in zip(*sides, strict=False)]}
    ),
    "numeric": st.tuples(_numbers, st.integers(0, 5)).map(
        lambda drawn: {"answers": [drawn[0]], "tolerance": float(drawn[1])}
    ),
    "short": st.lists(
        st.text(st.sampled_from(_LETTERS + "0123456789~=#{}:/"), min_size=2, max_size=9),
        min_size=1, max_size=3, unique=True,
    ).map(lambda answers: {"answers": answers}),
    "order": _distinct(3, 5).map(lambda items: {"items": items}),
    "cloze": st.tuples(_distinct(2, 3), words()).map(
        lambda drawn: {
            "stem": f"{drawn[1]} là [[1]] và [[2]] trong câu.",
            "blanks": [
                {"answers": ["Bộ Nội vụ"]},
                {"options": [{"text": text, "correct": not number} for number, text in enumerate(drawn[0])]},
            ],
        }
    ),
    "essay": st.just({"rubric": [{"criterion": "Nêu đủ căn cứ", "points": 4}]}),
}  # fmt: skip


def as_question(canonical: dict[str, Any]) -> Question:
    """The frozen question of a canonical one."""
    return question_from_canonical(canonical)
