"""The running demo: tool, practice LMS and background work in one process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from lti_tool.app import create_app
from lti_tool.background import start_background
from lti_tool.demo.installation import Installation
from lti_tool.demo.servers import require_free_port, serve
from lti_tool.practice_lms import GENERIC, Profile, create_practice_lms
from lti_tool.practice_lms.running import RunningLms
from lti_tool.settings import Settings

_LMS_FILE = "practice-lms.sqlite"


@dataclass(frozen=True)
class House:
    """Both applications, not yet serving."""

    tool: Flask
    lms: Flask
    settings: Settings
    installation: Installation
    data_dir: Path

    @property
    def lms_engine(self) -> Engine:
        """The practice LMS's own database, for the demo to open the course in."""
        running: RunningLms = self.lms.extensions["practice_lms"]
        return running.engine


def build_house(
    settings: Settings, installation: Installation, data_dir: Path, *, profile: Profile = GENERIC
) -> House:
    """Makes both applications on the databases of the data folder; the LMS plays the product of `profile`."""
    lms = create_practice_lms(data_dir / _LMS_FILE, public_url=installation.lms_url, profile=profile)
    return House(create_app(settings), lms, settings, installation, data_dir)


def require_free_ports(installation: Installation) -> None:
    """Refuses to begin when a server could not open later.

    Raises:
        PortTaken: another program, or another start of this demo, listens on one of the ports.
    """
    require_free_port("127.0.0.1", installation.tool_port, option="--tool-port")
    require_free_port("localhost", installation.lms_port, option="--lms-port")


@contextmanager
def serve_house(house: House) -> Iterator[None]:
    """Serves both and works in the background while the block runs.

    Raises:
        PortTaken: another program listens on one of the ports.
    """
    tool_port, lms_port = house.installation.tool_port, house.installation.lms_port
    with (
        serve(house.tool, host="127.0.0.1", port=tool_port, option="--tool-port"),
        serve(house.lms, host="localhost", port=lms_port, option="--lms-port"),
    ):
        background = start_background(house.tool, house.settings)
        try:
            yield
        finally:
            if background is not None:
                background.stop()
