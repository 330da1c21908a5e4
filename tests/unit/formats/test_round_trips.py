"""What goes out in a format comes back the same."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from content_packages.authoring.banks import read_bank
from content_packages.authoring.markup import render_phrase, render_text
from content_packages.authoring.source_text import SourceText
from content_packages.formats.foreign_text import plain_words
from content_packages.formats.gift_in import read_gift
from content_packages.formats.gift_out import write_gift
from content_packages.formats.imported import settle
from content_packages.formats.moodle_in import read_moodle_xml
from content_packages.formats.moodle_out import write_moodle_xml
from content_packages.formats.native_bank import write_bank
from content_packages.formats.sheet_in import read_sheet
from content_packages.formats.sheet_out import write_sheet
from tests.unit.formats.questions import as_question, canonical_questions

GIFT = ("single", "multiple", "truefalse", "match", "numeric", "short")
MOODLE = (*GIFT, "cloze")
SHEET = (*GIFT, "order", "essay")


@given(canonical_questions(types=(*MOODLE, "order", "essay")))
def test_a_written_bank_reads_back_unchanged(question):
    text = write_bank("b", [question])

    bank = read_bank(SourceText("banks/b.md", text))

    assert [finding.code for finding in bank.findings if finding.code not in {"Q010", "Q012"}] == []
    if not bank.findings:
        assert bank.questions[0].canonical == question


@given(canonical_questions(types=GIFT))
def test_gift_comes_back_unchanged(question):
    text, left_out = write_gift([as_question(question)], path="b.gift")

    imported = settle(read_gift(text.encode(), path="b.gift"), bank="b", path="b.gift", defaults={})

    assert left_out == ()
    assert imported.findings == ()
    assert imported.questions[0].canonical == question


@settings(deadline=None)
@given(canonical_questions(types=MOODLE))
def test_moodle_xml_shows_the_same_words_and_keeps_the_key(question):
    content, left_out = write_moodle_xml([as_question(question)], path="b.xml")

    imported = settle(read_moodle_xml(content, path="b.xml"), bank="b", path="b.xml", defaults={})

    assert left_out == ()
    assert imported.findings == ()
    assert _shown(imported.questions[0].canonical) == _shown(question)


def _shown(question: dict[str, Any]) -> dict[str, Any]:
    """The question as a page shows it: HTML instead of Markdown, whose spelling may differ."""
    shown = {**question, "stem": render_text(question["stem"])}
    if "explain" in question:
        shown["explain"] = render_text(question["explain"])
    shown["options"] = [
        {
            **option,
            "text": render_phrase(option["text"]),
            "feedback": render_phrase(option.get("feedback", "")),
        }
        for option in question.get("options", ())
    ]
    shown["pairs"] = [(render_phrase(left), plain_words(right)) for left, right in question.get("pairs", ())]
    return shown


@settings(deadline=None, max_examples=40)
@given(st.lists(canonical_questions(types=SHEET), min_size=1, max_size=4, unique_by=lambda one: one["id"]))
def test_a_question_sheet_comes_back_unchanged(questions):
    content, left_out = write_sheet([as_question(one) for one in questions], path="b.xlsx")

    imported = settle(read_sheet(content, path="b.xlsx"), bank="b", path="b.xlsx", defaults={})

    assert left_out == ()
    assert imported.findings == ()
    assert [one.canonical for one in imported.questions] == questions
