"""Abbreviations and synonyms from YAML (pure)."""

from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml
from content_packages.knowledge.records import Vocabulary
from content_packages.knowledge.source.fields import FieldWrong, texts


def read_abbreviations(source: SourceText) -> tuple[dict[str, tuple[str, ...]], list[Finding]]:
    """Short form -> full forms."""
    value, findings = _mapping(source)
    return _lists(value, source, findings), findings


def read_synonyms(source: SourceText) -> tuple[Vocabulary, list[Finding]]:
    """Groups of phrases, and old phrases with today's."""
    value, findings = _mapping(source)
    for name in set(value) - {"groups", "newer"}:
        findings.append(Finding(source.path, 1, "R002", f"có trường lạ “{name}”; các trường: groups, newer"))
    groups = _lists(dict(enumerate(value.get("groups") or [])), source, findings)
    newer = _lists(value.get("newer") or {}, source, findings)
    return Vocabulary(synonyms=tuple(groups.values()), newer=newer), findings


def _mapping(source: SourceText) -> tuple[dict[str, Any], list[Finding]]:
    try:
        value = read_yaml(source.text).value
    except YamlUnreadable as refused:
        return {}, [Finding(source.path, refused.line, "R001", f"không đọc được YAML: {refused}")]
    if value is None or isinstance(value, dict):
        return value or {}, []
    return {}, [Finding(source.path, 1, "R001", "tệp phải có dạng từ: [nghĩa]")]


def _lists(given: Any, source: SourceText, findings: list[Finding]) -> dict[str, tuple[str, ...]]:
    read: dict[str, tuple[str, ...]] = {}
    for key, value in given.items() if isinstance(given, dict) else ():
        try:
            read[str(key)] = texts(value)
        except FieldWrong as wrong:
            findings.append(Finding(source.path, 1, "R002", f"“{key}” {wrong}"))
    return read
