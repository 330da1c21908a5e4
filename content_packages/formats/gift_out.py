"""Questions -> a GIFT file. Pure."""

from collections.abc import Callable, Iterable, Mapping

from content_packages.authoring.findings import Finding
from content_packages.contents import Option, Question
from content_packages.formats.foreign_text import plain_words
from content_packages.formats.gift_lines import escaped
from content_packages.formats.points import says_false, says_true, shares_of


def write_gift(questions: Iterable[Question], *, path: str) -> tuple[str, tuple[Finding, ...]]:
    """The file, and which questions GIFT cannot hold; it speaks Markdown, and Moodle reads that.

    Ids, levels and sources stand in `// [id:…] [tag:…]` comments, which Moodle and this importer read.
    """
    blocks: list[str] = []
    findings: list[Finding] = []
    bank = ""
    for number, question in enumerate(questions, start=1):
        written = _WRITERS[question.type](question) if question.type in _WRITERS else None
        if written is None:
            message = f"GIFT không chứa được câu loại “{question.type}”: {question.id} bị bỏ lại"
            findings.append(Finding(path, number, "E001", message, "warning"))
            continue
        if question.bank != bank:
            bank = question.bank
            blocks.append(f"$CATEGORY: {bank}\n")
        blocks.append(_block(question, written))
    return "\n".join(blocks), tuple(findings)


def _block(question: Question, answers: str) -> str:
    tags = [f"[id:{question.id}]"]
    tags += [f"[tag:{question.level}]"] if question.level else []
    tags += [f"[tag:nguon={escaped(question.source)}]"] if question.source else []
    tags += ["[tag:graded]"] if question.graded else []
    explain = f"####{escaped(question.explain)}" if question.explain else ""
    stem = escaped(question.stem)
    return f"// {' '.join(tags)}\n::{escaped(question.id)}::[markdown]{stem} {{{answers}{explain}}}\n"


def _told(option: Option) -> str:
    return f"#{escaped(option.feedback)}" if option.feedback else ""


def _single(question: Question) -> str:
    lines = [f"{'=' if one.correct else '~'}{escaped(one.text)}{_told(one)}" for one in question.options]
    return "\n" + "\n".join(lines) + "\n"


def _multiple(question: Question) -> str | None:
    if all(option.correct for option in question.options):
        return None
    lines = [
        f"~%{_percent(share)}%{escaped(option.text)}{_told(option)}"
        for option, share in zip(question.options, shares_of(question.options), strict=True)
    ]
    return "\n" + "\n".join(lines) + "\n"


def _percent(share: float) -> str:
    """Moodle knows its fractions to five decimals."""
    return f"{share:.5f}".rstrip("0").rstrip(".")


def _true_false(question: Question) -> str:
    first, second = question.options
    if says_false(first) and says_true(second):
        first, second = second, first
    if not (says_true(first) and says_false(second)):
        return _single(question)
    right, wrong = (first, second) if first.correct else (second, first)
    told = f"#{escaped(wrong.feedback or '')}#{escaped(right.feedback or '')}"
    return f"{'T' if first.correct else 'F'}{told.rstrip('#')}"


def _match(question: Question) -> str:
    lines = [f"={escaped(left)} -> {escaped(plain_words(right))}" for left, right in question.pairs]
    return "\n" + "\n".join(lines) + "\n"


def _numeric(question: Question) -> str:
    values = [f"{answer.replace(',', '.')}:{question.tolerance:g}" for answer in question.answers]
    return f"#{values[0]}" if len(values) == 1 else "#" + " ".join(f"={value}" for value in values)


def _short(question: Question) -> str:
    return " ".join(f"={escaped(answer)}" for answer in question.answers)


_WRITERS: Mapping[str, Callable[[Question], str | None]] = {
    "single": _single,
    "multiple": _multiple,
    "truefalse": _true_false,
    "match": _match,
    "numeric": _numeric,
    "short": _short,
    "essay": lambda _question: "",
}
