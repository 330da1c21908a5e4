"""cmi5.xml -> a course, or every requirement that it breaks. Pure.

The code of a finding is the number of the requirement in ADL's list for cmi5 (first edition), so that an
author finds the sentence of the specification.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Final, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from lxml import etree

from content_packages.authoring.findings import Finding
from content_packages.formats.course_structure import (
    IN_COURSE,
    Block,
    CourseStructure,
    LaunchMethod,
    MoveOn,
    Unit,
)
from content_packages.formats.safe_xml import (
    Element,
    XmlRefused,
    child,
    children,
    local_name,
    read_xml,
    text_of,
)

MANIFEST: Final = "cmi5.xml"
#: Parameters of the launch itself (cmi5 8.1); a unit's own address may not carry them.
LAUNCH_PARAMETERS: Final = frozenset({"endpoint", "fetch", "actor", "registration", "activityId"})
_SCHEMA: Final = Path(__file__).parent / "schemas" / "CourseStructure.xsd"
_IRI: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20\x7f<>\"{}|\\^`]+")
#: RFC 1738 as corrected by RFC 3986: what may stand in an address, with letters of any language.
_ADDRESS: Final = re.compile(r"[^\x00-\x20\x7f<>\"{}|\\^`]+")
_SCHEMES: Final = frozenset({"http", "https"})
_MOST_FINDINGS: Final = 200

HasFile = Callable[[str], bool]


def read_cmi5(
    content: bytes, *, has_file: HasFile | None
) -> tuple[CourseStructure | None, tuple[Finding, ...]]:
    """The course, None when it breaks a requirement, and what is wrong.

    Args:
        content: of cmi5.xml.
        has_file: whether the zip around it holds a path; None for a bare file.

    Spec: cmi5 13 and 14.
    """
    try:
        root = read_xml(content)
    except XmlRefused as refused:
        return None, (Finding(MANIFEST, refused.line, "13.2.0.0-1", str(refused)),)
    faults = list(_schema_faults(root))
    if not faults:
        faults = [*_id_faults(root), *_address_faults(root, has_file)]
    if faults:
        return None, tuple(faults[:_MOST_FINDINGS])
    return _course(root), ()


def package_path(url: str) -> str:
    """The path inside the package that a relative address names, without query and escapes."""
    return unquote(urlsplit(url).path)


def is_absolute(url: str) -> bool:
    """Whether the address leads out of the package."""
    return bool(urlsplit(url).scheme)


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(_SCHEMA.read_bytes()))


def _schema_faults(root: Element) -> Iterator[Finding]:
    schema = _schema()
    if not schema.validate(root):
        for entry in list(schema.error_log)[:_MOST_FINDINGS]:
            yield Finding(MANIFEST, max(entry.line, 1), "13.2.0.0-1", f"không đúng lược đồ: {entry.message}")


def _id_faults(root: Element) -> Iterator[Finding]:
    course: Element = child(root, "course")
    yield from _iri_faults(course, "khóa học")
    for name, word, requirement in (
        ("block", "khối", "13.1.2.0-1"),
        ("objective", "mục tiêu", "13.1.3.0-1"),
        ("au", "bài", "13.1.4.0-1"),
    ):
        seen: set[str] = set()
        for element in root.iter():
            if local_name(element) != name or "id" not in element.attrib:
                continue
            yield from _iri_faults(element, word)
            if (key := element.get("id").strip()) in seen:
                yield _fault(element, requirement, f"mã {word} dùng hai lần: {key}")
            seen.add(key)


def _iri_faults(element: Element, word: str) -> Iterator[Finding]:
    key = (element.get("id") or "").strip()
    if not _IRI.fullmatch(key):
        yield _fault(
            element, "3.0.0.0-1", f"mã {word} phải là IRI đầy đủ, có lược đồ như https: ({key[:80]})"
        )


def _address_faults(root: Element, has_file: HasFile | None) -> Iterator[Finding]:
    for element in root.iter():
        if local_name(element) != "au":
            continue
        url = text_of(child(element, "url"))
        parts = _parts(url)
        if parts is None:
            yield _fault(element, "13.1.4.0-2", f"địa chỉ của bài không hợp lệ: {url[:80]}")
            continue
        taken = LAUNCH_PARAMETERS & {name for name, _value in parse_qsl(parts[1], keep_blank_values=True)}
        if taken:
            yield _fault(
                element, "8.1.0.0-6", f"địa chỉ đã dùng tham số dành cho LMS: {', '.join(sorted(taken))}"
            )
        if parts[0]:
            continue
        if has_file is None:
            yield _fault(element, "14.2.0.0-1", f"tệp XML đứng riêng phải dùng địa chỉ đầy đủ: {url[:80]}")
        elif not has_file(package_path(url)):
            yield _fault(element, "14.1.0.0-4", f"gói không có tệp {package_path(url)[:80]}")


def _parts(url: str) -> tuple[str, str] | None:
    """Scheme and query; None for what is no address of a page."""
    if not _ADDRESS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    if parts.scheme:
        is_page = parts.scheme.lower() in _SCHEMES and bool(parts.hostname)
    else:
        is_page = not parts.netloc and bool(parts.path)
    return (parts.scheme, parts.query) if is_page else None


def _course(root: Element) -> CourseStructure:
    course: Element = child(root, "course")
    units: list[Unit] = []
    blocks: list[Block] = []
    _gather(root, IN_COURSE, units, blocks)
    return CourseStructure(
        kind="cmi5",
        id=course.get("id").strip(),
        title=_texts(course, "title"),
        description=_texts(course, "description"),
        units=tuple(units),
        blocks=tuple(blocks),
        manifest=MANIFEST,
    )


def _gather(parent: Element, above: int, units: list[Unit], blocks: list[Block]) -> None:
    """In the order of the document. Deep nesting ends where lxml's own limit of depth ends the reading."""
    for element in parent:
        if local_name(element) == "au":
            units.append(_unit(element, place=len(units), above=above))
        elif local_name(element) == "block":
            place = len(blocks)
            blocks.append(
                Block(
                    id=element.get("id").strip(),
                    place=place,
                    above=above,
                    title=_texts(element, "title"),
                    first_unit=len(units),
                    description=_texts(element, "description"),
                )
            )
            _gather(element, place, units, blocks)


def _unit(element: Element, *, place: int, above: int) -> Unit:
    mastery = (element.get("masteryScore") or "").strip()
    parameters, key = child(element, "launchParameters"), child(element, "entitlementKey")
    return Unit(
        id=element.get("id").strip(),
        place=place,
        above=above,
        title=_texts(element, "title"),
        description=_texts(element, "description"),
        url=text_of(child(element, "url")),
        move_on=cast(MoveOn, (element.get("moveOn") or "NotApplicable").strip()),
        mastery=float(mastery) if mastery else None,
        launch_method=cast(LaunchMethod, (element.get("launchMethod") or "AnyWindow").strip()),
        launch_parameters=text_of(parameters) if parameters is not None else None,
        entitlement_key=text_of(key) if key is not None else None,
        activity_type=(element.get("activityType") or "").strip(),
    )


def _texts(element: Element, name: str) -> dict[str, str]:
    holder = child(element, name)
    listed = children(holder, "langstring") if holder is not None else []
    return {(one.get("lang") or "und").strip(): text_of(one) for one in listed}


def _fault(element: Element, requirement: str, message: str) -> Finding:
    return Finding(MANIFEST, element.sourceline or 1, requirement, message)
