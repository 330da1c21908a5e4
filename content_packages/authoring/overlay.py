"""Overlays: a province's package adds to another package and never changes what is in it (pure).

`extends: cchc@^1` names the base and which of its versions fit; `package: cchc` in the outline is the place
where the base's own outline goes. Ids of the base cannot be used again, so no key can be altered.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.media import MediaFile
from content_packages.authoring.numbering import numbers_of
from content_packages.authoring.sources import PACKAGE_FILE, PackageSources

#: Members of the canonical package that are lists of things with an id.
_MEMBERS = {
    "modules": "chuyên đề",
    "questions": "câu hỏi",
    "quizzes": "bài kiểm tra",
    "situations": "tình huống",
    "qa": "mục hỏi đáp",
    "surveys": "phiếu khảo sát",
}
_CITATIONS = ("legal_basis", "sources")
_REQUIREMENT = re.compile(r"^([a-z0-9-]+)@\^(\d+)(?:\.(\d+))?(?:\.(\d+))?$")


@dataclass(frozen=True)
class Requirement:
    """Which package an overlay extends, and from which version on."""

    package_id: str
    lowest: tuple[int, ...]

    def admits(self, version: str) -> bool:
        """Whether the version fits: the same MAJOR, and not lower (the caret rule)."""
        numbers = numbers_of(version)
        return numbers[0] == self.lowest[0] and numbers >= self.lowest


def read_requirement(text: str) -> Requirement:
    """The requirement in `extends: id@^MAJOR[.MINOR[.PATCH]]`.

    Raises:
        ValueError: another form; the package schema lets none pass.
    """
    found = _REQUIREMENT.match(text)
    if found is None:
        raise ValueError(f"Not a requirement: {text!r}. Write for example cchc@^1.")
    return Requirement(found[1], tuple(int(part) for part in found.groups()[1:] if part is not None))


@dataclass(frozen=True)
class BasePackage:
    """The version that an overlay is put on; its media only where the overlay is written as a file."""

    digest: str
    written: Mapping[str, Any]
    media: tuple[MediaFile, ...] = ()

    @property
    def package_id(self) -> str:
        """Its id."""
        return str(self.written["package"]["id"])

    @property
    def version(self) -> str:
        """Its version number."""
        return str(self.written["package"]["version"])

    def ids(self, member: str) -> set[str]:
        """Ids of all modules, questions, … of the base."""
        return {one["id"] for one in self.written.get(member, ())}

    def refs(self, member: str) -> set[str]:
        """`ref` of all documents that the base cites as `legal_basis` or `sources`."""
        return {one["ref"] for one in self.written["package"].get(member, ())}


def base_from_canonical(canonical: str, *, digest: str, media: tuple[MediaFile, ...] = ()) -> BasePackage:
    """The base from the canonical JSON that the compiler made of it."""
    return BasePackage(digest, json.loads(canonical), media)


def check_overlay(sources: PackageSources, base: BasePackage | None) -> Iterator[Finding]:
    """What is wrong between an overlay and its base; nothing for a package that extends none."""
    if sources.package is None:
        return
    extends = sources.header.get("extends")
    places = [index for index, entry in enumerate(sources.header["outline"]) if "package" in entry]
    if extends is None:
        for index in places:
            line = sources.package.line_of(["outline", index])
            yield Finding(PACKAGE_FILE, line, "P030", "outline có “package” nhưng gói không có extends")
        return
    requirement, line = read_requirement(extends), sources.package.line_of(["extends"])
    if [sources.header["outline"][index]["package"] for index in places] != [requirement.package_id]:
        message = f"outline phải có đúng một mục “package: {requirement.package_id}”"
        yield Finding(PACKAGE_FILE, line, "P030", message)
    if base is None:
        message = f"chưa kiểm tra được với gói gốc {requirement.package_id}; hãy chỉ ra gói gốc (--base)"
        yield Finding(PACKAGE_FILE, line, "P031", message, "warning")
    elif (base.package_id, requirement.admits(base.version)) != (requirement.package_id, True):
        message = f"gói gốc {base.package_id} {base.version} không hợp với {extends}"
        yield Finding(PACKAGE_FILE, line, "P031", message)
    else:
        yield from _taken_ids(sources, base)


def _taken_ids(sources: PackageSources, base: BasePackage) -> Iterator[Finding]:
    """Things that the base has already: an overlay adds, it never replaces."""
    for member, path, line, name in _own_ids(sources):
        if name in base.ids(member):
            message = (
                f"mã {_MEMBERS[member]} “{name}” là của gói gốc {base.package_id}; gói bổ sung không được sửa"
            )
            yield Finding(path, line, "P032", message)
    assert sources.package is not None  # noqa: S101 - asked by the caller
    for member in _CITATIONS:
        for index, cited in enumerate(sources.header.get(member, ())):
            if cited["ref"] in base.refs(member):
                message = f"văn bản “{cited['ref']}” đã có trong gói gốc {base.package_id}"
                yield Finding(PACKAGE_FILE, sources.package.line_of([member, index]), "P032", message)


def _own_ids(sources: PackageSources) -> Iterator[tuple[str, str, int, str]]:
    """(Member, path, line, id) of everything in the overlay."""
    for module in sources.modules:
        if module.canonical:
            yield "modules", module.path, 1, module.canonical["id"]
    for bank in sources.banks:
        yield from (("questions", one.path, one.line, one.id) for one in bank.questions)
        yield from (("situations", one.path, one.line, one.id) for one in bank.situations)
    for file in sources.qa:
        yield from (("qa", one.path, one.line, one.id) for one in file.entries)
    yield from (("quizzes", one.path, 1, one.name) for one in sources.quizzes)
    yield from (("surveys", one.path, 1, one.name) for one in sources.surveys)


def put_on_base(own: dict[str, Any], base: BasePackage) -> dict[str, Any]:
    """The overlay's canonical package with everything of the base in it."""
    members = {
        name: [*base.written.get(name, ()), *own.get(name, ())]
        for name in _MEMBERS
        if name in own or name in base.written
    }
    citations = {
        name: [*base.written["package"].get(name, ()), *own["package"].get(name, ())]
        for name in _CITATIONS
        if name in own["package"] or name in base.written["package"]
    }
    extends = {"id": base.package_id, "version": base.version, "digest": base.digest}
    return {
        **own,
        **members,
        "package": {**own["package"], **citations, "extends": extends},
        "outline": list(_outline(own["outline"], base)),
        "media": {**base.written["media"], **own["media"]},
        **_translations(own, base),
    }


def _outline(own: list[dict[str, str]], base: BasePackage) -> Iterator[dict[str, str]]:
    for entry in own:
        if entry["kind"] == "package":
            yield from base.written["outline"]
        else:
            yield entry


def _translations(own: dict[str, Any], base: BasePackage) -> dict[str, Any]:
    """Both packages' translations; names never meet, because ids never do."""
    both = [base.written.get("translations", {}), own.get("translations", {})]
    languages = {
        language: {
            member: {**both[0].get(language, {}).get(member, {}), **both[1].get(language, {}).get(member, {})}
            for member in {*both[0].get(language, {}), *both[1].get(language, {})}
        }
        for language in {*both[0], *both[1]}
    }
    return {"translations": languages} if languages else {}
