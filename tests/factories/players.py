"""Players by others, taken from their packages once per machine."""

import subprocess
from pathlib import Path

from content_packages.active.errors import PlayerMissing
from content_packages.active.player_files import install_player, pinned_players
from lti_tool.cli.players import fetch_package
from tests.machine import missing_tool

#: In the folder that `make players` fills as well.
FOLDER = Path(__file__).parent.parent.parent / "var" / "players"


def installed_players() -> Path:
    """The folder with scorm-again; the test is skipped where it cannot be had."""
    for name, pin in pinned_players().items():
        if all((FOLDER / name / Path(path).name).is_file() for path in pin.files):
            continue
        try:
            install_player(name, fetch_package(name, pin), FOLDER)
        except (PlayerMissing, subprocess.TimeoutExpired) as missing:
            missing_tool(f"{name} cannot be fetched: {missing}")
    return FOLDER
