"""Players by others, pinned: which package and version, and the hash of every file taken from it."""

import base64
import hashlib
import io
import tarfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from content_packages.active.errors import PlayerMissing

_PINS: Final = Path(__file__).parent / "players.json"
_LARGEST_FILE: Final = 8 * 1024 * 1024


@dataclass(frozen=True)
class PinnedPlayer:
    """One player.

    Attributes:
        integrity: of the package as its registry publishes it (Subresource Integrity, SHA-512).
        files: path in the package -> SHA-256.
    """

    version: str
    licence: str
    integrity: str
    files: Mapping[str, str]


def pinned_players() -> dict[str, PinnedPlayer]:
    """Name of the package -> what is taken from it."""
    return msgspec.json.decode(_PINS.read_bytes(), type=dict[str, PinnedPlayer])


def install_player(name: str, package: bytes, folder: Path) -> list[Path]:
    """Writes the files of a package into the folder of its player, when all is as pinned.

    Args:
        package: the gzipped tar as the registry gives it.
        folder: of all players.

    Raises:
        PlayerMissing: the package or one of its files is another one.
    """
    pin = pinned_players()[name]
    if integrity_of(package) != pin.integrity:
        raise PlayerMissing(f"The package is not {name} {pin.version} as it was pinned. Nothing was written.")
    written = []
    with tarfile.open(fileobj=io.BytesIO(package), mode="r:gz") as archive:
        for path, sha256 in pin.files.items():
            content = _read(archive, path)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise PlayerMissing(f"{path} in {name} is not the pinned file.")
            target = folder / name / Path(path).name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
            written.append(target)
    return written


def integrity_of(package: bytes) -> str:
    """As lock files of packages write it."""
    return "sha512-" + base64.b64encode(hashlib.sha512(package).digest()).decode()


def _read(archive: tarfile.TarFile, path: str) -> bytes:
    """One file by its name; nothing is unpacked by paths that the archive chooses."""
    try:
        file = archive.extractfile(f"package/{path}")
    except KeyError as missing:
        raise PlayerMissing(f"The package has no {path}.") from missing
    return b"" if file is None else file.read(_LARGEST_FILE)
