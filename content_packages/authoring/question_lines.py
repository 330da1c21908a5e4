"""The lines of one question -> its canonical form (schema cchc-question/1). Pure."""

import re
from dataclasses import dataclass, field
from typing import Any

_OPTION = re.compile(r"^- \[([ xX])\]\s+(\{pin\}\s+)?(.+)$")
_CRITERION = re.compile(r"^- \((\d+(?:[.,]\d+)?)\)\s+(.+)$")
_PAIR = re.compile(r"^- (.+?)\s+=>\s+(.+)$")
_ITEM = re.compile(r"^\d+[.)]\s+(.+)$")
_BLANK = re.compile(r"^([=~])\s*\[(\d+)\]\s+(.+)$")
_ANSWER = re.compile(r"^=\s*(.+)$")
_OPTION_FEEDBACK = re.compile(r"^\s+>\s?(.*)$")
_EXPLANATION = re.compile(r"^>\s?(.*)$")

#: Heading of a situation in a bank file.
SITUATION_HEADING = re.compile(r"^##\s+tinh-huong\s+(\S+)\s*$")

#: Where a cloze question's stem has a blank: `[[1]]`, `[[2]]` …
BLANK_MARK = re.compile(r"\[\[(\d+)\]\]")


@dataclass
class QuestionDraft:
    """A question while its lines are read.

    Attributes:
        blanks: number of the blank -> (right or wrong, text) as written.
    """

    id: str
    line: int
    attributes: dict[str, Any] = field(default_factory=dict)
    stem: list[str] = field(default_factory=list)
    options: list[dict[str, Any]] = field(default_factory=list)
    pairs: list[list[str]] = field(default_factory=list)
    items: list[str] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)
    blanks: dict[int, list[tuple[bool, str]]] = field(default_factory=dict)
    rubric: list[dict[str, Any]] = field(default_factory=list)
    explain: list[str] = field(default_factory=list)

    @property
    def marked_blanks(self) -> list[int]:
        """Numbers of the blanks in the stem, as they stand."""
        return [int(number) for number in BLANK_MARK.findall("\n".join(self.stem))]

    @property
    def blanks_fit(self) -> bool:
        """Whether the stem has the blanks 1, 2, 3 … in order, and exactly these have answers."""
        return self.marked_blanks == sorted(self.blanks) == list(range(1, len(self.blanks) + 1))


def read_question_line(line: str, draft: QuestionDraft) -> bool:
    """Adds the line to the draft; False when it is feedback that belongs to no option."""
    if not line.strip() or _read_list_line(line, draft) or _read_answer_line(line, draft):
        return True
    if found := _OPTION_FEEDBACK.match(line):
        return _add_feedback(found[1].strip(), draft)
    if found := _EXPLANATION.match(line):
        draft.explain.append(found[1].strip())
    else:
        draft.stem.append(line.strip())
    return True


def _read_list_line(line: str, draft: QuestionDraft) -> bool:
    """Whether the line is an option, a criterion, a pair or an item in order."""
    written_type = draft.attributes.get("type")
    if found := _OPTION.match(line):
        pinned = {"pin": True} if found[2] else {}
        draft.options.append({"correct": found[1] in "xX", "text": found[3].strip(), **pinned})
    elif written_type == "essay" and (found := _CRITERION.match(line)):
        draft.rubric.append({"criterion": found[2].strip(), "points": _points(found[1])})
    elif found := _PAIR.match(line):
        draft.pairs.append([found[1].strip(), found[2].strip()])
    elif written_type == "order" and (found := _ITEM.match(line)):
        draft.items.append(found[1].strip())
    else:
        return False
    return True


def _points(text: str) -> int | float:
    points = float(text.replace(",", "."))
    return int(points) if points.is_integer() else points


def _read_answer_line(line: str, draft: QuestionDraft) -> bool:
    """Whether the line is an accepted answer, or an answer or wrong choice for a blank."""
    if found := _BLANK.match(line):
        draft.blanks.setdefault(int(found[2]), []).append((found[1] == "=", found[3].strip()))
    elif found := _ANSWER.match(line):
        draft.answers.append(found[1].strip())
    else:
        return False
    return True


def _add_feedback(text: str, draft: QuestionDraft) -> bool:
    if not draft.options:
        return False
    option = draft.options[-1]
    option["feedback"] = f"{option['feedback']} {text}" if "feedback" in option else text
    return True


def canonical_question(draft: QuestionDraft, header: dict[str, Any]) -> dict[str, Any]:
    """The question as the schema wants it; nothing empty is written."""
    lists = {
        "options": draft.options,
        "pairs": draft.pairs,
        "items": draft.items,
        "answers": draft.answers,
        "blanks": [_canonical_blank(draft.blanks[number]) for number in sorted(draft.blanks)],
        "rubric": draft.rubric,
        "stem": "\n".join(draft.stem),
        "explain": "\n".join(draft.explain),
    }
    written = {name: value for name, value in lists.items() if value}
    return {
        **{name: header[name] for name in ("area", "skill") if name in header},
        "type": _type_of(draft),
        **draft.attributes,
        "bank": header["bank"],
        "id": draft.id,
        **written,
    }


def _canonical_blank(lines: list[tuple[bool, str]]) -> dict[str, Any]:
    """Typed when all lines are right answers; a wrong one makes it a choice."""
    if all(correct for correct, _ in lines):
        return {"answers": [text for _, text in lines]}
    return {"options": [{"correct": correct, "text": text} for correct, text in lines]}


def _type_of(draft: QuestionDraft) -> str:
    if draft.pairs:
        return "match"
    if draft.blanks:
        return "cloze"
    if not draft.options:
        return "short"
    return "single" if sum(option["correct"] for option in draft.options) == 1 else "multiple"
