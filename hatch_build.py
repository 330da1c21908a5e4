"""Build step: compile translation catalogues (.po) to the binary form (.mo) that gettext reads."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileTranslations(BuildHookInterface[Any]):
    """Runs for wheels and for editable installs."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002 - hatchling's signature
        for source in Path(self.root, "lti_tool", "translations").glob("*/LC_MESSAGES/*.po"):
            with source.open("rb") as po_file:
                catalogue = read_po(po_file)
            with source.with_suffix(".mo").open("wb") as mo_file:
                write_mo(mo_file, catalogue)
