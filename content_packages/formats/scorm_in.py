"""imsmanifest.xml of SCORM 1.2 and 2004 -> a course. Pure.

Of SCORM 2004 the tree, the SCOs, their data and the score to reach are read; rules of sequencing are told as
a warning and left to the learner's own choice.

S001 manifest unreadable       S002 no SCORM that is played here     S003 nothing to launch
S004 file missing              S005 sequencing not followed (warning)
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urljoin, urlsplit

from content_packages.authoring.findings import Finding
from content_packages.formats.course_structure import IN_COURSE, Block, CourseStructure, Kind, Unit
from content_packages.formats.safe_xml import (
    Element,
    XmlRefused,
    child,
    children,
    local_name,
    read_xml,
    text_of,
)

MANIFEST: Final = "imsmanifest.xml"
_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
_MARK_OF_2004: Final = "adlcp_v1p3"
_MARK_OF_12: Final = "adlcp_rootv1p2"

HasFile = Callable[[str], bool]


@dataclass(frozen=True)
class _Resource:
    """What an item launches: address in the package, and whether it speaks with the LMS."""

    href: str
    is_sco: bool


def read_scorm(content: bytes, *, has_file: HasFile) -> tuple[CourseStructure | None, tuple[Finding, ...]]:
    """The course, None when there is nothing to launch, and what is wrong.

    Args:
        content: of imsmanifest.xml.
        has_file: whether the package holds a path.

    Spec: SCORM 1.2 CAM 2.3; SCORM 2004 4th edition CAM 3.4.
    """
    try:
        root = read_xml(content)
    except XmlRefused as refused:
        return None, (Finding(MANIFEST, refused.line, "S001", str(refused)),)
    kind = _kind_of(root, content)
    if kind is None:
        return None, (_fault(root, "S002", "không phải gói SCORM 1.2 hoặc SCORM 2004"),)
    course = _course(root, kind)
    if not course.units:
        return None, (_fault(root, "S003", "không có bài nào để mở: thiếu organization, item hoặc resource"),)
    faults = tuple(_file_faults(root, course, has_file))
    return (None if faults else course), (*faults, *_warnings(root, course))


def _kind_of(root: Element, content: bytes) -> Kind | None:
    """By the version that it names, else by the namespace of its attributes."""
    metadata = child(root, "metadata")
    schema = child(metadata, "schema") if metadata is not None else None
    named = child(metadata, "schemaversion") if metadata is not None else None
    version, head = text_of(named), content[:8192].decode("utf-8", "replace")
    if "common cartridge" in text_of(schema).lower():
        return None
    if version.startswith("1.2") or (not version and _MARK_OF_12 in head):
        return "scorm12"
    if "2004" in version or version.startswith(("CAM 1.3", "1.3")) or _MARK_OF_2004 in head:
        return "scorm2004"
    return "scorm12" if _MARK_OF_12 in head else None


def _course(root: Element, kind: Kind) -> CourseStructure:
    holder = child(root, "organizations")
    organization = _organization(holder) if holder is not None else None
    resources = _resources(root)
    units: list[Unit] = []
    blocks: list[Block] = []
    if organization is not None:
        _gather(organization, IN_COURSE, resources, units, blocks)
    title = text_of(child(organization, "title")) if organization is not None else ""
    return CourseStructure(
        kind=kind,
        id=root.get("identifier") or "",
        title={"und": title or root.get("identifier") or "SCORM"},
        units=tuple(units),
        blocks=tuple(blocks),
        manifest=MANIFEST,
    )


def _organization(holder: Element) -> Element | None:
    listed, wanted = children(holder, "organization"), holder.get("default")
    return next((one for one in listed if one.get("identifier") == wanted), listed[0] if listed else None)


def _resources(root: Element) -> dict[str, _Resource]:
    holder = child(root, "resources")
    if holder is None:
        return {}
    above = urljoin(root.get(_BASE) or "", holder.get(_BASE) or "")
    found = {}
    for one in children(holder, "resource"):
        href = one.get("href")
        if href:
            kinds = {key.rpartition("}")[2].lower(): value for key, value in one.attrib.items()}
            full = urljoin(urljoin(above, one.get(_BASE) or ""), href.strip().replace("\\", "/"))
            found[one.get("identifier") or ""] = _Resource(full, kinds.get("scormtype", "").lower() == "sco")
    return found


def _gather(
    parent: Element, above: int, resources: dict[str, _Resource], units: list[Unit], blocks: list[Block]
) -> None:
    """Items in order; one that launches and holds others becomes a block whose first unit it is."""
    for item in children(parent, "item"):
        resource = resources.get(item.get("identifierref") or "")
        place = above
        if children(item, "item"):
            place = len(blocks)
            words = {"und": text_of(child(item, "title"))}
            blocks.append(Block(item.get("identifier") or "", place, above, words, len(units)))
        if resource is not None:
            units.append(_unit(item, resource, place=len(units), above=place))
        _gather(item, place, resources, units, blocks)


def _unit(item: Element, resource: _Resource, *, place: int, above: int) -> Unit:
    own = {
        local_name(one).lower(): text_of(one)
        for one in item
        if local_name(one).lower() in {"masteryscore", "datafromlms"}
    }
    return Unit(
        id=item.get("identifier") or f"item-{place + 1}",
        place=place,
        above=above,
        title={"und": text_of(child(item, "title"))},
        url=_with_parameters(resource.href, (item.get("parameters") or "").strip()),
        move_on="CompletedOrPassed" if resource.is_sco else "Completed",
        mastery=_mastery(own.get("masteryscore", ""), item),
        launch_parameters=own.get("datafromlms") or None,
        activity_type="sco" if resource.is_sco else "asset",
    )


def _with_parameters(href: str, parameters: str) -> str:
    """SCORM 1.2 CAM 2.3.2.5: what stands in `parameters` joins the address."""
    if not parameters:
        return href
    if parameters.startswith("#"):
        return href if "#" in href else href + parameters
    bare = parameters.lstrip("?&")
    return href + ("&" if "?" in href else "?") + bare


def _mastery(written: str, item: Element) -> float | None:
    """0.0 to 1.0, from points of 100 (1.2) or the measure of the primary objective (2004)."""
    if not written:
        measures = [one for one in item.iter() if local_name(one) == "minNormalizedMeasure"]
        return _share(text_of(measures[0]), of=1.0) if measures else None
    return _share(written, of=100.0)


def _share(written: str, *, of: float) -> float | None:
    try:
        value = float(written) / of
    except ValueError:
        return None
    return value if 0.0 <= value <= 1.0 else None


def _file_faults(root: Element, course: CourseStructure, has_file: HasFile) -> Iterator[Finding]:
    for unit in course.units:
        parts = urlsplit(unit.url)
        if parts.scheme or parts.netloc:
            yield _fault(root, "S004", f"bài “{unit.id}” nằm ngoài gói: {unit.url[:80]}")
        elif not has_file(unquote(parts.path)):
            yield _fault(root, "S004", f"gói không có tệp {unquote(parts.path)[:80]}")


def _warnings(root: Element, course: CourseStructure) -> Iterator[Finding]:
    rules = {"sequencingRules", "controlMode", "rollupRules", "limitConditions"}
    if len(course.units) > 1 and any(local_name(one) in rules for one in root.iter()):
        words = "gói có quy tắc trình tự; ở đây người học tự chọn bài trong danh sách"
        yield Finding(MANIFEST, 1, "S005", words, "warning")


def _fault(element: Element, code: str, message: str) -> Finding:
    return Finding(MANIFEST, element.sourceline or 1, code, message)
