"""How an author writes the richer question types, situations and quiz rules, and what comes out."""

from datetime import UTC, date, datetime

import pytest

from content_packages.authoring.banks import Bank, read_bank
from content_packages.authoring.source_text import SourceText
from content_packages.contents import Blank, Criterion, Feedback, Option
from content_packages.reading import package_from_canonical, question_from_canonical
from tests.factories.content import PACKAGE, compile_package

QUIZ = "quizzes/cuoi-bai.yaml"
PRESENT = "feedback: {during: none, after: [score, marks, explanations], answers: after_close}"


def bank_of(body: str) -> Bank:
    return read_bank(SourceText("banks/b.md", f"---\nbank: b\n---\n\n{body}"))


def question_of(body: str):
    bank = bank_of(body)
    assert bank.findings == []
    return question_from_canonical(bank.questions[0].canonical)


def codes_of(body: str) -> list[str]:
    return [finding.code for finding in bank_of(body).findings]


def test_a_cloze_question_has_typed_and_chosen_blanks_in_the_order_of_the_stem():
    question = question_of(
        '## q-1\n{source: "76/NQ-CP", fold_diacritics: true}\n\n'
        "Nghị quyết [[1]] có [[2]] nội dung.\n\n"
        "= [1] 76/NQ-CP\n= [1] 76\n~ [2] bốn\n= [2] sáu\n"
    )

    assert question.type == "cloze"
    assert question.blanks == (
        Blank(answers=("76/NQ-CP", "76")),
        Blank(options=(Option("bốn", False, None), Option("sáu", True, None))),
    )
    assert (question.fold_diacritics, question.case_sensitive) == (True, False)


@pytest.mark.parametrize(
    "lines",
    [
        "Có [[1]] và [[2]] nội dung.\n\n= [1] a",
        "Có [[1]] nội dung.\n\n= [1] a\n= [2] b",
        "Có [[2]] và [[1]] nội dung.\n\n= [1] a\n= [2] b",
        "Có [[1]] và [[1]] nội dung.\n\n= [1] a",
    ],
)
def test_blanks_and_answers_must_fit(lines):
    assert codes_of(f'## q-1\n{{source: "76/NQ-CP"}}\n\n{lines}\n') == ["Q015"]


def test_a_blank_of_wrong_choices_only_has_no_key():
    assert codes_of('## q-1\n{source: "76/NQ-CP"}\n\nCó [[1]] nội dung.\n\n~ [1] a\n~ [1] b\n') == ["Q002"]


def test_an_essay_has_a_rubric_of_points():
    question = question_of(
        '## q-1\n{type: essay, min_words: 50, source: "76/NQ-CP"}\n\nHãy lập kế hoạch.\n\n'
        "- (2) Nêu căn cứ\n- (0,5) Có mốc thời gian\n"
    )

    assert question.rubric == (Criterion("Nêu căn cứ", 2.0), Criterion("Có mốc thời gian", 0.5))
    assert question.min_words == 50


def test_an_essay_without_a_rubric_is_an_error():
    assert codes_of('## q-1\n{type: essay, source: "76/NQ-CP"}\n\nHãy lập kế hoạch.\n') == ["Q002"]


def test_options_can_be_pinned_and_a_hint_given():
    question = question_of(
        '## q-1\n{source: "76/NQ-CP", hint: "Xem mục 1", situational: true, skill: ung-dung-cntt}\n\n'
        "Chọn phương án đúng?\n\n- [x] một\n- [ ] {pin} Ý kiến khác\n"
    )

    assert [option.pin for option in question.options] == [False, True]
    assert (question.hint, question.situational, question.skill) == ("Xem mục 1", True, "ung-dung-cntt")


SITUATION = """## tinh-huong xa-a

Xã A sáp nhập ba xã.

- Hồ sơ còn 120
- Cán bộ còn 40

"""
ASKED = """## {0}
{{source: "76/NQ-CP", situation: xa-a}}

Xã A nên làm việc {0} trước?

- [x] một
- [ ] hai

"""


