"""Plain values -> YAML text that `yaml_text` reads back the same. Pure."""

import io
from typing import Any

from ruamel.yaml import YAML

_WIDTH = 110


def write_yaml(value: dict[str, Any]) -> str:
    """Block style, keys in the given order, Vietnamese letters as they are."""
    writer = YAML()
    writer.default_flow_style = False
    writer.allow_unicode = True
    writer.width = _WIDTH
    buffer = io.StringIO()
    writer.dump(value, buffer)
    return buffer.getvalue()
