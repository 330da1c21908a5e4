"""Files whose id is their file name, because the outline names the file: quizzes and surveys."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText, check_yaml
from content_packages.authoring.yaml_text import YamlText


@dataclass(frozen=True)
class NamedYaml:
    """A YAML file that was read; `canonical` is None when it is not usable."""

    path: str
    name: str
    canonical: dict[str, Any] | None
    yaml: YamlText | None
    findings: list[Finding]

    def line_of(self, *path: str | int) -> int:
        """Line of the value at `path`."""
        return self.yaml.line_of(path) if self.yaml else 1


def read_quiz(source: SourceText) -> NamedYaml:
    """Rules and blueprint of a quiz."""
    parsed, findings = check_yaml(source, source.text, first_line=1, schema="quiz", codes=("Z001", "Z002"))
    return _named(source, parsed, findings, code="Z003")


def read_survey(source: SourceText) -> NamedYaml:
    """Items of a survey; their ids are unique."""
    parsed, findings = check_yaml(source, source.text, first_line=1, schema="survey", codes=("V001", "V002"))
    survey = _named(source, parsed, findings, code="V003")
    survey.findings.extend(_repeated_items(survey))
    return survey


def _named(source: SourceText, parsed: YamlText | None, findings: list[Finding], *, code: str) -> NamedYaml:
    if parsed is None:
        return NamedYaml(source.path, source.stem, None, None, findings)
    if parsed.value["id"] != source.stem:
        message = f"mã “{parsed.value['id']}” phải trùng tên tệp “{source.stem}”"
        findings.append(Finding(source.path, parsed.line_of(["id"]), code, message))
    canonical = {name: value for name, value in parsed.value.items() if name != "schema"}
    return NamedYaml(source.path, source.stem, canonical, parsed, findings)


def _repeated_items(survey: NamedYaml) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, item in enumerate((survey.canonical or {}).get("items", ())):
        if item["id"] in seen:
            message = f"mã câu “{item['id']}” đã dùng ở trên"
            yield Finding(survey.path, survey.line_of("items", index), "V004", message)
        seen.add(item["id"])
