"""No page and no JSON answer tells a key before the quiz allows it."""

from html import unescape

import pytest

from tests.factories.content import PACKAGE
from tests.factories.player import JSON, QUIZ, open_classroom

#: Texts that stand in the bank only where the key is: feedback of options and explanations.
SECRETS = ["BÍ MẬT GIẢI THÍCH", "BÍ MẬT PHẢN HỒI", "91,7", "choice-right", "choice-missed", "Đáp án đúng"]
BANK = (
    PACKAGE["banks/tong-quan.md"]
    .replace("> Lấy 22 chia 24.", "> BÍ MẬT GIẢI THÍCH")
    .replace("- [x] Chính phủ", "- [x] Chính phủ\n  > BÍ MẬT PHẢN HỒI")
)
HIDDEN = "feedback: {during: none, after: [score], closed: [score]}"
GIVEN = "feedback: {during: none, after: [score, marks, explanations], answers: after_close}"


def open_hidden(database_url, tmp_path, clock, *, feedback=HIDDEN, more=""):
    quiz = PACKAGE["quizzes/cuoi-bai.yaml"].replace(GIVEN, feedback + more)
    changes = {"banks/tong-quan.md": BANK, "quizzes/cuoi-bai.yaml": quiz}
    return open_classroom(database_url, tmp_path, clock=clock, changes=changes)


def leaks(learner, paths):
    pages = {
        path: unescape(learner.get(path, headers=JSON if "cac-cau" in path else None).text) for path in paths
    }
    return [(path, secret) for path, page in pages.items() for secret in SECRETS if secret in page]


def answer_wrongly(learner, attempt):
    """The right option of tq-2 is chosen, whose feedback is a secret; the rest is wrong."""
    for position, question_id in enumerate(learner.question_ids(attempt), start=1):
        form = {"tq-2": {"chosen": "0"}, "tq-5": {"text": "12"}}.get(
            question_id, {"chosen": "3", "place-0": "1"}
        )
        learner.post(f"{attempt}/{position}", {"seq": "0", **form})


@pytest.mark.parametrize("more", ["", "\nbehaviour: immediate", "\nbehaviour: interactive\ntries: 2"])
def test_nothing_is_told_where_the_matrix_is_empty(database_url, tmp_path, clock, more):
    with open_hidden(database_url, tmp_path, clock, more=more) as classroom:
        learner = classroom.admit()
        attempt = learner.begin()
        answer_wrongly(learner, attempt)
        for position in range(1, 5):
            learner.post(f"{attempt}/{position}", {"seq": "1", "goto": "check", "chosen": "0", "text": "3"})
        during = [f"{attempt}/{n}" for n in range(1, 5)] + [
            f"{attempt}/cac-cau",
            f"{attempt}/nop-bai",
            QUIZ,
            "",
        ]
        found = leaks(learner, during)
        learner.hand_in(attempt)
        found += leaks(learner, [attempt, QUIZ, "", "m/tong-quan"])

    assert found == []


def test_the_key_comes_only_when_nothing_more_can_be_won(database_url, tmp_path, clock):
    with open_hidden(database_url, tmp_path, clock, feedback=GIVEN) as classroom:
        learner = classroom.admit()
        first = learner.begin()
        answer_wrongly(learner, first)
        learner.hand_in(first)
        after_first = [secret for _, secret in leaks(learner, [first])]
        clock.forward(minutes=6)
        second = learner.begin()
        while_second_is_open = [secret for _, secret in leaks(learner, [first, f"{second}/cac-cau"])]
        learner.hand_in(second)
        after_last = {secret for _, secret in leaks(learner, [first])}

    # What one's own choice says is told with the explanations; the key is not.
    assert set(after_first) | set(while_second_is_open) <= {"BÍ MẬT PHẢN HỒI"}
    assert {"choice-right", "BÍ MẬT GIẢI THÍCH", "91,7"} <= after_last


def test_a_score_that_may_not_be_told_stands_on_no_page(database_url, tmp_path, clock):
    feedback = "feedback: {during: none, after: [marks], closed: [marks]}"
    with open_hidden(database_url, tmp_path, clock, feedback=feedback) as classroom:
        learner = classroom.admit()
        attempt = learner.begin()
        answer_wrongly(learner, attempt)
        learner.hand_in(attempt)
        pages = {path: learner.get(path).text for path in (attempt, QUIZ, "")}

    assert [path for path, page in pages.items() if "25%" in page] == []
