"""A source folder -> findings and, when there is no error, one canonical JSON with its digest."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from content_packages.authoring import references
from content_packages.authoring.banks import Bank, read_bank
from content_packages.authoring.canonical import FORMAT, canonical_text, digest_of
from content_packages.authoring.findings import Finding
from content_packages.authoring.media import MediaFile
from content_packages.authoring.modules import ModuleSource, read_module
from content_packages.authoring.quizzes import QuizSource, read_quiz
from content_packages.authoring.references import PACKAGE_FILE
from content_packages.authoring.source_text import SourceText, check_yaml, read_source
from content_packages.authoring.yaml_text import YamlText

_KNOWN_ENTRIES = {PACKAGE_FILE, "modules", "banks", "quizzes", "__pycache__"}


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


@dataclass(frozen=True)
class _Sources:
    """All files of a package that were read."""

    package: YamlText | None
    modules: list[ModuleSource]
    banks: list[Bank]
    quizzes: list[QuizSource]
    findings: list[Finding]


def build(folder: Path, *, today: date | None = None) -> CompiledPackage:
    """Compiles the package in `folder`; the same sources give the same bytes on every machine.

    Args:
        today: day for which review dates and expired law are reported; without it they are not.
    """
    sources = _read_sources(folder)
    findings = [*sources.findings, *_cross_findings(sources)]
    if today is not None:
        findings += _dated_findings(sources, today)
    header = sources.package.value if sources.package else {}
    has_errors = any(finding.severity == "error" for finding in findings)
    media = {name: file for module in sources.modules for name, file in module.media.items()}
    canonical = (
        None if has_errors or sources.package is None else canonical_text(_canonical(sources, header, media))
    )
    return CompiledPackage(
        package_id=header.get("id", ""),
        version=header.get("version", ""),
        title=header.get("title", ""),
        canonical=canonical,
        digest=digest_of(canonical) if canonical is not None else None,
        media=tuple(media[name] for name in sorted(media)),
        findings=tuple(sorted(set(findings))),
    )


def _read_sources(folder: Path) -> _Sources:
    findings = list(_unsupported(folder))
    package, package_findings = _read_package_file(folder)
    findings += package_findings
    modules = [
        read_module(source, folder=folder / Path(source.path).parent)
        for source in _texts(folder, "modules/*/module.md", "M001", findings)
    ]
    banks = [read_bank(source) for source in _texts(folder, "banks/*.md", "Q004", findings)]
    quizzes = [read_quiz(source) for source in _texts(folder, "quizzes/*.yaml", "Z001", findings)]
    findings += [finding for module in modules for finding in module.findings]
    findings += [finding for bank in banks for finding in bank.findings]
    findings += [finding for quiz in quizzes for finding in quiz.findings]
    return _Sources(package, modules, banks, quizzes, findings)


def _texts(folder: Path, pattern: str, code: str, findings: list[Finding]) -> Iterator[SourceText]:
    """The files in the order of their names; one that is not UTF-8 becomes a finding."""
    for file in sorted(folder.glob(pattern)):
        try:
            yield read_source(folder, file)
        except UnicodeDecodeError:
            path = file.relative_to(folder).as_posix()
            findings.append(Finding(path, 1, code, "tệp không phải UTF-8; hãy lưu lại ở dạng UTF-8"))


def _read_package_file(folder: Path) -> tuple[YamlText | None, list[Finding]]:
    findings: list[Finding] = []
    source = next(_texts(folder, PACKAGE_FILE, "P001", findings), None)
    if source is None:
        return None, findings or [Finding(PACKAGE_FILE, 1, "P001", "thư mục này không có package.yaml")]
    parsed, findings = check_yaml(source, source.text, first_line=1, schema="package", codes=("P001", "P002"))
    return parsed, findings


def _unsupported(folder: Path) -> Iterator[Finding]:
    """Nothing is left out in silence: what the compiler does not read, it names."""
    for entry in sorted(folder.glob("*")):
        if entry.name not in _KNOWN_ENTRIES and not entry.name.startswith((".", "__init__")):
            yield Finding(
                entry.name, 1, "P006", "chưa được hỗ trợ; gói gồm package.yaml, modules/, banks/, quizzes/"
            )
    for entry in sorted(folder.glob("modules/*")):
        if entry.is_dir() and not (entry / "module.md").is_file():
            yield Finding(
                entry.relative_to(folder).as_posix(), 1, "P006", "thư mục chuyên đề chưa có module.md"
            )


def _cross_findings(sources: _Sources) -> Iterator[Finding]:
    questions = references.usable_questions(sources.banks)
    quiz_names = [quiz.name for quiz in sources.quizzes]
    broken_ids = {question_id for bank in sources.banks for question_id in bank.broken_ids}
    yield from references.check_questions(sources.banks)
    yield from references.check_modules(sources.modules, questions, broken_ids=broken_ids, quizzes=quiz_names)
    yield from references.check_quizzes(
        sources.quizzes, list(questions.values()), sources.banks, sources.modules
    )
    if sources.package is not None:
        yield from references.check_outline(sources.package, sources.modules, sources.quizzes)


def _dated_findings(sources: _Sources, today: date) -> Iterator[Finding]:
    if sources.package is not None:
        yield from _dated_package_findings(sources.package, today)
    for module in sources.modules:
        if (module.canonical or {}).get("review_by", "9999") < today.isoformat():
            yield _overdue(module.path, 1)
    for question in (question for bank in sources.banks for question in bank.questions):
        if question.canonical.get("review_by", "9999") < today.isoformat():
            yield _overdue(question.path, question.line)


def _dated_package_findings(package: YamlText, today: date) -> Iterator[Finding]:
    if package.value.get("review_by", "9999") < today.isoformat():
        yield _overdue(PACKAGE_FILE, package.line_of(["review_by"]))
    for index, basis in enumerate(package.value.get("legal_basis", ())):
        if basis.get("expires", "9999") < today.isoformat():
            line = package.line_of(["legal_basis", index])
            message = f"{basis['ref']} hết hiệu lực từ {_vietnamese(basis['expires'])}"
            yield Finding(PACKAGE_FILE, line, "P021", message, "warning")


def _overdue(path: str, line: int) -> Finding:
    return Finding(path, line, "P020", "đã quá ngày rà soát (review_by)", "warning")


def _vietnamese(day: str) -> str:
    return date.fromisoformat(day).strftime("%d/%m/%Y")


def _canonical(sources: _Sources, header: dict[str, Any], media: dict[str, MediaFile]) -> dict[str, Any]:
    folders = {module.folder: module.canonical["id"] for module in sources.modules if module.canonical}
    listed = {name for entry in header["outline"] for kind, name in entry.items() if kind == "module"}
    modules = [module.canonical for module in sources.modules if module.folder in listed and module.canonical]
    return {
        "format": FORMAT,
        "package": {name: value for name, value in header.items() if name not in {"schema", "outline"}},
        "outline": [_outline_entry(entry, folders) for entry in header["outline"]],
        "modules": modules,
        "questions": [question.canonical for bank in sources.banks for question in bank.questions],
        "quizzes": _without_schema([quiz.canonical for quiz in sources.quizzes if quiz.canonical]),
        "media": {name: file.media_type for name, file in media.items()},
    }


def _outline_entry(entry: dict[str, str], folders: dict[str, str]) -> dict[str, str]:
    ((kind, name),) = entry.items()
    return {"kind": kind, "id": folders[name] if kind == "module" else name}


def _without_schema(quizzes: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in quiz.items() if name != "schema"} for quiz in quizzes]
