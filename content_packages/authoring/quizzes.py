"""Quiz files: rules and blueprint -> canonical quiz."""

from dataclasses import dataclass
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText, check_yaml
from content_packages.authoring.yaml_text import YamlText


@dataclass(frozen=True)
class QuizSource:
    """A quiz file that was read; `canonical` is None when it is not usable."""

    path: str
    name: str
    canonical: dict[str, Any] | None
    yaml: YamlText | None
    findings: list[Finding]

    def line_of(self, *path: str | int) -> int:
        """Line of the value at `path`."""
        return self.yaml.line_of(path) if self.yaml else 1


def read_quiz(source: SourceText) -> QuizSource:
    """One quiz; its id must be its file name, because the outline names the file."""
    parsed, findings = check_yaml(source, source.text, first_line=1, schema="quiz", codes=("Z001", "Z002"))
    if parsed is None:
        return QuizSource(source.path, source.stem, None, None, findings)
    if parsed.value["id"] != source.stem:
        message = f"mã “{parsed.value['id']}” phải trùng tên tệp “{source.stem}”"
        findings.append(Finding(source.path, parsed.line_of(["id"]), "Z003", message))
    return QuizSource(source.path, source.stem, parsed.value, parsed, findings)
