"""All files of a package folder, read once in the order of their names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content_packages.authoring.banks import Bank, read_bank
from content_packages.authoring.findings import Finding
from content_packages.authoring.modules import ModuleSource, read_module
from content_packages.authoring.named_yaml import NamedYaml, read_quiz, read_survey
from content_packages.authoring.questions_and_answers import QAFile, read_qa
from content_packages.authoring.source_text import SourceText, check_yaml, read_source
from content_packages.authoring.yaml_text import YamlText

PACKAGE_FILE = "package.yaml"
# `knowledge` is read by content_packages.knowledge.
_KNOWN_ENTRIES = {
    PACKAGE_FILE, "modules", "banks", "quizzes", "qa", "surveys", "i18n", "knowledge", "__pycache__",
}  # fmt: skip


@dataclass(frozen=True)
class PackageSources:
    """What was read; `package` is None when package.yaml is not usable."""

    folder: Path
    package: YamlText | None
    modules: list[ModuleSource] = field(default_factory=list)
    banks: list[Bank] = field(default_factory=list)
    quizzes: list[NamedYaml] = field(default_factory=list)
    qa: list[QAFile] = field(default_factory=list)
    surveys: list[NamedYaml] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    @property
    def header(self) -> dict[str, Any]:
        """The fields of package.yaml; empty when it is not usable."""
        return self.package.value if self.package else {}


def read_sources(folder: Path) -> PackageSources:
    """Every file of the package with what each has wrong for itself."""
    findings = list(_unsupported(folder))
    package = _read_package_file(folder, findings)
    sources = PackageSources(
        folder,
        package,
        [read_module(one, folder=folder / Path(one.path).parent) for one in _modules(folder, findings)],
        [read_bank(one) for one in source_texts(folder, "banks/*.md", "Q004", findings)],
        [read_quiz(one) for one in source_texts(folder, "quizzes/*.yaml", "Z001", findings)],
        [read_qa(one) for one in source_texts(folder, "qa/*.md", "H001", findings)],
        [read_survey(one) for one in source_texts(folder, "surveys/*.yaml", "V001", findings)],
        findings,
    )
    findings += [finding for read in _with_findings(sources) for finding in read]
    return sources


def read_extends(folder: Path) -> str | None:
    """What the package in the folder extends, when it extends another and its package.yaml is usable."""
    package = _read_package_file(folder, [])
    return package.value.get("extends") if package else None


def _with_findings(sources: PackageSources) -> Iterator[list[Finding]]:
    yield from (module.findings for module in sources.modules)
    yield from (bank.findings for bank in sources.banks)
    yield from (file.findings for file in (*sources.quizzes, *sources.surveys))
    yield from (file.findings for file in sources.qa)


def _modules(folder: Path, findings: list[Finding]) -> Iterator[SourceText]:
    return source_texts(folder, "modules/*/module.md", "M001", findings)


def source_texts(folder: Path, pattern: str, code: str, findings: list[Finding]) -> Iterator[SourceText]:
    """The files in the order of their names; one that is not UTF-8 becomes a finding."""
    for file in sorted(folder.glob(pattern)):
        try:
            yield read_source(folder, file)
        except UnicodeDecodeError:
            path = file.relative_to(folder).as_posix()
            findings.append(Finding(path, 1, code, "tệp không phải UTF-8; hãy lưu lại ở dạng UTF-8"))


def _read_package_file(folder: Path, findings: list[Finding]) -> YamlText | None:
    found_before = len(findings)
    source = next(source_texts(folder, PACKAGE_FILE, "P001", findings), None)
    if source is None:
        if len(findings) == found_before:
            findings.append(Finding(PACKAGE_FILE, 1, "P001", "thư mục này không có package.yaml"))
        return None
    parsed, problems = check_yaml(source, source.text, first_line=1, schema="package", codes=("P001", "P002"))
    findings += problems
    return parsed


def _unsupported(folder: Path) -> Iterator[Finding]:
    """Nothing is left out in silence: what the compiler does not read, it names."""
    for entry in sorted(folder.glob("*")):
        if entry.name not in _KNOWN_ENTRIES and not entry.name.startswith((".", "__init__")):
            message = (
                "chưa được hỗ trợ; gói gồm package.yaml, modules/, banks/, quizzes/, qa/, surveys/, i18n/"
            )
            yield Finding(entry.name, 1, "P006", message)
    for entry in sorted(folder.glob("modules/*")):
        if entry.is_dir() and not (entry / "module.md").is_file():
            path = entry.relative_to(folder).as_posix()
            yield Finding(path, 1, "P006", "thư mục chuyên đề chưa có module.md")
