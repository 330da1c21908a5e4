"""Aiken files (one right option, `ANSWER: B`) -> questions. Pure."""

import re
from typing import Any

from content_packages.formats.foreign_text import block_text, decode_text, one_line, plain_to_markdown
from content_packages.formats.imported import ImportedQuestion, ImportedQuestions, ImportNotes

_OPTION = re.compile(r"^([A-Z])[.)]\s+(.*)$")
_ANSWER = re.compile(r"^(?:ANSWER|ĐÁP ÁN|DAP AN)\s*:\s*([A-Z])\s*$", re.IGNORECASE)


def read_aiken(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions of an Aiken file; `ĐÁP ÁN: B` is understood like `ANSWER: B`."""
    notes = ImportNotes(path)
    try:
        text, encoding = decode_text(content)
    except UnicodeDecodeError:
        notes.error(1, "I001", "tệp không phải văn bản đọc được; hãy lưu lại bằng UTF-8")
        return ImportedQuestions(findings=tuple(notes.findings))
    if encoding == "cp1258":
        notes.warn(1, "I002", "tệp không phải UTF-8, đã đọc theo Windows-1258; hãy xem lại dấu tiếng Việt")
    questions: list[ImportedQuestion] = []
    stem: list[str] = []
    options: list[tuple[str, str]] = []
    start = 1
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.strip()
        if found := _ANSWER.match(stripped):
            questions += _question(start, stem, options, found[1].upper(), notes)
            stem, options = [], []
        elif found := _OPTION.match(stripped):
            options.append((found[1], found[2]))
        elif stripped:
            start = start if stem else number
            stem.append(stripped)
    if stem or options:
        notes.error(start, "I010", "câu cuối thiếu dòng “ANSWER: …”")
    return ImportedQuestions(tuple(questions), tuple(notes.findings))


def _question(
    line: int, stem: list[str], options: list[tuple[str, str]], key: str, notes: ImportNotes
) -> list[ImportedQuestion]:
    letters = [letter for letter, _ in options]
    if not stem or key not in letters or len(set(letters)) < len(letters):
        notes.error(
            line,
            "I010",
            f"không ghép được đáp án “{key}” với các phương án {', '.join(letters) or '(không có)'}",
        )
        return []
    canonical: dict[str, Any] = {
        "type": "single",
        "stem": block_text("\n".join(plain_to_markdown(part) for part in stem)),
        "options": [
            {"text": one_line(plain_to_markdown(text)), "correct": letter == key} for letter, text in options
        ],
    }
    return [ImportedQuestion(line, "", canonical)]
