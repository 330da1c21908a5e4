"""Question banks: a Markdown task list per question -> canonical questions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.schema_check import schema_violations
from content_packages.authoring.source_text import SourceText, check_front_matter
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml

_ID = re.compile(r"^##\s+(\S+)\s*$")
_OPTION = re.compile(r"^- \[([ xX])\]\s+(.+)$")
_PAIR = re.compile(r"^- (.+?)\s+=>\s+(.+)$")
_ITEM = re.compile(r"^\d+[.)]\s+(.+)$")
_ANSWER = re.compile(r"^=\s*(.+)$")
_OPTION_FEEDBACK = re.compile(r"^\s+>\s?(.*)$")
_EXPLANATION = re.compile(r"^>\s?(.*)$")
_ALL_OF_THE_ABOVE = re.compile(
    r"\b(tất cả|cả|toàn bộ)\b.*\b(trên|đều đúng|phương án|đáp án)\b|all of the above", re.IGNORECASE
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
class Bank:
    """A bank file that was read; only questions without errors are in `questions`.

    Attributes:
        broken_ids: questions that have errors of their own, so that nobody calls them missing.
    """

    name: str | None
    questions: list[BankQuestion]
    broken_ids: set[str]
    findings: list[Finding]


@dataclass
class _Draft:
    """A question while its lines are read."""

    id: str
    line: int
    attributes: dict[str, Any] = field(default_factory=dict)
    stem: list[str] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[list[str]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    explain: list[str] = field(default_factory=list)


def read_bank(source: SourceText) -> Bank:
    """All questions of a bank file."""
    front, header, findings = check_front_matter(source, schema="bank", codes=("Q004", "Q004"))
    if front is None or header is None:
        return Bank(None, [], set(), findings)
    questions, broken_ids = [], set()
    for start, lines in _blocks(front.body, front.body_line, source, findings):
        draft, problems = _read_lines(source, start, lines)
        canonical = _canonical(draft, header)
        problems += list(_violations(source, draft, canonical))
        findings += problems
        if problems:
            broken_ids.add(draft.id)
        else:
            questions.append(BankQuestion(source.path, start, canonical))
    return Bank(header["bank"], questions, broken_ids, findings)


def _blocks(
    body: str, first_line: int, source: SourceText, findings: list[Finding]
) -> Iterator[tuple[int, list[str]]]:
    """(Line of the `##`, its lines) of each question; text before the first is a finding."""
    start, block = 0, list[str]()
    for number, line in enumerate(body.split("\n"), start=first_line):
        if line.startswith("## "):
            if block:
                yield start, block
            start, block = number, [line]
        elif block:
            block.append(line)
        elif line.strip():
            findings.append(
                Finding(
                    source.path,
                    number,
                    "Q005",
                    "dòng này đứng ngoài mọi câu hỏi; mỗi câu bắt đầu bằng “## mã”",
                )
            )
    if block:
        yield start, block


def _read_lines(source: SourceText, start: int, lines: list[str]) -> tuple[_Draft, list[Finding]]:
    found = _ID.match(lines[0])
    draft = _Draft(id=found[1] if found else lines[0][3:].strip(), line=start)
    findings = []
    rest = list(enumerate(lines[1:], start=start + 1))
    if rest and rest[0][1].startswith("{"):
        number, text = rest.pop(0)
        findings += _read_attributes(source, number, text, draft)
    is_order = draft.attributes.get("type") == "order"
    for number, line in rest:
        if not _read_line(line, draft, is_order=is_order):
            findings.append(
                Finding(source.path, number, "Q005", "lời phản hồi này không đứng sau phương án nào")
            )
    return draft, findings


def _read_attributes(source: SourceText, number: int, text: str, draft: _Draft) -> list[Finding]:
    try:
        value = read_yaml(text, first_line=number).value
    except YamlUnreadable as refused:
        return [Finding(source.path, number, "Q001", f"dòng thuộc tính không phải YAML: {refused}")]
    if not isinstance(value, dict):
        return [Finding(source.path, number, "Q001", "dòng thuộc tính phải có dạng {khóa: giá trị}")]
    draft.attributes = value
    return []


def _read_line(line: str, draft: _Draft, *, is_order: bool) -> bool:
    """Adds the line to the draft; False when it is feedback that belongs to no option."""
    if not line.strip():
        return True
    if found := _OPTION.match(line):
        draft.options.append({"correct": found[1] in "xX", "text": found[2].strip()})
    elif found := _PAIR.match(line):
        draft.pairs.append([found[1].strip(), found[2].strip()])
    elif is_order and (found := _ITEM.match(line)):
        draft.items.append(found[1].strip())
    elif found := _ANSWER.match(line):
        draft.answers.append(found[1].strip())
    elif found := _OPTION_FEEDBACK.match(line):
        return _add_feedback(found[1].strip(), draft)
    elif found := _EXPLANATION.match(line):
        draft.explain.append(found[1].strip())
    else:
        draft.stem.append(line.strip())
    return True


def _add_feedback(text: str, draft: _Draft) -> bool:
    if not draft.options:
        return False
    option = draft.options[-1]
    option["feedback"] = f"{option['feedback']} {text}" if "feedback" in option else text
    return True


def _canonical(draft: _Draft, header: dict[str, Any]) -> dict[str, Any]:
    """The question as schema cchc-question/1 wants it; nothing empty is written."""
    lists = {
        "options": draft.options,
        "pairs": draft.pairs,
        "items": draft.items,
        "answers": draft.answers,
        "stem": "\n".join(draft.stem),
        "explain": "\n".join(draft.explain),
    }
    written = {name: value for name, value in lists.items() if value}
    return {
        **({"area": header["area"]} if "area" in header else {}),
        "type": _type_of(draft),
        **draft.attributes,
        "bank": header["bank"],
        "id": draft.id,
        **written,
    }


def _type_of(draft: _Draft) -> str:
    if draft.pairs:
        return "match"
    if not draft.options:
        return "short"
    return "single" if sum(option["correct"] for option in draft.options) == 1 else "multiple"


def _violations(source: SourceText, draft: _Draft, canonical: dict[str, Any]) -> Iterator[Finding]:
    for _, message in schema_violations(canonical, schema="question"):
        yield Finding(source.path, draft.line, "Q002", f"câu {draft.id}: {message}")
    if "source" not in canonical:
        yield Finding(source.path, draft.line, "Q010", f"câu {draft.id} chưa ghi nguồn (source)")
    texts = [option["text"].casefold() for option in draft.options]
    if len(set(texts)) < len(texts):
        yield Finding(source.path, draft.line, "Q011", f"câu {draft.id} có hai phương án giống nhau")
    for option in draft.options:
        if _ALL_OF_THE_ABOVE.search(option["text"]):
            message = f"câu {draft.id}: thay phương án kiểu “tất cả các phương án trên” bằng phương án cụ thể"
            yield Finding(source.path, draft.line, "Q012", message)
