"""What imported courses need to know of the installation."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from content_packages.active.errors import ContentHostMissing
from content_packages.archive import ArchiveLimits


@dataclass(frozen=True)
class ActiveSettings:
    """Filled by `lti_tool.app.create_app`.

    Attributes:
        secret: seals the capabilities in addresses.
        iri_base: beginning of the activity identifiers.
        tool_origin: scheme, host and port of the tool, as browsers see it.
        content_origin: likewise of the second host; "" where there is none.
        limits: of archives that are brought in.
        upload_bytes: the largest file that is taken.
        session_length: how long a launched unit works.
        players: folder of the players by others (scorm-again, H5P), each in a folder of its own.
    """

    secret: str
    iri_base: str
    tool_origin: str
    content_origin: str = ""
    limits: ArchiveLimits = field(default_factory=ArchiveLimits)
    upload_bytes: int = 512 * 1024 * 1024
    session_length: timedelta = timedelta(hours=8)
    players: Path = Path("players")

    @property
    def content_host(self) -> str:
        """Host and port of the second host as the Host header gives them; "" where there is none."""
        return urlsplit(self.content_origin).netloc.lower()

    def require_content_origin(self) -> str:
        """The second host's origin.

        Raises:
            ContentHostMissing: there is none.
        """
        if not self.content_origin:
            raise ContentHostMissing(
                "This installation has no second host name for content that runs scripts. The operator sets "
                "CCHC_CONTENT_URL to one (docs/packages.md); until then only native packages are served."
            )
        return self.content_origin
