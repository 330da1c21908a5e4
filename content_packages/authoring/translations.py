"""Overlay of another language: `i18n/<language>/` with the same paths, only what is translated.

A translation gives other words for what is there; keys and rules stay those of the original, and what is not
translated is shown as it is. Canonical form: member `translations`, language -> member -> id -> the fields
that replace those of the original.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.modules import read_module
from content_packages.authoring.source_text import SourceText
from content_packages.authoring.sources import PackageSources, source_texts
from content_packages.authoring.translated_blocks import translated_bank, translated_qa
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml

Words = dict[str, Any]
#: Member of the canonical package -> id -> original.
Originals = Mapping[str, Mapping[str, Mapping[str, Any]]]
#: (Member, id, fields that replace those of the original), or what is wrong.
Translated = tuple[str, str, Words] | Finding

_MEMBERS = ("modules", "questions", "situations", "quizzes", "qa", "surveys")


@dataclass(frozen=True)
class Translations:
    """What was read: language -> member -> id -> words."""

    by_language: dict[str, dict[str, dict[str, Words]]] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_translations(sources: PackageSources, canonical: Mapping[str, Any]) -> Translations:
    """All translations beside a package with that canonical form, and what is wrong with them."""
    read = Translations()
    originals = {member: {one["id"]: one for one in canonical.get(member, ())} for member in _MEMBERS}
    for language in sorted(path.name for path in sources.folder.glob("i18n/*")):
        for pattern, reader in _READERS.items():
            for source in source_texts(sources.folder, f"i18n/{language}/{pattern}", "T002", read.findings):
                for one in _read_file(source, sources.folder, originals, reader):
                    if isinstance(one, Finding):
                        read.findings.append(one)
                    else:
                        member, name, words = one
                        members = read.by_language.setdefault(language, {})
                        members.setdefault(member, {})[name] = words
    return read


Reader = Callable[[SourceText, Path, Originals], Iterator[Translated]]


def _read_file(
    source: SourceText, folder: Path, originals: Originals, reader: Reader
) -> Iterator[Translated]:
    original = Path(*Path(source.path).parts[2:])
    if not (folder / original).is_file():
        yield Finding(source.path, 1, "T001", f"không có tệp gốc {original.as_posix()}")
    else:
        yield from reader(source, folder / original, originals)


def _package(source: SourceText, _original: Path, _originals: Originals) -> Iterator[Translated]:
    read = _yaml_words(source, {"title"})
    yield read if isinstance(read, Finding) else ("package", "", read)


def _quiz(source: SourceText, _original: Path, _originals: Originals) -> Iterator[Translated]:
    read = _yaml_words(source, {"title"})
    yield read if isinstance(read, Finding) else ("quizzes", source.stem, read)


def _survey(source: SourceText, _original: Path, originals: Originals) -> Iterator[Translated]:
    read = _yaml_words(source, {"title", "items"})
    if isinstance(read, Finding):
        yield read
        return
    items = originals["surveys"][source.stem]["items"]
    texts = {one.get("id"): one.get("text") for one in read.get("items", ()) if isinstance(one, dict)}
    if set(texts) - {item["id"] for item in items} or not all(
        isinstance(text, str) for text in texts.values()
    ):
        yield Finding(source.path, 1, "T003", "mỗi câu dịch gồm id (có trong bản gốc) và text")
        return
    translated = [{**item, "text": texts.get(item["id"], item["text"])} for item in items]
    yield "surveys", source.stem, {**read, "items": translated}


def _yaml_words(source: SourceText, allowed: set[str]) -> Words | Finding:
    try:
        value = read_yaml(source.text).value
    except YamlUnreadable as refused:
        return Finding(source.path, refused.line, "T002", f"không đọc được YAML: {refused}")
    if not isinstance(value, dict) or set(value) - allowed - {"id", "schema"} or not value.get("title"):
        return Finding(source.path, 1, "T002", f"bản dịch gồm title và chỉ gồm: {', '.join(sorted(allowed))}")
    return {name: words for name, words in value.items() if name in allowed}


def _module(source: SourceText, original_file: Path, originals: Originals) -> Iterator[Translated]:
    # Pictures are those of the original, so addresses lead into its folder.
    module = read_module(source, folder=original_file.parent)
    yield from module.findings
    if module.canonical is None or module.findings:
        return
    name = module.canonical["id"]
    original = originals["modules"].get(name)
    if original is None or original["folder"] != original_file.parent.name:
        yield Finding(source.path, 1, "T003", f"mã “{name}” không phải mã của bản gốc")
    elif _checks(original) != _checks(module.canonical):
        message = "bản dịch phải có cùng số mục và cùng các câu kiểm tra xen kẽ như bản gốc"
        yield Finding(source.path, 1, "T004", message)
    else:
        fields = ("title", "objectives", "sections")
        yield "modules", name, {one: module.canonical[one] for one in fields if one in module.canonical}


def _checks(module: Mapping[str, Any]) -> list[list[str]]:
    """Of each section, the questions that are asked in it."""
    return [
        [piece.partition('"')[0] for piece in section["html"].split('data-q="')[1:]]
        for section in module["sections"]
    ]


def _bank(source: SourceText, _original: Path, originals: Originals) -> Iterator[Translated]:
    yield from translated_bank(source, originals["questions"], originals["situations"])


def _qa(source: SourceText, _original: Path, originals: Originals) -> Iterator[Translated]:
    yield from translated_qa(source, originals["qa"])


_READERS: Mapping[str, Reader] = {
    "package.yaml": _package,
    "modules/*/module.md": _module,
    "banks/*.md": _bank,
    "quizzes/*.yaml": _quiz,
    "qa/*.md": _qa,
    "surveys/*.yaml": _survey,
}
