"""Question banks: a Markdown task list per question -> canonical questions and situations."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from content_packages.authoring.blocks import Block, read_blocks, take_attributes
from content_packages.authoring.findings import Finding
from content_packages.authoring.question_lines import (
    SITUATION_HEADING,
    QuestionDraft,
    canonical_question,
    read_question_line,
)
from content_packages.authoring.schema_check import schema_violations
from content_packages.authoring.source_text import SourceText, check_front_matter

_SLUG = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
#: Options that say nothing of their own: all of the above, none of the above, both A and B.
_EMPTY_OPTION = re.compile(
    r"\b(tất cả|cả|toàn bộ)\b.*\b(trên|đều đúng|đều sai|phương án|đáp án)\b|"
    r"\b(không|chẳng)( có)?( phương án| đáp án| ý)? nào\b.*\b(trên|đúng|sai)\b|"
    r"^cả [a-d]( và |, ?)[a-d]\b|(all|none) of the above",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class BankQuestion:
    """One question of a bank in canonical form, and where it stands."""

    path: str
    line: int
    canonical: dict[str, Any]

    @property
    def id(self) -> str:
        """The question's id."""
        return str(self.canonical["id"])


@dataclass(frozen=True)
class BankSituation:
    """A story that several questions of the bank ask about, in canonical form, and where it stands."""

    path: str
    line: int
    canonical: dict[str, str]

    @property
    def id(self) -> str:
        """The situation's id."""
        return self.canonical["id"]


@dataclass(frozen=True)
class Bank:
    """A bank file that was read; only questions without errors are in `questions`.

    Attributes:
        broken_ids: questions that have errors of their own, so that nobody calls them missing.
    """

    path: str
    name: str | None
    questions: list[BankQuestion] = field(default_factory=list)
    situations: list[BankSituation] = field(default_factory=list)
    broken_ids: set[str] = field(default_factory=set)
    findings: list[Finding] = field(default_factory=list)


def read_bank(source: SourceText) -> Bank:
    """All questions and situations of a bank file."""
    front, header, findings = check_front_matter(source, schema="bank", codes=("Q004", "Q004"))
    if front is None or header is None:
        return Bank(source.path, None, findings=findings)
    bank = Bank(source.path, header["bank"], findings=findings)
    for block in read_blocks(front.body, front.body_line, source, findings, code="Q005"):
        if found := SITUATION_HEADING.match(block.heading):
            _add_situation(source, block, found[1], bank)
        else:
            _add_question(source, block, header, bank)
    return bank


def _add_situation(source: SourceText, block: Block, name: str, bank: Bank) -> None:
    text = "\n".join(line.rstrip() for line in block.lines).strip("\n")
    if not _SLUG.match(name):
        message = f"mã tình huống “{name}” chỉ gồm a-z, 0-9 và gạch nối"
        bank.findings.append(Finding(source.path, block.line, "Q014", message))
    elif not text:
        bank.findings.append(Finding(source.path, block.line, "Q014", f"tình huống {name} chưa có nội dung"))
    canonical = {"bank": str(bank.name), "id": name, "text": text}
    bank.situations.append(BankSituation(source.path, block.line, canonical))


def _add_question(source: SourceText, block: Block, header: dict[str, Any], bank: Bank) -> None:
    draft, problems = _read_lines(source, block)
    canonical = canonical_question(draft, header)
    if not any(problem.code == "Q001" for problem in problems):
        problems += list(_violations(source, draft, canonical))
    bank.findings.extend(problems)
    if problems:
        bank.broken_ids.add(draft.id)
    else:
        bank.questions.append(BankQuestion(source.path, block.line, canonical))


def _read_lines(source: SourceText, block: Block) -> tuple[QuestionDraft, list[Finding]]:
    attributes, lines, findings = take_attributes(source, block, code="Q001")
    draft = QuestionDraft(id=block.id, line=block.line, attributes=attributes)
    first = block.line + 1 + len(block.lines) - len(lines)
    for number, line in enumerate(lines, start=first):
        if not read_question_line(line, draft):
            message = "lời phản hồi này không đứng sau phương án nào"
            findings.append(Finding(source.path, number, "Q005", message))
    return draft, findings


def _violations(source: SourceText, draft: QuestionDraft, canonical: dict[str, Any]) -> Iterator[Finding]:
    for _, message in schema_violations(canonical, schema="question"):
        yield Finding(source.path, draft.line, "Q002", f"câu {draft.id}: {message}")
    if "source" not in canonical:
        yield Finding(source.path, draft.line, "Q010", f"câu {draft.id} chưa ghi nguồn (source)")
    if canonical["type"] == "cloze" and not draft.blanks_fit:
        yield Finding(source.path, draft.line, "Q015", _blanks_message(draft))
    texts = [fold_spelling(option["text"]) for option in draft.options]
    if len(set(texts)) < len(texts):
        yield Finding(source.path, draft.line, "Q011", f"câu {draft.id} có hai phương án giống nhau")
    for option in draft.options:
        if _EMPTY_OPTION.search(option["text"]):
            message = f"câu {draft.id}: thay phương án kiểu “tất cả các phương án trên” bằng phương án cụ thể"
            yield Finding(source.path, draft.line, "Q012", message)


def fold_spelling(text: str) -> str:
    """An option without case, doubled spaces and final punctuation; accents stay: they change words."""
    return " ".join(text.casefold().split()).rstrip(" .;,")


def _blanks_message(draft: QuestionDraft) -> str:
    return (
        f"câu {draft.id}: đề phải có đủ các ô trống [[1]], [[2]]… theo thứ tự, mỗi ô một lần, có đáp án "
        f"“= [số] …”; đề có ô {_listed(draft.marked_blanks)}, đáp án cho ô {_listed(sorted(draft.blanks))}"
    )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers)) or "(không)"
