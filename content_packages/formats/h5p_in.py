"""h5p.json -> a course of one unit, for installations that supply an H5P player. Pure.

P101 description unreadable    P102 a required field is missing    P103 content or library missing
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

import msgspec

from content_packages.authoring.findings import Finding
from content_packages.formats.course_structure import IN_COURSE, CourseStructure, Unit

MANIFEST: Final = "h5p.json"
CONTENT: Final = "content/content.json"
_LIBRARY: Final = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,60}")
_NUMBER: Final = re.compile(r"\d{1,4}")

HasFile = Callable[[str], bool]


def read_h5p(content: bytes, *, has_file: HasFile) -> tuple[CourseStructure | None, tuple[Finding, ...]]:
    """The course, None when it cannot be played, and what is wrong.

    Args:
        content: of h5p.json.
        has_file: whether the package holds a path.
    """
    try:
        described = msgspec.json.decode(content, type=dict[str, Any])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None, (Finding(MANIFEST, 1, "P101", "h5p.json không phải JSON đọc được"),)
    faults = tuple(_faults(described, has_file))
    if faults:
        return None, faults
    title = str(described["title"])
    unit = Unit(
        id=str(described["mainLibrary"]),
        place=0,
        above=IN_COURSE,
        title={"und": title},
        url=MANIFEST,
        move_on="CompletedOrPassed",
        activity_type="h5p",
    )
    return CourseStructure("h5p", unit.id, unit.title, (unit,), manifest=MANIFEST), ()


def _faults(described: Mapping[str, Any], has_file: HasFile) -> Iterator[Finding]:
    for name in ("title", "mainLibrary"):
        if not isinstance(described.get(name), str) or not described[name].strip():
            yield Finding(MANIFEST, 1, "P102", f"thiếu {name}")
    if not has_file(CONTENT):
        yield Finding(MANIFEST, 1, "P103", f"gói không có tệp {CONTENT}")
    yield from _library_faults(described, has_file)


def _library_faults(described: Mapping[str, Any], has_file: HasFile) -> Iterator[Finding]:
    libraries = described.get("preloadedDependencies")
    if not isinstance(libraries, list) or not libraries:
        yield Finding(MANIFEST, 1, "P102", "thiếu preloadedDependencies")
        return
    folders = [_folder_of(one) for one in libraries]
    if None in folders:
        yield Finding(MANIFEST, 1, "P102", "preloadedDependencies có mục sai dạng")
    for folder in filter(None, folders):
        if not has_file(f"{folder}/library.json"):
            yield Finding(MANIFEST, 1, "P103", f"gói không có thư viện {folder}")
    names = {one["machineName"] for one, folder in zip(libraries, folders, strict=True) if folder}
    if described.get("mainLibrary") not in names:
        yield Finding(MANIFEST, 1, "P103", "thư viện chính không nằm trong preloadedDependencies")


def _folder_of(library: Any) -> str | None:
    """`Name-1.2`; None for another form."""
    if not isinstance(library, Mapping):
        return None
    name, major, minor = (
        str(library.get(key, "")) for key in ("machineName", "majorVersion", "minorVersion")
    )
    sound = _LIBRARY.fullmatch(name) and _NUMBER.fullmatch(major) and _NUMBER.fullmatch(minor)
    return f"{name}-{major}.{minor}" if sound else None
