"""Questions -> an XLSX question sheet, and the empty template with its guide. Pure."""

import io
from collections.abc import Iterable, Mapping

import xlsxwriter

from content_packages.authoring.findings import Finding
from content_packages.contents import Question
from content_packages.formats.points import says_false, says_true
from content_packages.formats.sheet_columns import ARROW, HEADINGS, KINDS, LETTERS, LEVELS, OR, YES

_WIDTHS = {"stem": 60, "explain": 40, "key": 14, "id": 16, "type": 16, "level": 14, "source": 18}
_SHEET = "Câu hỏi"
_ROWS_WITH_LISTS = 2_000
_GUIDE = (
    ("Mỗi dòng là một câu hỏi.", "Không đổi tên các cột; cột nào không dùng thì để trống."),
    ("Loại", "Chọn trong danh sách. Để trống thì công cụ tự đoán theo phương án và đáp án."),
    ("Phương án A…H", f"Câu ghép cặp ghi “vế trái {ARROW} vế phải”; câu sắp xếp ghi theo thứ tự đúng."),
    ("Đáp án", f"Chữ cái (B; A, C). Câu số, trả lời ngắn: ghi đáp án, nhiều đáp án cách nhau bằng “{OR}”."),
    ("Câu tự luận", "Mỗi phương án là một tiêu chí chấm: (2) Nêu đúng căn cứ."),
    ("Phản hồi A…H", "Lời giải thích cho người chọn phương án đó; nên có ở mọi phương án."),
    ("Nguồn", "Số, ký hiệu văn bản làm căn cứ, ví dụ 118/2025/NĐ-CP. Câu không nguồn không được tính điểm."),
    ("Tính điểm", f"Ghi “{YES}” khi câu đã được đối chiếu với văn bản gốc."),
)


def write_sheet(questions: Iterable[Question], *, path: str) -> tuple[bytes, tuple[Finding, ...]]:
    """The workbook, and which questions a sheet cannot hold; `formats.sheet_in` reads it back."""
    rows: list[Mapping[str, str]] = []
    findings: list[Finding] = []
    for number, question in enumerate(questions, start=2):
        if question.type not in KINDS or _too_many(question):
            message = f"bảng Excel không chứa được câu {question.id} (loại “{question.type}”): bị bỏ lại"
            findings.append(Finding(path, number, "E001", message, "warning"))
        else:
            rows.append(_row(question))
    return _workbook(rows), tuple(findings)


def write_sheet_template() -> bytes:
    """An empty sheet with lists to choose from, and a second sheet that says how to fill it in."""
    return _workbook([])


def _too_many(question: Question) -> bool:
    parts = (question.options, question.pairs, question.items, question.rubric)
    return any(len(part) > len(LETTERS) for part in parts)


def _row(question: Question) -> dict[str, str]:
    row = {
        "id": question.id,
        "type": KINDS[question.type],
        "stem": question.stem,
        "explain": question.explain or "",
        "level": LEVELS.get(question.level or "", ""),
        "source": question.source or "",
        "graded": YES if question.graded else "",
        "situational": YES if question.situational else "",
        "tolerance": f"{question.tolerance:g}" if question.type == "numeric" else "",
        "mark": f"{question.mark:g}" if question.mark != 1 else "",
    }
    return {**row, **_answers(question)}


def _answers(question: Question) -> dict[str, str]:
    parts = (
        [option.text for option in question.options]
        or [f"{left} {ARROW} {right}" for left, right in question.pairs]
        or [f"({one.points:g}) {one.criterion}" for one in question.rubric]
        or list(question.items)
    )
    row = {f"option_{letter}": text for letter, text in zip(LETTERS, parts, strict=False)}
    for letter, option in zip(LETTERS, question.options, strict=False):
        row[f"feedback_{letter}"] = option.feedback or ""
    return {**row, "key": _key(question)}


def _key(question: Question) -> str:
    if question.options:
        letters = [
            letter for letter, option in zip(LETTERS, question.options, strict=False) if option.correct
        ]
        if (
            question.type == "truefalse"
            and says_true(question.options[0])
            and says_false(question.options[1])
        ):
            return "Đúng" if letters == ["A"] else "Sai"
        return ", ".join(letters)
    return f" {OR} ".join(question.answers)


def _workbook(rows: Iterable[Mapping[str, str]]) -> bytes:
    buffer = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(buffer, options) as book:
        heading = book.add_format({"bold": True, "text_wrap": True, "bg_color": "#F6F4F0", "border": 1})
        body = book.add_format({"text_wrap": True, "valign": "top", "num_format": "@"})
        sheet = book.add_worksheet(_SHEET)
        sheet.freeze_panes(1, 3)
        for column, (key, words) in enumerate(HEADINGS.items()):
            sheet.set_column(
                column, column, _WIDTHS.get(key, 24 if key.startswith(("option", "feedback")) else 10), body
            )
            sheet.write_string(0, column, words, heading)
        for line, row in enumerate(rows, start=1):
            for column, key in enumerate(HEADINGS):
                if row.get(key):
                    sheet.write_string(line, column, row[key], body)
        _offer_lists(sheet)
        guide = book.add_worksheet("Hướng dẫn")
        guide.set_column(0, 0, 26, body)
        guide.set_column(1, 1, 100, body)
        for line, (what, how) in enumerate(_GUIDE):
            guide.write_string(line, 0, what, heading)
            guide.write_string(line, 1, how, body)
    return buffer.getvalue()


def _offer_lists(sheet: xlsxwriter.worksheet.Worksheet) -> None:
    columns = list(HEADINGS)
    for key, words in (("type", list(KINDS.values())), ("level", list(LEVELS.values())), ("graded", [YES])):
        column = columns.index(key)
        sheet.data_validation(1, column, _ROWS_WITH_LISTS, column, {"validate": "list", "source": words})
