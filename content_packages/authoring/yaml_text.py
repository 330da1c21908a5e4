"""YAML 1.2 read safely: plain values, dates as ISO text, and the line of every value."""

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode

YamlPath = Sequence[str | int]


class YamlUnreadable(Exception):  # noqa: N818 - caught inside this room and turned into a finding
    """The text is not YAML; `line` is where it stops being so."""

    def __init__(self, message: str, *, line: int) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True)
class YamlText:
    """A parsed text.

    Attributes:
        value: mappings, lists, texts, numbers, booleans; dates are ISO texts.
    """

    value: Any
    _root: Node | None
    _first_line: int

    def line_of(self, path: YamlPath) -> int:
        """Line of the value at `path`, or of the nearest value above it that exists."""
        node, line = self._root, self._first_line
        for step in (*path, None):
            if node is None:
                break
            line = node.start_mark.line + self._first_line
            node = _child(node, step) if step is not None else None
        return line


def read_yaml(text: str, *, first_line: int = 1) -> YamlText:
    """Parses YAML 1.2 (`no` is a word, not false).

    Raises:
        YamlUnreadable: not YAML, or a key is written twice.
    """
    try:
        root = YAML(typ="safe", pure=True).compose(io.StringIO(text))
        value = YAML(typ="safe", pure=True).load(text)
    except MarkedYAMLError as refused:
        mark = refused.problem_mark or refused.context_mark
        raise YamlUnreadable(
            str(refused.problem or refused), line=(mark.line if mark else 0) + first_line
        ) from refused
    except (YAMLError, ValueError) as refused:
        raise YamlUnreadable(str(refused).split("\n")[0], line=first_line) from refused
    return YamlText(_plain(value), root, first_line)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    if isinstance(value, date | datetime):
        return value.isoformat()
    return value


def _child(node: Node, step: str | int) -> Node | None:
    if isinstance(node, MappingNode):
        return next((value for key, value in node.value if str(key.value) == str(step)), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        inner: Node = node.value[step]
        return inner
    return None
