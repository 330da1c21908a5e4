"""What an importer found: questions in canonical form, and what could not be taken over. Pure.

I001 file unreadable               I002 text in an old encoding            I003 file without questions
I010 question not understood       I011 kind of question not supported     I012 part of a question left out
I013 picture or sound left out     I014 question refused by its schema     I015 name used twice
I016 answers with parts of points  I020 column unknown or missing          I021 cell not understood
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.schema_check import schema_violations

_NOT_SLUG = re.compile(r"[^a-z0-9]+")


class QuestionNotUnderstood(Exception):  # noqa: N818 - caught inside this room and turned into a finding
    """A part of the file is no question that we know; the message, in Vietnamese, says why."""


@dataclass(frozen=True)
class ImportedQuestion:
    """One question of a foreign file.

    Attributes:
        line: where it stands in the file: line, row, paragraph or number of the item.
        name: what the file calls it; empty when it has no name.
        canonical: as schema cchc-question/1 wants it, still without `id` and `bank`.
    """

    line: int
    name: str
    canonical: dict[str, Any]


@dataclass(frozen=True)
class ImportedPage:
    """One page to read, as Markdown that stays inside a section of ours."""

    title: str
    markdown: str


@dataclass(frozen=True)
class ImportedQuestions:
    """All questions of a foreign file and what was found, in the order of the file.

    Attributes:
        pages: what there is to read beside the questions; only whole courses have some.
    """

    questions: tuple[ImportedQuestion, ...] = ()
    findings: tuple[Finding, ...] = ()
    pages: tuple[ImportedPage, ...] = ()


@dataclass
class ImportNotes:
    """Collects findings of one file while it is read."""

    path: str
    findings: list[Finding] = field(default_factory=list)

    def error(self, line: int, code: str, message: str) -> None:
        """Something that keeps a question, or the file, out."""
        self.findings.append(Finding(self.path, line, code, message))

    def warn(self, line: int, code: str, message: str) -> None:
        """Something that is taken over in part, or differently."""
        self.findings.append(Finding(self.path, line, code, message, "warning"))


def settle(
    imported: ImportedQuestions,
    *,
    bank: str,
    path: str,
    defaults: Mapping[str, Any],
) -> ImportedQuestions:
    """The questions with ids and bank, checked against the schema; refused ones become findings.

    Args:
        bank: slug of the bank that they go to; ids without a usable name begin with it.
        defaults: fields for questions that do not bring them, such as `source`.
    """
    notes = ImportNotes(path)
    kept: list[ImportedQuestion] = []
    for question, name in zip(imported.questions, _ids(imported.questions, bank, notes), strict=True):
        canonical = {**defaults, **question.canonical, "id": name, "bank": bank}
        broken = [message for _, message in schema_violations(canonical, schema="question")]
        if broken:
            notes.error(question.line, "I014", f"câu {name}: {'; '.join(broken)}")
        else:
            kept.append(replace(question, canonical=canonical))
    if not imported.questions and not imported.pages and not imported.findings:
        notes.error(1, "I003", "tệp không có câu hỏi nào đọc được")
    return ImportedQuestions(tuple(kept), (*imported.findings, *notes.findings), imported.pages)


def _ids(questions: Iterable[ImportedQuestion], bank: str, notes: ImportNotes) -> Iterator[str]:
    taken: set[str] = set()
    for number, question in enumerate(questions, start=1):
        wanted = slug_of(question.name)
        name = wanted or f"{bank}-{number:03d}"
        if name in taken:
            name = next(f"{name}-{i}" for i in range(2, number + 2) if f"{name}-{i}" not in taken)
            notes.warn(question.line, "I015", f"mã “{wanted or question.name}” đã dùng; câu này thành {name}")
        taken.add(name)
        yield name


def slug_of(words: str, *, longest: int = 60) -> str:
    """Letters a-z, digits and single hyphens of the words; empty when nothing is left."""
    folded = unicodedata.normalize("NFD", words.replace("đ", "d").replace("Đ", "D"))
    plain = "".join(letter for letter in folded if not unicodedata.combining(letter)).casefold()
    return _NOT_SLUG.sub("-", plain).strip("-")[:longest].strip("-")
