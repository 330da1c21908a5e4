"""Fields of a record as they come from YAML or a spreadsheet -> values, or what is wrong with them (pure)."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from content_packages.knowledge.records import UNNUMBERED_KINDS, Part

AREAS = (
    "quan-diem-chu-truong",
    "cai-cach-the-che",
    "cai-cach-thu-tuc-hanh-chinh",
    "cai-cach-bo-may",
    "cai-cach-che-do-cong-vu",
    "cai-cach-tai-chinh-cong",
    "chinh-phu-dien-tu-chinh-phu-so",
)
LEVELS = ("", "bo-nganh", "cap-tinh", "cap-xa")
KINDS = (
    *(
        "Luật",
        "Bộ luật",
        "Pháp lệnh",
        "Nghị quyết",
        "Nghị định",
        "Thông tư",
        "Thông tư liên tịch",
        "Quyết định",
    ),
    *(
        "Chỉ thị",
        "Kết luận",
        "Kế hoạch",
        "Công văn",
        "Thông báo",
        "Hướng dẫn",
        "Tiêu chuẩn",
        "Đề án",
        "Quy định",
    ),
    *UNNUMBERED_KINDS,
)
_PART = re.compile(r"(?P<ref>[^()]+?)\s*\((?P<scope>[^()]{1,200})\)")
GRADES = ("A", "B", "C")
STATUSES = ("", "in_force", "not_yet", "expired", "unknown")


class FieldWrong(Exception):  # noqa: N818 - caught inside this room and turned into a finding
    """What is wrong with a value, in the author's language."""


@dataclass(frozen=True)
class Field:
    """One field: whether it must be there, and how its value is read."""

    read: Callable[[Any], Any]
    required: bool = False


def read_fields(given: Mapping[str, Any], fields: Mapping[str, Field]) -> tuple[dict[str, Any], list[str]]:
    """The values that were given, and what is wrong."""
    problems = [
        f"có trường lạ “{name}”; các trường: {', '.join(fields)}" for name in given if name not in fields
    ]
    values: dict[str, Any] = {}
    for name, field in fields.items():
        value = given.get(name)
        if value in (None, "", []):
            if field.required:
                problems.append(f"thiếu trường “{name}”")
            continue
        try:
            values[name] = field.read(value)
        except FieldWrong as wrong:
            problems.append(f"“{name}” {wrong}")
    return values, problems


def text(value: Any) -> str:
    """One line of text, blanks folded."""
    if isinstance(value, bool | list | dict):
        raise FieldWrong("phải là chữ")
    return " ".join(str(value).split())


def block(value: Any) -> str:
    """Text that keeps its lines."""
    if not isinstance(value, str):
        raise FieldWrong("phải là chữ")
    return "\n".join(line.rstrip() for line in value.strip().splitlines())


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts; a spreadsheet writes them into one cell with `;`."""
    listed = value.split(";") if isinstance(value, str) else value
    if not isinstance(listed, list):
        raise FieldWrong("phải là danh sách")
    return tuple(dict.fromkeys(one for item in listed if (one := text(item))))


def parts(value: Any) -> tuple[Part, ...]:
    """`90/2020/NĐ-CP (công chức)`: a number with what of it is meant."""
    return tuple(_part(one) for one in texts(value))


def _part(written: str) -> Part:
    found = _PART.fullmatch(written)
    if found is None:
        raise FieldWrong("phải ghi số hiệu rồi phạm vi trong ngoặc, ví dụ 90/2020/NĐ-CP (công chức)")
    return Part(found["ref"], found["scope"])


def day(value: Any) -> date:
    """A day written 2026-11-22, or a date of a spreadsheet."""
    if hasattr(value, "date") and callable(value.date):
        value = value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError as wrong:
        raise FieldWrong(f"phải là ngày dạng 2026-11-22, không phải {str(value)[:20]!r}") from wrong


def one_of(allowed: tuple[str, ...]) -> Callable[[Any], str]:
    """A reader that takes these words only."""

    def read(value: Any) -> str:
        word = text(value)
        if word not in allowed:
            raise FieldWrong(f"phải là một trong: {', '.join(filter(None, allowed))}")
        return word

    return read
