"""Questions -> a Moodle XML file. Pure."""

import re
from collections.abc import Callable, Iterable, Mapping

from lxml import etree

from content_packages.authoring.findings import Finding
from content_packages.authoring.markup import render_phrase, render_text
from content_packages.contents import Option, Question
from content_packages.formats.foreign_text import plain_words
from content_packages.formats.moodle_cloze import write_blank
from content_packages.formats.points import says_false, says_true, shares_of
from content_packages.formats.safe_xml import Element

_BLANK = re.compile(r"\[\[(\d+)\]\]")


def write_moodle_xml(questions: Iterable[Question], *, path: str) -> tuple[bytes, tuple[Finding, ...]]:
    """The file, one category per bank, and which questions Moodle's format cannot hold.

    Texts are rendered and cleaned as on our pages. Ids are in name and idnumber; level, source and
    "graded" are tags, which this importer reads back.
    """
    root = etree.Element("quiz")
    findings: list[Finding] = []
    bank = ""
    for number, question in enumerate(questions, start=1):
        writer = _WRITERS.get(question.type)
        if writer is None:
            message = f"Moodle XML không chứa được câu loại “{question.type}”: {question.id} bị bỏ lại"
            findings.append(Finding(path, number, "E001", message, "warning"))
            continue
        if question.bank != bank:
            bank = question.bank
            _category(root, bank)
        writer(root, question)
    written = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    return bytes(written), tuple(findings)


def _category(root: Element, bank: str) -> None:
    category = etree.SubElement(etree.SubElement(root, "question", type="category"), "category")
    _text(category, f"$course$/top/{bank}")


def _text(parent: Element, text: str) -> None:
    etree.SubElement(parent, "text").text = text


def _html(parent: Element, name: str, html: str) -> Element:
    element = etree.SubElement(parent, name, format="html")
    _text(element, html)
    return element


def _started(root: Element, question: Question, kind: str, *, stem: str | None = None) -> Element:
    element = etree.SubElement(root, "question", type=kind)
    _text(etree.SubElement(element, "name"), question.id)
    _html(element, "questiontext", render_text(question.stem) if stem is None else stem)
    _html(element, "generalfeedback", render_text(question.explain) if question.explain else "")
    etree.SubElement(element, "defaultgrade").text = f"{question.mark:g}"
    etree.SubElement(element, "penalty").text = "0.3333333"
    etree.SubElement(element, "hidden").text = "0"
    etree.SubElement(element, "idnumber").text = question.id
    return element


def _finished(element: Element, question: Question) -> None:
    if question.hint:
        _html(element, "hint", render_phrase(question.hint))
    tags = [question.level] if question.level else []
    tags += [f"nguon={question.source}"] if question.source else []
    tags += ["graded"] if question.graded else []
    if tags:
        holder = etree.SubElement(element, "tags")
        for tag in tags:
            _text(etree.SubElement(holder, "tag"), tag)


def _answer(element: Element, text: str, share: float, feedback: str | None, *, html: bool = True) -> Element:
    written_format = "html" if html else "moodle_auto_format"
    answer = etree.SubElement(element, "answer", fraction=_share(share), format=written_format)
    _text(answer, text)
    _html(answer, "feedback", render_phrase(feedback) if feedback else "")
    return answer


def _share(share: float) -> str:
    """Moodle knows its fractions to five decimals."""
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _choices(root: Element, question: Question) -> None:
    element = _started(root, question, "multichoice")
    several = question.type == "multiple"
    etree.SubElement(element, "single").text = "false" if several else "true"
    etree.SubElement(element, "shuffleanswers").text = (
        "false" if any(o.pin for o in question.options) else "true"
    )
    etree.SubElement(element, "answernumbering").text = "ABCD"
    if several:
        shares = shares_of(question.options)
    else:
        shares = [100.0 if option.correct else 0.0 for option in question.options]
    for option, share in zip(question.options, shares, strict=True):
        _answer(element, render_phrase(option.text), share, option.feedback)
    _finished(element, question)


def _true_false(root: Element, question: Question) -> None:
    by_word: dict[str, Option] = {}
    for option in question.options:
        word = "true" if says_true(option) else "false" if says_false(option) else ""
        by_word[word] = option
    if set(by_word) != {"true", "false"}:
        _choices(root, question)
        return
    element = _started(root, question, "truefalse")
    for word in ("true", "false"):
        option = by_word[word]
        _answer(element, word, 100.0 if option.correct else 0.0, option.feedback, html=False)
    _finished(element, question)


def _matching(root: Element, question: Question) -> None:
    element = _started(root, question, "matching")
    etree.SubElement(element, "shuffleanswers").text = "true"
    for left, right in question.pairs:
        pair = _html(element, "subquestion", render_phrase(left))
        _text(etree.SubElement(pair, "answer"), plain_words(right))
    _finished(element, question)


def _short(root: Element, question: Question) -> None:
    element = _started(root, question, "shortanswer")
    etree.SubElement(element, "usecase").text = "1" if question.case_sensitive else "0"
    for text in question.answers:
        _answer(element, text, 100.0, None, html=False)
    _finished(element, question)


def _numerical(root: Element, question: Question) -> None:
    element = _started(root, question, "numerical")
    for text in question.answers:
        answer = _answer(element, text.replace(",", "."), 100.0, None, html=False)
        etree.SubElement(answer, "tolerance").text = f"{question.tolerance:g}"
    _finished(element, question)


def _essay(root: Element, question: Question) -> None:
    element = _started(root, question, "essay")
    etree.SubElement(element, "responseformat").text = "editor"
    etree.SubElement(element, "responserequired").text = "1"
    etree.SubElement(element, "responsefieldlines").text = "15"
    if question.min_words:
        etree.SubElement(element, "minwordlimit").text = str(question.min_words)
    rows = "".join(f"<li>{render_phrase(one.criterion)} ({one.points:g})</li>" for one in question.rubric)
    _html(element, "graderinfo", f"<ul>{rows}</ul>")
    _finished(element, question)


def _cloze(root: Element, question: Question) -> None:
    def written(found: re.Match[str]) -> str:
        return write_blank(question.blanks[int(found[1]) - 1], case_sensitive=question.case_sensitive)

    stem = _BLANK.sub(written, render_text(question.stem))
    _finished(_started(root, question, "cloze", stem=stem), question)


_WRITERS: Mapping[str, Callable[[Element, Question], None]] = {
    "single": _choices,
    "multiple": _choices,
    "truefalse": _true_false,
    "match": _matching,
    "short": _short,
    "numeric": _numerical,
    "essay": _essay,
    "cloze": _cloze,
}
