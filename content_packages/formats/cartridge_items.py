"""QTI 1.2.1 items as Common Cartridge uses them -> questions. Pure.

Written from the public description of the cartridge's profile of QTI: choice, several choices, true or false,
fill in the blank, pattern match and essay, told apart by what an item holds when `cc_profile` is missing.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from content_packages.formats.foreign_text import block_text, html_to_markdown, one_line, plain_to_markdown
from content_packages.formats.imported import ImportedQuestion, ImportNotes, QuestionNotUnderstood
from content_packages.formats.safe_xml import Element, child, children, local_name, text_of

_PICTURES: Final = ("<img", "<audio", "<video", "<object")
#: How tools name the two answers of a question that is true or false.
_TRUE, _FALSE = frozenset({"true", "t", "yes", "đúng"}), frozenset({"false", "f", "no", "sai"})


def read_item(item: Element, number: int, notes: ImportNotes) -> ImportedQuestion:
    """One `<item>`.

    Args:
        number: counted over the whole file from 1; findings name it.

    Raises:
        QuestionNotUnderstood: its kind or its key cannot be read.
    """
    presentation = child(item, "presentation")
    if presentation is None:
        raise QuestionNotUnderstood("câu không có nội dung (presentation)")
    kind = _kind_of(item, presentation)
    reader = _READERS.get(kind)
    if reader is None:
        raise QuestionNotUnderstood(f"loại câu hỏi chưa nhập được: {kind or 'không rõ'}")
    stem = block_text(_material(presentation, number, notes))
    if not stem:
        raise QuestionNotUnderstood("câu không có lời hỏi")
    explanation = block_text(_feedback(item, "general_fb", number, notes))
    canonical = {
        "stem": stem,
        **reader(item, presentation, number, notes),
        **({"explain": explanation} if explanation else {}),
    }
    return ImportedQuestion(number, item.get("ident", ""), canonical)


def _kind_of(item: Element, presentation: Element) -> str:
    """`multiple_choice` and so on: by the profile that the item names, else by how it is answered."""
    for told in _all(item, "qtimetadatafield"):
        if text_of(child(told, "fieldlabel")) == "cc_profile":
            return text_of(child(told, "fieldentry")).removeprefix("cc.").partition(".v")[0]
    lists = _all(presentation, "response_lid")
    if lists:
        several = lists[0].get("rcardinality", "Single").casefold() == "multiple"
        return "multiple_response" if several else "multiple_choice"
    if _all(presentation, "response_str"):
        return "fib" if _all(item, "varequal") else "essay"
    return ""


def _all(element: Element, name: str) -> list[Element]:
    return [one for one in element.iter() if isinstance(one.tag, str) and local_name(one) == name]


def _material(holder: Element, number: int, notes: ImportNotes) -> str:
    """Markdown of the text that stands before the answers."""
    pieces = []
    for part in holder:
        if local_name(part) == "material":
            pieces += [_words(text, number, notes) for text in _all(part, "mattext")]
            if any(_all(part, name) for name in ("matimage", "mataudio", "matvideo")):
                _miss_picture(number, notes)
        elif local_name(part) in {"flow", "flow_mat"}:
            pieces.append(_material(part, number, notes))
    return "\n".join(piece for piece in pieces if piece)


def _words(text: Element, number: int, notes: ImportNotes) -> str:
    written = text_of(text)
    if text.get("texttype", "text/plain") != "text/html":
        return plain_to_markdown(written)
    if any(begin in written.casefold() for begin in _PICTURES):
        _miss_picture(number, notes)
    return html_to_markdown(written)


def _miss_picture(number: int, notes: ImportNotes) -> None:
    notes.warn(number, "I013", "hình, âm thanh trong câu hỏi chưa nhập được; hãy mô tả bằng lời")


def _feedback(item: Element, name: str, number: int, notes: ImportNotes) -> str:
    for told in children(item, "itemfeedback"):
        if told.get("ident") == name:
            return "\n".join(_words(text, number, notes) for text in _all(told, "mattext"))
    return ""


def _labels(presentation: Element, number: int, notes: ImportNotes) -> dict[str, str]:
    """Name of each option -> its words, in order."""
    return {
        label.get("ident", ""): one_line(_material(label, number, notes))
        for label in _all(presentation, "response_label")
    }


def _right_names(item: Element) -> set[str]:
    """The options of the condition that gives most points; what stands under `<not>` must not be chosen."""
    best, right = 0.0, set[str]()
    for condition in _all(item, "respcondition"):
        points = max((_points(one) for one in children(condition, "setvar")), default=0.0)
        asked = child(condition, "conditionvar")
        if asked is not None and points > best:
            best, right = points, set(_wanted(asked))
    return right


def _points(setting: Element) -> float:
    try:
        return float(text_of(setting))
    except ValueError:
        return 0.0


def _wanted(condition: Element) -> list[str]:
    names = []
    for one in condition:
        if local_name(one) == "varequal":
            names.append(text_of(one))
        elif local_name(one) in {"and", "or"}:
            names += _wanted(one)
    return names


def _told_of_options(item: Element, number: int, notes: ImportNotes) -> dict[str, str]:
    """Name of an option -> what is said to whoever chooses it."""
    told: dict[str, str] = {}
    for condition in _all(item, "respcondition"):
        asked, shown = child(condition, "conditionvar"), child(condition, "displayfeedback")
        if asked is None or shown is None or shown.get("linkrefid") == "general_fb":
            continue
        words = one_line(_feedback(item, shown.get("linkrefid", ""), number, notes))
        names = _wanted(asked)
        if words and len(names) == 1:
            told.setdefault(names[0], words)
    return told


def _options(item: Element, presentation: Element, number: int, notes: ImportNotes) -> list[dict[str, Any]]:
    labels, right = _labels(presentation, number, notes), _right_names(item)
    if not right & labels.keys():
        raise QuestionNotUnderstood("không ghi đáp án đúng")
    told = _told_of_options(item, number, notes)
    return [
        {"text": words, "correct": name in right, **({"feedback": told[name]} if name in told else {})}
        for name, words in labels.items()
    ]


def _single(item: Element, presentation: Element, number: int, notes: ImportNotes) -> dict[str, Any]:
    options = _options(item, presentation, number, notes)
    if sum(bool(one["correct"]) for one in options) != 1:
        raise QuestionNotUnderstood("câu chọn một phải có đúng một đáp án đúng")
    return {"type": "single", "options": options}


def _several(item: Element, presentation: Element, number: int, notes: ImportNotes) -> dict[str, Any]:
    return {
        "type": "multiple",
        "partial": True,
        "options": _options(item, presentation, number, notes),
    }


def _true_false(item: Element, presentation: Element, number: int, notes: ImportNotes) -> dict[str, Any]:
    options = _options(item, presentation, number, notes)
    words = [str(one["text"]).casefold() for one in options]
    if len(options) != 2 or not (set(words) & _TRUE and set(words) & _FALSE):
        return {"type": "single", "options": options}
    shown = [
        {**one, "text": "Đúng" if word in _TRUE else "Sai"} for one, word in zip(options, words, strict=True)
    ]
    return {"type": "truefalse", "options": sorted(shown, key=lambda one: one["text"] != "Đúng")}


def _typed(item: Element, _presentation: Element, number: int, notes: ImportNotes) -> dict[str, Any]:
    if _all(item, "varsubstring"):
        notes.warn(number, "I012", "đáp án “có chứa” thành đáp án phải gõ đúng cả cụm")
    answers = [
        one_line(text_of(one))
        for name in ("varequal", "varsubstring")
        for one in _all(item, name)
        if text_of(one)
    ]
    if not answers:
        raise QuestionNotUnderstood("không ghi đáp án đúng")
    cases = {one.get("case", "No").casefold() for one in _all(item, "varequal")}
    return {
        "type": "short",
        "answers": list(dict.fromkeys(answers)),
        **({"case_sensitive": True} if cases == {"yes"} else {}),
    }


def _essay(_item: Element, _presentation: Element, number: int, notes: ImportNotes) -> dict[str, Any]:
    notes.warn(number, "I012", "câu tự luận: thêm tiêu chí chấm (rubric) sau khi nhập")
    return {"type": "essay", "rubric": [{"criterion": "Nội dung trả lời", "points": 10}]}


_READERS: Final[Mapping[str, Callable[[Element, Element, int, ImportNotes], dict[str, Any]]]] = {
    "multiple_choice": _single,
    "multiple_response": _several,
    "true_false": _true_false,
    "fib": _typed,
    "pattern_match": _typed,
    "essay": _essay,
}
