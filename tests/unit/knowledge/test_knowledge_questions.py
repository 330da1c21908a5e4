"""Questions as they are understood: abbreviations, synonyms, typing errors, validity; and extracts."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.knowledge.extracts import LONGEST, Wanted, extract
from content_packages.knowledge.questions import folded_vocabulary, read_question
from content_packages.knowledge.records import Vocabulary
from content_packages.knowledge.spelling import corrected
from content_packages.knowledge.syllables import pairs, syllables
from content_packages.knowledge.validity import read_validity_question
from content_packages.knowledge.variants import with_slip

VOCABULARY = folded_vocabulary(
    Vocabulary(
        abbreviations={"TTHC": ("thủ tục hành chính",), "PAR INDEX": ("chỉ số cải cách hành chính",)},
        synonyms=(("đền bù", "bồi thường"),),
        newer={"mức độ 4": ("toàn trình",)},
    )
)
SENTENCES = [
    "thủ tục hành chính phải có tên, trình tự và thời hạn",
    "hồ sơ nộp trực tuyến trên cổng dịch vụ công quốc gia",
    "công chức xếp loại hoàn thành xuất sắc nhiệm vụ",
]


class KnownText:
    """What three sentences have."""

    def __init__(self) -> None:
        self.terms = {term for text in SENTENCES for term in (*syllables(text), *pairs(syllables(text)))}

    def frequency(self, term: str) -> int:
        return int(term in self.terms)

    def count(self, terms: Sequence[str]) -> None:
        """Nothing to prepare: a set is quick."""

    def known(self, terms: Sequence[str]) -> list[str]:
        return [term for term in terms if term in self.terms]


def test_an_abbreviation_asks_for_what_it_stands_for():
    weights = read_question("tthc là gì", VOCABULARY).weights

    assert weights["thu tuc"] == 1.0
    assert weights["hanh chinh"] == 1.0


def test_what_an_abbreviation_stands_for_also_asks_for_the_abbreviation():
    assert read_question("thu tuc hanh chinh", VOCABULARY).weights["tthc"] == 1.0


def test_a_synonym_weighs_less_than_the_person_s_own_word():
    question = read_question("đền bù đất", VOCABULARY)

    assert question.weights["den bu"] == 1.0
    assert 0 < question.weights["boi thuong"] < 1.0
    assert "boi thuong" not in question.own


def test_an_old_phrase_asks_for_today_s_and_not_the_other_way_round():
    assert "toan trinh" in read_question("mức độ 4", VOCABULARY).weights
    assert "muc do" not in read_question("toàn trình", VOCABULARY).weights


def test_words_that_only_ask_weigh_nothing_alone():
    assert not {"la", "gi", "nao"} & set(read_question("thủ tục nào là gì", VOCABULARY).weights)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("thu tuc hanh chnh", "thu tuc hanh chinh"),
        ("thur tujc hanhf chinhs", "thu tuc hanh chinh"),
        ("thutuc hanh chinh", "thu tuc hanh chinh"),
        ("cong dich vu cog", "cong dich vu cong"),
        ("hoan thanh xuat sa", "hoan thanh xuat sac"),
    ],
)
def test_typing_errors_give_way_to_what_stands_beside_their_neighbours(typed, meant):
    assert " ".join(corrected(typed.split(), KnownText())) == meant


@given(st.sampled_from(SENTENCES))
def test_what_fits_is_never_touched(sentence):
    assert corrected(syllables(sentence), KnownText()) == syllables(sentence)


@given(st.sampled_from(SENTENCES), st.randoms(use_true_random=False))
def test_correcting_twice_changes_nothing_more(sentence, draw):
    once = corrected(syllables(with_slip(sentence, draw)), KnownText())

    assert corrected(once, KnownText()) == once


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Văn bản nào thay thế Nghị định 61/2018/NĐ-CP?", "replaced_by"),
        ("nd 61 bi thay boi van ban nao", "replaced_by"),
        ("Nghị định 118 thay thế văn bản nào?", "replaces"),
        ("Luật Viên chức 2010 còn hiệu lực không?", "in_force"),
        ("còn dùng NĐ 61/2018 không", "in_force"),
        ("nghị định 118 có hiệu lực khi nào", "since"),
        ("Nghị định 118 được sửa đổi bởi văn bản nào?", "amended_by"),
        ("QĐ 282 có thay NQ 76 không?", "between"),
        ("Nghị định 118 có áp dụng cho hải quan không?", None),
        ("Hồ sơ thiếu thì làm gì?", None),
        ("Ai được thay mặt người nộp hồ sơ khi người đó đi vắng lâu ngày?", None),
    ],
)
def test_what_of_validity_is_asked_is_read_from_the_words(question, asked):
    assert read_validity_question(question) == asked


def test_the_question_s_words_are_marked_where_they_stand():
    found = extract("Cán bộ một cửa lập phiếu yêu cầu bổ sung.", Wanted.of(syllables("phieu yeu cau")))

    assert [text for text, marked in found.pieces() if marked] == ["phiếu yêu cầu"]


@pytest.mark.parametrize(
    ("asked", "marked"),
    [
        ("thu tuc", ["Thủ tục", "tục"]),
        ("tục", ["tục", "tục"]),
        ("thu tien", []),
        ("tục lệ thu", ["tục", "tục", "lệ"]),
    ],
)
def test_half_a_compound_is_marked_with_its_other_half_only(asked, marked):
    found = extract("Thủ tục cấp bản sao; tập tục. Thu lệ phí.", Wanted.of(syllables(asked)))

    assert [text for text, is_marked in found.pieces() if is_marked] == marked


def test_a_long_text_is_cut_to_the_sentences_that_answer():
    text = (
        "Câu không liên quan đến điều gì. " * 30 + "Lệ phí nộp qua mạng. " + "Câu khác hẳn ở phía sau. " * 30
    )

    found = extract(text, Wanted.of(syllables("lệ phí")))

    assert "Lệ phí nộp qua mạng." in found.text
    assert len(found.text) <= LONGEST + 2


@given(st.lists(st.sampled_from(["thủ", "tục", "phí.", "Hồ", "sơ;", "\n"]), max_size=400).map(" ".join))
def test_marks_lie_in_the_extract_in_order(text):
    found = extract(text, Wanted.of(["thu", "tuc", "phi"]))

    assert "".join(piece for piece, _ in found.pieces()) == found.text
    assert all(0 <= start < end <= len(found.text) for start, end in found.marks)
    assert list(found.marks) == sorted(found.marks)
