"""Where the two servers of the demo live and what the demo keeps secret, both made once per data folder."""

import json
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from pydantic import HttpUrl, SecretStr

from lti_tool.demo.errors import DataFolderTaken
from lti_tool.settings import Settings

TOOL_PORT: Final = 8100
LMS_PORT: Final = 8200
_FILE: Final = "demo.json"


@dataclass(frozen=True)
class Installation:
    """What one data folder holds on to, so that a second start finds the same house.

    Attributes:
        tool_port, lms_port: identities contain the LMS's address, so they never change in a folder.
        secret_key: the tool's CCHC_SECRET_KEY.
        administrator_password, analyst_password: of the two operator accounts.
    """

    tool_port: int
    lms_port: int
    secret_key: str
    administrator_password: str
    analyst_password: str

    @property
    def tool_url(self) -> str:
        """The tool, on another host name than the LMS: to browsers the two are different sites."""
        return f"http://127.0.0.1:{self.tool_port}"

    @property
    def lms_url(self) -> str:
        """The practice LMS."""
        return f"http://localhost:{self.lms_port}"


def open_installation(data_dir: Path, *, tool_port: int | None, lms_port: int | None) -> Installation:
    """The installation of that folder, made at the first start.

    Raises:
        DataFolderTaken: the folder was begun with other ports than those asked for.
    """
    # Databases, keys and passwords of the demo: nobody else's business.
    data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = data_dir / _FILE
    if not path.exists():
        write_privately(path, asdict(_make_installation(tool_port or TOOL_PORT, lms_port or LMS_PORT)))
    kept = Installation(**json.loads(path.read_text("utf-8")))
    for asked, had, name in (
        (tool_port, kept.tool_port, "--tool-port"),
        (lms_port, kept.lms_port, "--lms-port"),
    ):
        if asked not in {None, had}:
            raise DataFolderTaken(
                f"The data folder was begun with {name} {had}, and the accounts in it carry that address. "
                f"Leave {name} out, or choose another folder with --data-dir."
            )
    return kept


def _make_installation(tool_port: int, lms_port: int) -> Installation:
    return Installation(
        tool_port=tool_port,
        lms_port=lms_port,
        secret_key=secrets.token_urlsafe(48),
        administrator_password=secrets.token_urlsafe(12),
        analyst_password=secrets.token_urlsafe(12),
    )


def write_privately(path: Path, content: dict[str, Any]) -> None:
    """Writes the whole file or nothing, readable by its owner only."""
    draft = path.with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.chmod(0o600)
    draft.write_text(json.dumps(content, indent=2), "utf-8")
    draft.replace(path)


def demo_settings(given: Settings, installation: Installation, data_dir: Path) -> Settings:
    """The tool's settings in the demo: embedded database and background work, loopback addresses allowed."""
    return given.model_copy(
        update={
            "environment": "development",
            "data_dir": data_dir,
            "database_url": "",
            "broker_url": "",
            "secret_key": SecretStr(installation.secret_key),
            "tool_url": HttpUrl(installation.tool_url),
            "private_networks_allowed": True,
            "trusted_proxies": 0,
            "follow_interval_seconds": 1.0,
        }
    )
