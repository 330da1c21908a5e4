"""A file of questions -> native source files -> a compiled package with findings (no database)."""

import io
import re
import tempfile
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Final

from content_packages.authoring import CompiledPackage, build
from content_packages.authoring.findings import Finding
from content_packages.authoring.yaml_out import write_yaml
from content_packages.contents import Section
from content_packages.formats.aiken_in import read_aiken
from content_packages.formats.cartridge_in import is_cartridge, read_cartridge
from content_packages.formats.foreign_text import plain_to_markdown
from content_packages.formats.gift_in import read_gift
from content_packages.formats.imported import ImportedPage, ImportedQuestions, settle
from content_packages.formats.moodle_in import read_moodle_xml
from content_packages.formats.native_bank import write_bank
from content_packages.formats.qti_in import read_qti
from content_packages.formats.sheet_in import read_sheet
from content_packages.formats.word_in import read_word
from content_packages.import_errors import ImportFormatUnknown
from content_packages.imports.choices import ImportChoices
from content_packages.reading import package_from_canonical

_Reader = Callable[..., ImportedQuestions]

#: Name of a format -> its reader.
READERS: Final[Mapping[str, _Reader]] = {
    "xlsx": read_sheet,
    "docx": read_word,
    "moodle_xml": read_moodle_xml,
    "gift": read_gift,
    "aiken": read_aiken,
    "qti": read_qti,
    "cartridge": read_cartridge,
}
_AIKEN_KEY = re.compile(
    rb"^(ANSWER|\xc4\x90\xc3\x81P \xc3\x81N)\s*:\s*[A-Z]\s*$", re.MULTILINE | re.IGNORECASE
)
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)
_MOST_IN_A_PRACTICE = 20
#: The module that holds the pages of an imported course.
_READING = "bai-doc"


@dataclass(frozen=True)
class ReadImport:
    """What became of a file.

    Attributes:
        questions: in canonical form, in the order of the file.
        file_findings: what the reader says, with places in the file.
        source: path -> text of the native source.
        compiled: what the compiler makes of it; None when nothing could be read.
        broken: ids of questions that the compiler refuses.
    """

    questions: tuple[Mapping[str, Any], ...]
    file_findings: tuple[Finding, ...]
    source: Mapping[str, str]
    compiled: CompiledPackage | None
    broken: frozenset[str]

    @property
    def sections(self) -> list[Section]:
        """What there is to read, as the compiler cleaned it."""
        if self.compiled is None or self.compiled.canonical is None:
            return []
        package = package_from_canonical(self.compiled.canonical, digest="")
        return [section for module in package.modules.values() for section in module.sections]

    @property
    def may_publish(self) -> bool:
        """Whether there is a package without errors."""
        return self.compiled is not None and self.compiled.canonical is not None


def recognise_format(file_name: str, content: bytes) -> str:
    """Name of the format, from the ending and the first bytes.

    Raises:
        ImportFormatUnknown: none fits.
    """
    ending = Path(file_name).suffix.lower()
    if ending in {".xlsx", ".docx", ".gift"}:
        return ending[1:]
    if content.startswith(b"PK") and ending in {".zip", ".qti", ".imscc"}:
        return "cartridge" if ending == ".imscc" or is_cartridge(content) else "qti"
    if ending == ".xml":
        return "moodle_xml" if b"<quiz" in content[:4096] else "qti"
    if ending in {".txt", ".aiken"}:
        return "aiken" if _AIKEN_KEY.search(content) else "gift"
    raise ImportFormatUnknown(
        f"Files ending in {ending or '(nothing)'} are not question files. Known: .xlsx, .docx, .xml, .gift, "
        ".txt (GIFT or Aiken), .zip (QTI, Common Cartridge), .imscc (Common Cartridge)."
    )


def read_import(
    name: str,
    content: bytes,
    *,
    file_name: str,
    choices: ImportChoices,
    version: str,
    today: date | None = None,
) -> ReadImport:
    """Reads a file and compiles what it holds.

    Args:
        name: of the format, a key of `READERS`.
        version: of the package that it becomes.
        today: day for which law counts as in force.
    """
    read = READERS[name](content, path=file_name)
    defaults = {"area": choices.area} | ({"source": choices.source} if choices.source else {})
    settled = settle(read, bank=choices.package_id, path=file_name, defaults=defaults)
    questions = tuple(one.canonical for one in settled.questions)
    if not questions and not settled.pages:
        return ReadImport((), settled.findings, {}, None, frozenset())
    source = native_source(questions, choices, version=version, pages=settled.pages)
    compiled = _compile(source, today)
    broken = frozenset(_broken_ids(compiled, source))
    if broken and choices.leave_out_broken and len(broken) < len(questions):
        questions = tuple(one for one in questions if one["id"] not in broken)
        source = native_source(questions, choices, version=version, pages=settled.pages)
        compiled = _compile(source, today)
    return ReadImport(questions, settled.findings, source, compiled, broken)


