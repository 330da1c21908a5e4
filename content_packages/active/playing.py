"""Players by others, in a folder of the installation: scorm-again, and H5P where an operator adds it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from content_packages.active.errors import PlayerMissing
from content_packages.formats.course_structure import Kind

#: Kind of package -> the file, below the folder of players, without which it cannot be played.
NEEDED: Final[Mapping[str, str]] = {
    "scorm12": "scorm-again/scorm12.min.js",
    "scorm2004": "scorm-again/scorm2004.min.js",
    "h5p": "h5p/main.bundle.js",
}


def scripts_of(kind: Kind | str) -> list[str]:
    """Addresses on the second host of what plays this kind, the adapter of ours last."""
    adapter = "/trinh-phat/cchc/play.js"
    return [f"/trinh-phat/{NEEDED[kind]}", adapter] if kind in NEEDED else [adapter]


def has_player(kind: Kind | str, folder: Path) -> bool:
    """Whether courses of this kind can be played here."""
    return kind not in NEEDED or (folder / NEEDED[kind]).is_file()


def require_player(kind: Kind, folder: Path) -> None:
    """Refuses a kind that cannot be played here.

    Raises:
        PlayerMissing: its player is not in the folder.
    """
    if not has_player(kind, folder):
        how = "adds an H5P player" if kind == "h5p" else "runs `cchc content install-players`"
        raise PlayerMissing(
            f"The player for {kind} is not installed here. The operator {how} (docs/packages.md)."
        )
