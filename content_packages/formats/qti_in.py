"""QTI 2.x and 3.0 items -> questions: choice, match, order, text entry, inline choice, extended text. Pure.

Written from the public descriptions of the format; names of both generations are read alike
(`choiceInteraction` and `qti-choice-interaction`). What an item draws, moves or adapts is a finding.
"""

import io
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lxml import etree

from content_packages.formats.foreign_text import block_text, html_to_markdown, one_line
from content_packages.formats.imported import (
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
)
from content_packages.formats.safe_xml import Element, XmlRefused, local_name, read_xml, text_of
from content_packages.zip_faults import UNREADABLE_ZIP

_LARGEST_UNPACKED = 100 * 1024 * 1024
_MOST_ITEMS = 5_000
_NOT_LETTER = re.compile(r"[^a-z]")
_NOT_SHOWN = {"feedbackblock", "modalfeedback", "rubricblock", "feedbackinline"}


def read_qti(content: bytes, *, path: str) -> ImportedQuestions:
    """All items of a QTI package (zip) or of one item file; findings count items from 1 in order of name."""
    notes = ImportNotes(path)
    questions: list[ImportedQuestion] = []
    number = 0
    for name, xml in _files(content, path, notes):
        root = _root(name, xml, notes)
        if root is None or _name(root) != "assessmentitem":
            continue
        number += 1
        try:
            questions.append(_question(root, number, notes))
        except QuestionNotUnderstood as refused:
            notes.error(number, "I010", f"{name}: {refused}")
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _files(content: bytes, path: str, notes: ImportNotes) -> Iterator[tuple[str, bytes]]:
    if not content.startswith(b"PK"):
        yield path, content
        return
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if entry.filename.endswith(".xml")]
            too_large = sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED
            if too_large or len(entries) > _MOST_ITEMS or any(entry.flag_bits & 0x1 for entry in entries):
                notes.error(1, "I001", "gói có mật khẩu hoặc nở ra quá lớn: bị từ chối vì lý do an toàn")
                return
            for entry in sorted(entries, key=lambda one: one.filename):
                yield entry.filename, archive.read(entry)
    except UNREADABLE_ZIP:
        notes.error(1, "I001", "tệp nén hỏng, không mở được")


def _root(name: str, xml: bytes, notes: ImportNotes) -> Element:
    try:
        return read_xml(xml)
    except XmlRefused as refused:
        notes.error(refused.line, "I001", f"{name}: {refused}")
        return None


def _name(element: Element) -> str:
    """`choiceinteraction` for both generations of names."""
    return _NOT_LETTER.sub("", local_name(element).lower()).removeprefix("qti")


def _attribute(element: Element, name: str) -> str:
    """Value of an attribute whose name is written in either way; empty when absent."""
    wanted = _NOT_LETTER.sub("", name.lower())
    return next(
        (str(value) for key, value in element.attrib.items() if _NOT_LETTER.sub("", key.lower()) == wanted),
        "",
    )


def _all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if isinstance(one.tag, str) and _name(one) == name]


def _question(item: Element, number: int, notes: ImportNotes) -> ImportedQuestion:
    bodies = _all(item, "itembody")
    if not bodies:
        raise QuestionNotUnderstood("mục không có nội dung (itemBody)")
    body = bodies[0]
    found = [one for one in body.iter() if isinstance(one.tag, str) and _name(one).endswith("interaction")]
    kinds = {_name(one) for one in found}
    if kinds & {"textentryinteraction", "inlinechoiceinteraction"} and len(kinds - set(_INLINE)) == 0:
        canonical = _inline(item, body, found)
    elif len(found) == 1 and _name(found[0]) in _READERS:
        canonical = {**_READERS[_name(found[0])](item, found[0]), "stem": _stem(body, found[0])}
    else:
        told = ", ".join(sorted(kinds)) or "không có chỗ trả lời"
        raise QuestionNotUnderstood(f"loại tương tác chưa nhập được: {told}")
    if any(
        _name(one) in {"img", "object", "audio", "video"} for one in body.iter() if isinstance(one.tag, str)
    ):
        notes.warn(number, "I013", "hình, âm thanh trong câu hỏi chưa nhập được; hãy mô tả bằng lời")
    return ImportedQuestion(number, _attribute(item, "identifier"), canonical)


def _correct(item: Element, interaction: Element) -> list[str]:
    wanted = _attribute(interaction, "responseIdentifier")
    for declaration in _all(item, "responsedeclaration"):
        if _attribute(declaration, "identifier") == wanted:
            return [
                text_of(value)
                for right in _all(declaration, "correctresponse")
                for value in _all(right, "value")
            ]
    return []