def native_source(
    questions: Iterable[Mapping[str, Any]],
    choices: ImportChoices,
    *,
    version: str,
    pages: Sequence[ImportedPage] = (),
) -> dict[str, str]:
    """Path -> text of a package as an author would write it.

    One bank and one practice quiz where there are questions, one module where there are pages to read.
    """
    listed = list(questions)
    drawn = [one for one in listed if one["type"] != "essay"]
    outline = [
        *([{"module": _READING}] if pages else []),
        *([{"quiz": _quiz_id(choices)}] if drawn else []),
    ]
    package: dict[str, Any] = {
        "schema": "cchc-content/1",
        "id": choices.package_id,
        "version": version,
        "lang": "vi",
        "title": choices.title,
        "areas": [choices.area],
        **_sources(listed, choices),
        "outline": outline,
        "changes": {version: "Nhập từ tệp"},
    }
    return {
        "package.yaml": write_yaml(package),
        **({f"modules/{_READING}/module.md": _module(choices, pages)} if pages else {}),
        **(_bank_and_quiz(listed, drawn, choices) if listed else {}),
    }


def _quiz_id(choices: ImportChoices) -> str:
    return f"luyen-tap-{choices.package_id}"


def _module(choices: ImportChoices, pages: Sequence[ImportedPage]) -> str:
    """The pages as sections of one module."""
    header = {"id": _READING, "title": choices.title, "area": choices.area}
    sections = "".join(f"## {plain_to_markdown(page.title)}\n\n{page.markdown}\n\n" for page in pages)
    return f"---\n{write_yaml(header)}---\n\n{sections.rstrip()}\n"


def _bank_and_quiz(
    listed: Sequence[Mapping[str, Any]], drawn: Sequence[Mapping[str, Any]], choices: ImportChoices
) -> dict[str, str]:
    bank, quiz = choices.package_id, _quiz_id(choices)
    written = {f"banks/{bank}.md": write_bank(bank, listed, header={"area": choices.area})}
    if not drawn:
        return written
    draw: dict[str, Any] = {"bank": bank, "count": min(len(drawn), _MOST_IN_A_PRACTICE)}
    if len(drawn) < len(listed):
        # Essays are for people to mark; a practice draws the others.
        draw["where"] = {"type": sorted({str(one["type"]) for one in drawn})}
    practice = {
        "schema": "cchc-quiz/1",
        "id": quiz,
        "title": f"Luyện tập: {choices.title}",
        "mode": "practice",
        "mastery": 0.7,
        "shuffle": {"questions": True, "options": True},
        "draw": [draw],
        "feedback": {
            "during": "none",
            "after": ["score", "marks", "explanations"],
            "answers": "after_attempt",
        },
    }
    return {**written, f"quizzes/{quiz}.yaml": write_yaml(practice)}


def _sources(questions: list[Mapping[str, Any]], choices: ImportChoices) -> dict[str, Any]:
    """Every cited source: the default one is law when its date is known, the others are other sources."""
    has_law = bool(choices.source) and choices.source_date is not None
    refs = list(dict.fromkeys(str(one["source"]) for one in questions if "source" in one))
    others = [{"ref": ref} for ref in refs if ref != choices.source or not has_law]
    law = {"ref": choices.source, "date": str(choices.source_date)}
    if choices.source_title:
        law["title"] = choices.source_title
    return {
        **({"legal_basis": [law]} if has_law else {}),
        **({"sources": others} if others else {}),
    }


def _compile(source: Mapping[str, str], today: date | None) -> CompiledPackage:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for path, text in source.items():
            file = folder / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        return build(folder, today=today)


def _broken_ids(compiled: CompiledPackage, source: Mapping[str, str]) -> set[str]:
    """Ids of the questions in whose lines the compiler found errors."""
    lines = {path: text.split("\n") for path, text in source.items() if path.startswith("banks/")}
    broken = set()
    for finding in compiled.errors:
        above = lines.get(finding.path, [])[: finding.line]
        heading = next((line for line in reversed(above) if line.startswith("## ")), "")
        broken.add(heading.removeprefix("## ").strip())
    return broken - {""}


def source_archive(source: Mapping[str, str]) -> bytes:
    """The native source as a zip for an author to go on with; the same source gives the same bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(source):
            entry = zipfile.ZipInfo(path, _ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, source[path])
    return buffer.getvalue()
