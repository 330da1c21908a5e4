"""Changes between two versions, said for people in Vietnamese (pure)."""

import json
import re
from collections.abc import Iterator, Sequence
from html import unescape
from typing import Any, Final

from content_packages.authoring.differences import Change, Weight
from content_packages.contents import CHECK_SLOT

WEIGHT_WORDS: Final = {
    Weight.MAJOR: "MAJOR – đổi đáp án, cách chấm hoặc bỏ nội dung",
    Weight.MINOR: "MINOR – thêm hoặc đổi nội dung",
    Weight.PATCH: "PATCH – sửa chữ",
}
_WHAT: Final = {
    "question": "câu hỏi",
    "module": "chuyên đề",
    "quiz": "bài kiểm tra",
    "survey": "phiếu khảo sát",
    "situation": "tình huống",
    "qa": "mục hỏi đáp",
    "package": "package.yaml",
    "outline": "thứ tự nội dung",
    "translation": "bản dịch",
}
_LONGEST = 160
_BLOCK_END = re.compile(r"</(?:p|li|tr|h[3-6]|div|blockquote|pre)>")
_CELL_END = re.compile(r"</t[dh]>(?!\s*</tr>)|<br>")
_TAG = re.compile(r"<[^>]+>")


def change_title(change: Change) -> str:
    """What changed, such as `câu hỏi tq-1: options`."""
    name = f"{_WHAT[change.what]} {change.id}".strip()
    if change.field:
        return f"{name}: {change.field}"
    if change.before is None and change.after is None:
        return name
    return f"{name}: {'thêm' if change.before is None else 'bỏ'}"


def change_lines(change: Change) -> Iterator[str]:
    """Lines `- before` and `+ after`: of lists and of sections, only what differs."""
    if not change.field:
        return
    before, after = list(_pieces(change.before)), list(_pieces(change.after))
    yield from (f"- {_short(one)}" for one in before if one not in after)
    yield from (f"+ {_short(one)}" for one in after if one not in before)


def _pieces(value: Any) -> Iterator[str]:
    """What a reader would see, piece by piece; HTML becomes its paragraphs."""
    if isinstance(value, list):
        for one in value:
            yield from _pieces(one)
    elif isinstance(value, dict) and "html" in value:
        yield f"## {value['title']}"
        yield from filter(None, (_without_tags(one) for one in _BLOCK_END.split(value["html"])))
    elif isinstance(value, dict) and {"text", "correct"} <= value.keys():
        feedback = f" > {value['feedback']}" if "feedback" in value else ""
        yield f"[{'x' if value['correct'] else ' '}] {value['text']}{feedback}"
    elif isinstance(value, dict):
        yield ", ".join(f"{name}: {_flat(one)}" for name, one in value.items())
    elif value is not None:
        yield _flat(value)


def _flat(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def _without_tags(html: str) -> str:
    check = CHECK_SLOT.sub(r"[kiểm tra \1]", html)
    return " ".join(unescape(_TAG.sub("", _CELL_END.sub(" | ", check))).split())


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= _LONGEST else f"{flat[:_LONGEST]}…"


def changes_as_text(changes: Sequence[Change]) -> str:
    """All changes under the weight they have, the heaviest first."""
    lines: list[str] = []
    for weight in sorted({one.weight for one in changes}, reverse=True):
        lines.append(WEIGHT_WORDS[weight])
        for change in (one for one in changes if one.weight == weight):
            lines.append(f"  {change_title(change)}")
            lines += [f"    {line}" for line in change_lines(change)]
    return "\n".join(lines)