def _accepted(item: Element, interaction: Element) -> list[str]:
    """Right values, and those that a mapping gives the full points for."""
    wanted = _attribute(interaction, "responseIdentifier")
    right = _correct(item, interaction)
    for declaration in _all(item, "responsedeclaration"):
        if _attribute(declaration, "identifier") != wanted:
            continue
        entries = [(_attribute(one, "mapKey"), _points(one)) for one in _all(declaration, "mapentry")]
        best = max((points for _, points in entries), default=0.0)
        right += [key for key, points in entries if points == best and best > 0]
    return list(dict.fromkeys(right))


def _points(entry: Element) -> float:
    try:
        return float(_attribute(entry, "mappedValue"))
    except ValueError:
        return 0.0


def _html(element: Element, *, without: set[str]) -> str:
    """HTML inside an element, without namespaces and without what is not shown."""
    pieces = [element.text or ""]
    for child in element:
        if isinstance(child.tag, str) and _name(child) not in without | _NOT_SHOWN:
            inner = _html(child, without=without)
            tag = local_name(child)
            pieces.append(f"<{tag}>{inner}</{tag}>")
        pieces.append(child.tail or "")
    return "".join(pieces)


def _stem(body: Element, interaction: Element) -> str:
    around = html_to_markdown(_html(body, without={_name(interaction)}))
    prompts = _all(interaction, "prompt")
    asked = html_to_markdown(_html(prompts[0], without=set())) if prompts else ""
    return block_text(f"{around}\n{asked}")


def _phrase(element: Element) -> str:
    return one_line(html_to_markdown(_html(element, without=set())))


def _choice(item: Element, interaction: Element) -> dict[str, Any]:
    right = set(_correct(item, interaction))
    options = [
        {"text": _phrase(one), "correct": _attribute(one, "identifier") in right}
        for one in _all(interaction, "simplechoice")
    ]
    if not right:
        raise QuestionNotUnderstood("không ghi đáp án (correctResponse)")
    if _attribute(interaction, "maxChoices") in {"", "1"} and len(right) == 1:
        return {"type": "single", "options": options}
    return {"type": "multiple", "partial": True, "options": options}


def _order(item: Element, interaction: Element) -> dict[str, Any]:
    shown = {_attribute(one, "identifier"): _phrase(one) for one in _all(interaction, "simplechoice")}
    right = _correct(item, interaction)
    if set(right) != set(shown):
        raise QuestionNotUnderstood("thứ tự đúng không gồm đủ các mục")
    return {"type": "order", "items": [shown[name] for name in right]}


def _match(item: Element, interaction: Element) -> dict[str, Any]:
    names = ("simpleassociablechoice",)
    shown = {_attribute(one, "identifier"): _phrase(one) for name in names for one in _all(interaction, name)}
    pairs = []
    for value in _correct(item, interaction):
        left, _, right = value.partition(" ")
        if left not in shown or right.strip() not in shown:
            raise QuestionNotUnderstood(f"cặp “{value}” không có trong các phương án")
        pairs.append([shown[left], shown[right.strip()]])
    return {"type": "match", "pairs": pairs}


def _extended(_item: Element, _interaction: Element) -> dict[str, Any]:
    return {"type": "essay", "rubric": [{"criterion": "Nội dung trả lời", "points": 10}]}


def _inline(item: Element, body: Element, found: list[Element]) -> dict[str, Any]:
    """Blanks in running text; a single typed one at the end of its paragraph is a short question."""
    blanks = [_blank(item, one) for one in found]
    for number, one in enumerate(found, start=1):
        marker = etree.Element("span")
        marker.text = f"oTrong{number}oTrong"
        marker.tail = one.tail
        one.getparent().replace(one, marker)
    words = html_to_markdown(_html(body, without=set()))
    if len(blanks) == 1 and "answers" in blanks[0] and words.rstrip().endswith("oTrong1oTrong"):
        return {
            "type": "short",
            "stem": block_text(words.replace("oTrong1oTrong", "")),
            "answers": blanks[0]["answers"],
        }
    stem = re.sub(r"oTrong(\d+)oTrong", r"[[\1]]", block_text(words))
    return {"type": "cloze", "stem": stem, "blanks": blanks}


def _blank(item: Element, interaction: Element) -> dict[str, Any]:
    right = _accepted(item, interaction)
    if not right:
        raise QuestionNotUnderstood("chỗ trống không ghi đáp án")
    if _name(interaction) == "textentryinteraction":
        return {"answers": right}
    options = [
        {"text": _phrase(one), "correct": _attribute(one, "identifier") == right[0]}
        for one in _all(interaction, "inlinechoice")
    ]
    return {"options": options}


_INLINE = ("textentryinteraction", "inlinechoiceinteraction")
_READERS: Mapping[str, Callable[[Element, Element], dict[str, Any]]] = {
    "choiceinteraction": _choice,
    "orderinteraction": _order,
    "matchinteraction": _match,
    "associateinteraction": _match,
    "extendedtextinteraction": _extended,
}
