"""Banks that can be passed without reading are refused; questions to look at again are named."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.authoring.banks import read_bank
from content_packages.authoring.guessing import (
    chi_square_limit,
    key_is_often_longest,
    key_is_often_shortest,
    key_positions_are_uneven,
    tells_by_length,
)
from content_packages.authoring.likeness import like_pairs, likeness, shingles
from content_packages.authoring.quality import check_quality
from content_packages.authoring.source_text import SourceText
from content_packages.contents import Option, Question
from tests.factories.content import compile_package, make_question

SOUND = """## {id}
{{source: "76/NQ-CP"}}

{stem}

- [x] một
  > Đúng.
- [ ] hai
  > Sai.
"""


def codes_of(*bodies: str) -> list[tuple[str, str]]:
    bank = read_bank(SourceText("banks/b.md", "---\nbank: b\n---\n\n" + "\n".join(bodies)))
    assert bank.findings == []
    small = {"K008", "K009"}
    return [(one.code, one.severity) for one in check_quality([bank]) if one.code not in small]


def sound(name: str = "q-1", stem: str = "Câu hỏi thử nghiệm thứ nhất?") -> str:
    return SOUND.format(id=name, stem=stem)


def singles(places: list[int], size: int = 4, key: str = "đúng", wrong: str = "khác") -> list[Question]:
    return [
        make_question(
            options=tuple(
                Option(key if number == place else f"{wrong} {number}", number == place, None)
                for number in range(size)
            )
        )
        for place in places
    ]


def test_a_sound_question_has_no_findings():
    assert codes_of(sound()) == []


def test_a_small_bank_without_situations_is_mentioned():
    bank = read_bank(SourceText("banks/b.md", "---\nbank: b\n---\n\n" + sound()))

    assert [(one.code, one.severity) for one in check_quality([bank])] == [
        ("K008", "warning"),
        ("K009", "warning"),
    ]


def test_keys_that_are_mostly_first_are_a_habit():
    assert key_positions_are_uneven(singles([0] * 12 + [1, 2, 3])) == "A 12, B 1, C 1, D 1"


def test_evenly_placed_keys_are_none():
    assert key_positions_are_uneven(singles([0, 1, 2, 3] * 5 + [0, 0])) == ""


def test_a_few_questions_are_not_a_habit():
    assert key_positions_are_uneven(singles([0] * 9)) == ""


@pytest.mark.parametrize(("freedom", "value"), [(1, 10.83), (3, 16.27), (7, 24.32)])
def test_the_limit_is_that_of_the_printed_tables(freedom, value):
    assert chi_square_limit(freedom) == pytest.approx(value, rel=0.031)


def test_an_honest_bank_is_rarely_accused():
    chance = random.Random(7)
    banks = [singles([chance.randrange(4) for _ in range(24)]) for _ in range(1000)]

    assert sum(bool(key_positions_are_uneven(bank)) for bank in banks) <= 5


def test_keys_that_are_mostly_longest_are_a_habit():
    places = [0, 1, 2, 3] * 5

    assert key_is_often_longest(singles(places, key="đúng và dài hơn")) == "20/20"
    assert key_is_often_longest(singles(places)) == ""


def test_keys_that_are_mostly_shortest_are_a_habit_too():
    assert key_is_often_shortest(singles([0, 1, 2, 3] * 5, key="a")) == "20/20"


@pytest.mark.parametrize(("letters", "tells"), [(35, False), (59, False), (60, True), (90, True)])
def test_one_key_tells_by_its_length_when_it_is_twice_as_long(letters, tells):
    options = (Option("đ" * letters, True, None), Option("s" * 30, False, None))

    assert tells_by_length(make_question(options=options)) is tells


def test_the_same_stem_twice_is_an_error_whatever_the_accents():
    assert codes_of(sound(), sound("q-2", "cau hoi thu  nghiem thu nhat")) == [("K004", "error")]


def test_nearly_the_same_stem_is_a_warning():
    long = "Theo Nghị quyết 76/NQ-CP, cải cách hành chính giai đoạn 2021-2030 gồm mấy nội dung?"

    assert codes_of(sound(stem=long), sound("q-2", long.replace("gồm mấy", "có mấy"))) == [
        ("K005", "warning")
    ]
    assert codes_of(sound(stem=long), sound("q-2", "Cơ quan nào thường trực cải cách hành chính?")) == []


def test_the_same_may_be_asked_about_two_situations():
    asked = sound().replace("{source", "{situation: xa-a, source")
    again = sound("q-2").replace("{source", "{situation: xa-b, source")

    assert codes_of(asked, again) == []


@given(st.lists(st.text("abc ", min_size=8, max_size=30), max_size=20), st.sampled_from([0.5, 0.7, 0.9]))
def test_the_quick_search_finds_exactly_what_comparing_all_pairs_finds(texts, at_least):
    sets = [shingles(text) for text in texts]
    slow = {
        (earlier, later)
        for later in range(len(texts))
        for earlier in range(later)
        if likeness(sets[earlier], sets[later]) >= at_least
    }

    assert {(one, other) for one, other, _ in like_pairs(texts, at_least=at_least)} == slow


def test_a_short_answer_that_stands_in_the_stem_is_found():
    text = '## q-1\n{source: "76/NQ-CP"}\n\nBộ Nội vụ thường trực. Bộ nào thường trực?\n\n= bộ nội vụ\n'

    assert codes_of(text) == [("K006", "error")]


def test_options_without_feedback_are_mentioned():
    assert codes_of(sound().replace("  > Sai.\n", "")) == [("K007", "warning")]


@pytest.mark.parametrize(
    ("stem", "found"),
    [
        ("Nội dung nào không thuộc chương trình?", True),
        ("Phát biểu nào sau đây sai?", True),
        ("Nội dung nào **không** thuộc chương trình?", False),
        ("Nội dung nào KHÔNG thuộc chương trình?", False),
        ("Điều nào đúng khi sản phẩm chậm mà không có lý do?", False),
        ("Người dân không nộp được hồ sơ. Nên làm gì?", False),
    ],
)
def test_a_plain_negation_in_the_question_is_mentioned(stem, found):
    assert codes_of(sound(stem=stem)) == ([("K010", "warning")] if found else [])


@pytest.mark.parametrize(
    "option",
    [
        "Tất cả các phương án trên",
        "Cả A và B",
        "Không có phương án nào đúng",
        "None of the above",
        "Cả ba ý trên",
    ],
)
def test_options_that_say_nothing_of_their_own_are_refused(option):
    text = f"---\nbank: b\n---\n\n{sound().replace('hai', option)}"

    assert [one.code for one in read_bank(SourceText("banks/b.md", text)).findings] == ["Q012"]


@pytest.mark.parametrize("option", ["Cả nước", "Tất cả hồ sơ được số hóa", "Không cần văn bản nào khác"])
def test_options_that_say_something_are_not(option):
    text = f"---\nbank: b\n---\n\n{sound().replace('hai', option)}"

    assert read_bank(SourceText("banks/b.md", text)).findings == []


@pytest.mark.parametrize("option", ["Một", "một.", " một "])
def test_options_that_differ_in_spelling_only_are_one(option):
    text = f"---\nbank: b\n---\n\n{sound().replace('hai', option)}"

    assert [one.code for one in read_bank(SourceText("banks/b.md", text)).findings] == ["Q011"]


def test_a_bank_of_a_pre_test_and_its_post_test_may_be_small(tmp_path):
    quiz = (
        "schema: cchc-quiz/1\nid: {bank}\ntitle: Khảo sát\nmode: placement\nmastery: 0.5\n{pair}"
        "draw:\n  - {{bank: {bank}, count: 1}}\n"
    )
    bank = '---\nbank: {bank}\n---\n\n## {bank}-1\n{{source: "76/NQ-CP"}}\n\nCâu này hỏi điều gì?\n\n= a\n'
    changes = {f"banks/{name}.md": bank.format(bank=name) for name in ("truoc", "thuong")}
    changes["quizzes/truoc.yaml"] = quiz.format(bank="truoc", pair="pair: khao-sat\npart: pre\n")
    changes["quizzes/thuong.yaml"] = quiz.format(bank="thuong", pair="")

    compiled = compile_package(tmp_path, changes=changes)

    small = [finding.path for finding in compiled.findings if finding.code == "K008"]
    assert "banks/thuong.md" in small
    assert "banks/truoc.md" not in small
