"""A source folder -> findings and, when there is no error, one canonical JSON with its digest."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from content_packages.authoring.canonical import FORMAT, canonical_text, digest_of
from content_packages.authoring.findings import Finding
from content_packages.authoring.law import check_citations, dated_findings
from content_packages.authoring.media import MediaFile
from content_packages.authoring.names import names_of
from content_packages.authoring.overlay import BasePackage, check_overlay, put_on_base
from content_packages.authoring.quality import check_quality
from content_packages.authoring.references import check_references
from content_packages.authoring.sources import PackageSources, read_sources
from content_packages.authoring.translations import read_translations


@dataclass(frozen=True)
class CompiledPackage:
    """What the compiler made of a folder.

    Attributes:
        canonical: canonical JSON; None when there are errors.
        digest: SHA-256 of the canonical bytes; None when there are errors.
        media: files that the modules show, sorted by name.
        findings: sorted by file and line.
    """

    package_id: str
    version: str
    title: str
    canonical: str | None
    digest: str | None
    media: tuple[MediaFile, ...]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Findings that stop the build."""
        return tuple(finding for finding in self.findings if finding.severity == "error")


def build(folder: Path, *, today: date | None = None, base: BasePackage | None = None) -> CompiledPackage:
    """Compiles the package in `folder`; the same sources give the same bytes on every machine.

    Args:
        today: day for which review dates and expired law are reported; without it they are not.
        base: the package that this one extends, if it extends one; without it, nothing is compiled then.
    """
    sources = read_sources(folder)
    findings = {*sources.findings, *_cross_findings(sources, base, today)}
    media = {name: file for module in sources.modules for name, file in module.media.items()}
    own = None if _has_errors(findings) else _own_package(sources, media)
    if own is not None:
        translations = read_translations(sources, own)
        findings |= set(translations.findings)
        own |= {"translations": translations.by_language} if translations.by_language else {}
    canonical = None if own is None or _has_errors(findings) else _canonical(own, base)
    return CompiledPackage(
        package_id=sources.header.get("id", ""),
        version=sources.header.get("version", ""),
        title=sources.header.get("title", ""),
        canonical=canonical,
        digest=digest_of(canonical) if canonical is not None else None,
        media=_all_media(media, base),
        findings=tuple(sorted(findings)),
    )


def _cross_findings(
    sources: PackageSources, base: BasePackage | None, today: date | None
) -> Iterator[Finding]:
    names = names_of(sources, base)
    yield from check_overlay(sources, base)
    yield from check_references(sources, names)
    yield from check_citations(sources, names)
    yield from check_quality(sources.banks, paired=_paired_banks(sources))
    if today is not None:
        yield from dated_findings(sources, names, today)


def _paired_banks(sources: PackageSources) -> frozenset[str]:
    """Banks of pre-tests and post-tests that no other quiz draws from."""
    drawn: dict[bool, set[str]] = {True: set(), False: set()}
    for quiz in sources.quizzes:
        if quiz.canonical is not None:
            drawn["pair" in quiz.canonical] |= {rule["bank"] for rule in quiz.canonical["draw"]}
    return frozenset(drawn[True] - drawn[False])


def _all_media(own: dict[str, MediaFile], base: BasePackage | None) -> tuple[MediaFile, ...]:
    both = {**{file.name: file for file in (base.media if base else ())}, **own}
    return tuple(both[name] for name in sorted(both))


def _has_errors(findings: set[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)


def _canonical(own: dict[str, Any], base: BasePackage | None) -> str | None:
    if "extends" not in own["package"]:
        return canonical_text(own)
    return canonical_text(put_on_base(own, base)) if base is not None else None


def _own_package(sources: PackageSources, media: dict[str, MediaFile]) -> dict[str, Any]:
    header = sources.header
    folders = {module.folder: module.canonical["id"] for module in sources.modules if module.canonical}
    listed = {name for entry in header["outline"] for kind, name in entry.items() if kind == "module"}
    modules = [module.canonical for module in sources.modules if module.folder in listed and module.canonical]
    return {
        "format": FORMAT,
        "package": {name: value for name, value in header.items() if name not in {"schema", "outline"}},
        "outline": [_outline_entry(entry, folders) for entry in header["outline"]],
        "modules": modules,
        "questions": [question.canonical for bank in sources.banks for question in bank.questions],
        "quizzes": [quiz.canonical for quiz in sources.quizzes if quiz.canonical],
        "media": {name: file.media_type for name, file in media.items()},
        **_companions(sources),
    }


def _outline_entry(entry: dict[str, str], folders: dict[str, str]) -> dict[str, str]:
    ((kind, name),) = entry.items()
    return {"kind": kind, "id": folders[name] if kind == "module" else name}


def _companions(sources: PackageSources) -> dict[str, Any]:
    """Members that not every package has; left out when empty, so that older packages keep their digest."""
    members = {
        "situations": [situation.canonical for bank in sources.banks for situation in bank.situations],
        "qa": [entry.canonical for file in sources.qa for entry in file.entries],
        "surveys": [survey.canonical for survey in sources.surveys if survey.canonical],
    }
    return {name: value for name, value in members.items() if value}
