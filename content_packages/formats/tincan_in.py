"""tincan.xml -> a course: the form in which xAPI content travelled before cmi5. Pure.

T001 file unreadable    T002 nothing to launch    T003 file missing    T004 id is no IRI
"""

import re
from collections.abc import Callable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit

from content_packages.authoring.findings import Finding
from content_packages.formats.course_structure import IN_COURSE, CourseStructure, Unit
from content_packages.formats.safe_xml import (
    Element,
    XmlRefused,
    child,
    children,
    local_name,
    read_xml,
    text_of,
)

MANIFEST: Final = "tincan.xml"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")

HasFile = Callable[[str], bool]


def read_tincan(content: bytes, *, has_file: HasFile) -> tuple[CourseStructure | None, tuple[Finding, ...]]:
    """The course, None when it cannot be launched, and what is wrong.

    Args:
        content: of tincan.xml.
        has_file: whether the package holds a path.
    """
    try:
        root = read_xml(content)
    except XmlRefused as refused:
        return None, (Finding(MANIFEST, refused.line, "T001", str(refused)),)
    launched = [one for one in root.iter() if local_name(one) == "activity" and _launch_of(one)]
    if not launched:
        return None, (Finding(MANIFEST, 1, "T002", "không có hoạt động nào có địa chỉ mở (launch)"),)
    faults = tuple(fault for one in launched for fault in _faults(one, has_file))
    if faults:
        return None, faults
    units = tuple(_unit(one, place) for place, one in enumerate(launched))
    return CourseStructure("tincan", units[0].id, units[0].title, units, manifest=MANIFEST), ()


def _unit(element: Element, place: int) -> Unit:
    return Unit(
        id=(element.get("id") or "").strip(),
        place=place,
        above=IN_COURSE,
        title=_texts(element, "name") or {"und": element.get("id") or ""},
        description=_texts(element, "description"),
        url=_launch_of(element),
        move_on="CompletedOrPassed",
        activity_type=element.get("type") or "",
    )


def _launch_of(element: Element) -> str:
    """In Vietnamese where there is one, else the first."""
    addresses = children(element, "launch")
    own = next((one for one in addresses if (one.get("lang") or "").startswith("vi")), None)
    return text_of(own if own is not None else child(element, "launch"))


def _faults(element: Element, has_file: HasFile) -> Iterator[Finding]:
    line, url = element.sourceline or 1, _launch_of(element)
    if not _IRI.fullmatch((element.get("id") or "").strip()):
        yield Finding(MANIFEST, line, "T004", "mã hoạt động phải là IRI đầy đủ, có lược đồ như https:")
    parts = urlsplit(url)
    if parts.scheme not in {"", "http", "https"} or (not parts.scheme and parts.netloc):
        yield Finding(MANIFEST, line, "T003", f"địa chỉ mở không hợp lệ: {url[:80]}")
    elif not parts.scheme and not has_file(unquote(parts.path)):
        yield Finding(MANIFEST, line, "T003", f"gói không có tệp {unquote(parts.path)[:80]}")


def _texts(element: Element, name: str) -> dict[str, str]:
    return {(one.get("lang") or "und").strip(): text_of(one) for one in children(element, name)}
