"""XLSX question sheets -> questions: one row, one question. Pure."""

import io
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from content_packages.formats.foreign_text import block_text, normalised, one_line
from content_packages.formats.imported import (
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
    slug_of,
)
from content_packages.formats.office_file import OfficeFileRefused, check_office_file
from content_packages.formats.sheet_columns import ARROW, HEADINGS, KINDS, LETTERS, LEVELS, OR
from content_packages.zip_faults import UNREADABLE_ZIP

_RUBRIC = re.compile(r"^\((\d+(?:[.,]\d+)?)\)\s*(.+)$", re.DOTALL)
_KEYS = re.compile(r"[A-H]")
_YES = {"co", "x", "1", "yes", "dung"}
_TRUE = {"dung", "true", "a"}
_FALSE = {"sai", "false", "b"}
_MOST_ROWS = 5_000

_COLUMN_OF = {slug_of(heading): key for key, heading in HEADINGS.items()}
_KIND_OF = {slug_of(words): kind for kind, words in KINDS.items()} | {kind: kind for kind in KINDS}
_LEVEL_OF = {slug_of(words): level for level, words in LEVELS.items()}

#: Heading key -> text of the cell; empty cells are absent.
_Row = Mapping[str, str]


def read_sheet(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions of the first sheet that has the headings; each finding has the row's number.

    Texts are Markdown, as in a bank file. Formulas are read by their last result.
    """
    notes = ImportNotes(path)
    questions: list[ImportedQuestion] = []
    for number, row in _rows(content, notes):
        try:
            questions.append(ImportedQuestion(number, row.get("id", ""), _canonical(row)))
        except QuestionNotUnderstood as refused:
            notes.error(number, "I010", str(refused))
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _rows(content: bytes, notes: ImportNotes) -> Iterator[tuple[int, _Row]]:
    try:
        check_office_file(content, part="xl/workbook.xml")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    except OfficeFileRefused as refused:
        notes.error(1, "I001", str(refused))
        return
    except (InvalidFileException, KeyError, SyntaxError, *UNREADABLE_ZIP):
        notes.error(1, "I001", "tệp Excel hỏng, không mở được")
        return
    for sheet in book.worksheets:
        rows = sheet.iter_rows(values_only=True, max_row=_MOST_ROWS + 1)
        headings = [_COLUMN_OF.get(slug_of(_cell(value))) for value in next(rows, ())]
        if "stem" in headings:
            yield from _filled(rows, headings, notes)
            return
    notes.error(1, "I020", "không thấy bảng có cột “Câu hỏi” ở dòng đầu; hãy dùng tệp mẫu")


def _filled(
    rows: Iterator[Sequence[object]], headings: Sequence[str | None], notes: ImportNotes
) -> Iterator[tuple[int, _Row]]:
    missing = [heading for key, heading in HEADINGS.items() if key in {"key"} and key not in headings]
    if missing:
        notes.warn(1, "I020", f"thiếu cột: {', '.join(missing)}")
    for number, values in enumerate(rows, start=2):
        cells = {
            key: text for key, value in zip(headings, values, strict=False) if key and (text := _cell(value))
        }
        if cells:
            yield number, cells


def _cell(value: object) -> str:
    """What stands in the cell, as a person reads it: 5.0 is 5."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, bool):
        return "Đúng" if value else "Sai"
    return normalised(str(value)).strip()


def _canonical(row: _Row) -> dict[str, Any]:
    if "stem" not in row:
        raise QuestionNotUnderstood("dòng này thiếu nội dung ở cột “Câu hỏi”")
    kind = _kind(row)
    canonical: dict[str, Any] = {"type": kind, "stem": block_text(row["stem"]), **_READERS[kind](row)}
    if "explain" in row:
        canonical["explain"] = block_text(row["explain"])
    if "level" in row:
        canonical["level"] = _named(row["level"], _LEVEL_OF, "Mức độ")
    if "source" in row:
        canonical["source"] = row["source"]
    for flag in ("graded", "situational"):
        if slug_of(row.get(flag, "")) in _YES:
            canonical[flag] = True
    if "mark" in row:
        canonical["mark"] = _number(row["mark"], "Trọng số")
    return canonical


def _named(text: str, known: Mapping[str, str], heading: str) -> str:
    found = known.get(slug_of(text))
    if found is None:
        raise QuestionNotUnderstood(f"cột “{heading}” không hiểu “{text}”")
    return found


def _number(text: str, heading: str) -> float:
    try:
        return float(text.replace(",", "."))
    except ValueError as refused:
        raise QuestionNotUnderstood(f"cột “{heading}” phải là số, đang là “{text}”") from refused


def _kind(row: _Row) -> str:
    """As written; else from the options and the key."""
    if "type" in row:
        return _named(row["type"], _KIND_OF, "Loại")
    if any(ARROW in text for text in _options(row).values()):
        return "match"
    if not _options(row):
        return "short"
    return "single" if len(_KEYS.findall(row.get("key", "").upper())) == 1 else "multiple"


def _options(row: _Row) -> dict[str, str]:
    return {letter: row[f"option_{letter}"] for letter in LETTERS if f"option_{letter}" in row}


def _choices(row: _Row) -> dict[str, Any]:
    options = _options(row)
    keys = set(_KEYS.findall(row.get("key", "").upper()))
    if not keys or keys - set(options):
        known = ", ".join(options) or "không có phương án nào"
        raise QuestionNotUnderstood(f"cột “Đáp án” phải ghi chữ cái của phương án ({known})")
    written = []
    for letter, text in options.items():
        told = one_line(row.get(f"feedback_{letter}", ""))
        option = {"text": one_line(text), "correct": letter in keys}
        written.append({**option, **({"feedback": told} if told else {})})
    return {"options": written}


def _several(row: _Row) -> dict[str, Any]:
    return {**_choices(row), "partial": True}


def _true_false(row: _Row) -> dict[str, Any]:
    key = slug_of(row.get("key", ""))
    if key not in _TRUE | _FALSE:
        raise QuestionNotUnderstood("cột “Đáp án” của câu đúng sai phải ghi Đúng hoặc Sai")
    texts = [row.get("option_A", "Đúng"), row.get("option_B", "Sai")]
    written = []
    for letter, text, correct in zip("AB", texts, (key in _TRUE, key in _FALSE), strict=True):
        told = one_line(row.get(f"feedback_{letter}", ""))
        option = {"text": one_line(text), "correct": correct}
        written.append({**option, **({"feedback": told} if told else {})})
    return {"options": written}


def _pairs(row: _Row) -> dict[str, Any]:
    pairs = []
    for letter, text in _options(row).items():
        left, arrow, right = text.partition(ARROW)
        if not arrow or not left.strip() or not right.strip():
            raise QuestionNotUnderstood(
                f"phương án {letter} của câu ghép cặp phải ghi “vế trái {ARROW} vế phải”"
            )
        pairs.append([one_line(left), one_line(right)])
    return {"pairs": pairs}


def _answers(row: _Row) -> list[str]:
    answers = [one_line(part) for part in row.get("key", "").split(OR) if part.strip()]
    if not answers:
        raise QuestionNotUnderstood(f"cột “Đáp án” còn trống; nhiều đáp án cách nhau bằng “{OR}”")
    return answers


def _numeric(row: _Row) -> dict[str, Any]:
    tolerance = _number(row["tolerance"], "Sai số") if "tolerance" in row else 0.0
    answers = _answers(row)
    for answer in answers:
        _number(answer, "Đáp án")
    return {"answers": answers, "tolerance": tolerance}


def _rubric(row: _Row) -> dict[str, Any]:
    rubric = []
    for letter, text in _options(row).items():
        found = _RUBRIC.match(text)
        if found is None:
            raise QuestionNotUnderstood(f"phương án {letter} của câu tự luận phải ghi “(điểm) tiêu chí”")
        points = float(found[1].replace(",", "."))
        rubric.append(
            {"criterion": one_line(found[2]), "points": int(points) if points.is_integer() else points}
        )
    return {"rubric": rubric}


_READERS: Mapping[str, Callable[[_Row], dict[str, Any]]] = {
    "single": _choices,
    "multiple": _several,
    "truefalse": _true_false,
    "match": _pairs,
    "order": lambda row: {"items": [one_line(text) for text in _options(row).values()]},
    "numeric": _numeric,
    "short": lambda row: {"answers": _answers(row)},
    "essay": _rubric,
}