def test_a_situation_keeps_its_text_and_its_questions_name_it():
    bank = bank_of(SITUATION + ASKED.format("q-1") + ASKED.format("q-2"))

    (situation,) = bank.situations
    assert situation.canonical == {
        "bank": "b",
        "id": "xa-a",
        "text": "Xã A sáp nhập ba xã.\n\n- Hồ sơ còn 120\n- Cán bộ còn 40",
    }
    assert [question.canonical["situation"] for question in bank.questions] == ["xa-a", "xa-a"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (ASKED.format("q-1") + ASKED.format("q-2"), "Q016"),
        (SITUATION + ASKED.format("q-1"), "Q017"),
        (SITUATION, "Q017"),
        (SITUATION + SITUATION + ASKED.format("q-1") + ASKED.format("q-2"), "Q014"),
        ("## tinh-huong Xã-A\n\nChữ.\n\n", "Q014"),
        ("## tinh-huong xa-a\n\n" + ASKED.format("q-1") + ASKED.format("q-2"), "Q014"),
    ],
    ids=["unknown", "one question", "unused", "twice", "no slug", "empty"],
)
def test_situations_and_their_questions_must_fit(tmp_path, body, code):
    compiled = compile_package(tmp_path, changes={"banks/b.md": f"---\nbank: b\n---\n\n{body}"})

    assert code in {finding.code for finding in compiled.findings}


def test_situations_travel_in_the_canonical_package(tmp_path):
    body = "---\nbank: b\n---\n\n" + SITUATION + ASKED.format("q-1") + ASKED.format("q-2")
    compiled = compile_package(tmp_path, changes={"banks/b.md": body})

    package = package_from_canonical(compiled.canonical or "", digest="0")

    assert package.situations["xa-a"].text.startswith("Xã A")
    assert package.questions["q-1"].situation == "xa-a"


def quiz_of(folder, lines: str, **others: str):
    compiled = compile_package(folder, changes={QUIZ: (PRESENT, lines), **others})
    assert compiled.canonical is not None, [str(one) for one in compiled.findings]
    return package_from_canonical(compiled.canonical, digest="0").quizzes["cuoi-bai"]


def test_the_first_form_of_feedback_is_still_read(tmp_path):
    quiz = quiz_of(tmp_path, PRESENT)

    after = frozenset({"score", "marks", "explanations"})
    assert quiz.feedback == Feedback(during=frozenset(), after=after, closed=after | {"answers"})
    assert (quiz.behaviour, quiz.answers) == ("deferred", "after_close")


def test_feedback_is_a_matrix_of_three_times(tmp_path):
    quiz = quiz_of(tmp_path, "feedback: {during: [marks], after: [score], closed: [score, answers]}")

    assert quiz.feedback == Feedback(
        frozenset({"marks"}), frozenset({"score"}), frozenset({"score", "answers"})
    )


def test_a_quiz_names_its_behaviour_window_pair_and_commendation(tmp_path):
    rules = "behaviour: interactive\ntries: 3\npair: dau-vao\npart: pre\non_pass: {commend: giay-khen}\n"
    after = PACKAGE[QUIZ].replace("id: cuoi-bai", "id: dau-ra") + "pair: dau-vao\npart: post\n"
    quiz = quiz_of(
        tmp_path,
        rules + 'window: {opens: "2026-12-01T08:00+07:00", closes: "2026-12-15T17:00+07:00"}',
        **{"quizzes/dau-ra.yaml": after},
    )

    assert (quiz.behaviour, quiz.tries, quiz.pair, quiz.part) == ("interactive", 3, "dau-vao", "pre")
    assert quiz.commend == "giay-khen"
    assert quiz.window is not None
    assert quiz.window.opens_at == datetime(2026, 12, 1, 1, 0, tzinfo=UTC)
    assert quiz.window.last_start_at is None


@pytest.mark.parametrize(
    "lines",
    [
        "certainty: true",
        "tries: 2",
        "pair: dau-vao",
        "feedback: {during: all}",
        "feedback: {closed: [score], answers: after_close}",
        'window: {opens: "2026-12-01"}',
    ],
)
def test_rules_that_contradict_each_other_are_found(tmp_path, lines):
    compiled = compile_package(tmp_path, changes={QUIZ: (PRESENT, lines)})

    assert {finding.code for finding in compiled.errors} == {"Z002"}


def test_cited_law_has_its_dates(tmp_path):
    basis = (
        "  - {ref: 76/NQ-CP, date: 2021-07-15, effective: 2021-08-01, expires: 2030-12-31, "
        "replaced_by: 1/NQ-CP}\n"
    )
    compiled = compile_package(
        tmp_path, changes={"package.yaml": ("  - {ref: 76/NQ-CP, date: 2021-07-15}\n", basis)}
    )

    law = package_from_canonical(compiled.canonical or "", digest="0").legal_basis["76/NQ-CP"]

    assert (law.effective_on, law.last_day, law.replaced_by) == (
        date(2021, 8, 1),
        date(2030, 12, 31),
        "1/NQ-CP",
    )
    assert [law.is_in_force(day) for day in (date(2021, 7, 31), date(2021, 8, 1), date(2031, 1, 1))] == [
        False,
        True,
        False,
    ]
