"""Files that are a list of `## <id>` blocks, each with an attribute line: banks and Q&A."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from content_packages.authoring.findings import Finding
from content_packages.authoring.source_text import SourceText
from content_packages.authoring.yaml_text import YamlUnreadable, read_yaml

_ID = re.compile(r"^##\s+(\S+)\s*$")


@dataclass(frozen=True)
class Block:
    """One block; `line` is that of its heading, `lines` are what follows it."""

    line: int
    heading: str
    lines: list[str]

    @property
    def id(self) -> str:
        """The token after `##`; the schema finds it when it is not one."""
        found = _ID.match(self.heading)
        return found[1] if found else self.heading[3:].strip()


def read_blocks(
    body: str, first_line: int, source: SourceText, findings: list[Finding], *, code: str
) -> Iterator[Block]:
    """The blocks in order; text before the first becomes a finding with `code`."""
    current: Block | None = None
    for number, line in enumerate(body.split("\n"), start=first_line):
        if line.startswith("## "):
            if current is not None:
                yield current
            current = Block(number, line, [])
        elif current is not None:
            current.lines.append(line)
        elif line.strip():
            message = "dòng này đứng ngoài mọi mục; mỗi mục bắt đầu bằng “## mã”"
            findings.append(Finding(source.path, number, code, message))
    if current is not None:
        yield current


def take_attributes(
    source: SourceText, block: Block, *, code: str
) -> tuple[dict[str, Any], list[str], list[Finding]]:
    """The attributes of the line after the heading, the lines after them, and what was found."""
    if not block.lines or not block.lines[0].startswith("{"):
        return {}, block.lines, []
    number = block.line + 1
    try:
        value = read_yaml(block.lines[0], first_line=number).value
        message = "" if isinstance(value, dict) else "dòng thuộc tính phải có dạng {khóa: giá trị}"
    except YamlUnreadable as refused:
        value, message = {}, f"dòng thuộc tính không phải YAML: {refused}"
    findings = [Finding(source.path, number, code, message)] if message else []
    return ({} if findings else value), block.lines[1:], findings
