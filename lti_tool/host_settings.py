"""The part of the settings about hosts: our two, whom others are trusted by, courses on the second."""

import ssl
from pathlib import Path
from typing import Self

from pydantic import Field, HttpUrl, field_validator, model_validator
from pydantic_settings import BaseSettings


class HostSettings(BaseSettings):
    """Fields of `lti_tool.settings.Settings`."""

    tool_url: HttpUrl = Field(
        HttpUrl("http://127.0.0.1:8100"),
        description="Public address of the tool, as browsers and LMSs see it.",
    )
    content_url: HttpUrl | None = Field(
        None,
        description="Public address of the second host name, for imported active content. Empty: only native "
        "packages are served.",
    )
    authorities_file: str = Field(
        "",
        description="PEM file of certificate authorities that are trusted beside the public ones when LMSs "
        "and record stores are asked, for example the authority of an intranet.",
    )
    package_max_megabytes: int = Field(
        512, ge=1, le=10_000, description="Largest file of an imported course (cmi5, SCORM …)."
    )
    package_max_unpacked_megabytes: int = Field(
        1024, ge=1, le=50_000, description="Largest imported course, unpacked."
    )
    package_max_file_megabytes: int = Field(
        512, ge=1, le=50_000, description="Largest single file in an imported course, unpacked."
    )
    package_max_files: int = Field(
        20_000, ge=1, le=1_000_000, description="Most files in an imported course."
    )
    package_max_ratio: int = Field(
        100, ge=2, le=10_000, description="How many times its size an imported course may unpack to."
    )
    players_dir: Path | None = Field(
        None,
        description="Folder with the players by others that `cchc content install-players` fills "
        "(scorm-again), and an H5P player where the operator adds one. Empty: `players` in the data folder.",
    )

    @field_validator("authorities_file")
    @classmethod
    def _authorities_can_be_read(cls, path: str) -> str:
        if path:
            try:
                ssl.create_default_context(cafile=path)
            except OSError as unreadable:  # SSLError is one
                raise ValueError("no PEM file of certificates can be read there") from unreadable
        return path

    @model_validator(mode="after")
    def _content_has_a_host_of_its_own(self) -> Self:
        # Another port is not enough: cookies do not know ports.
        if self.content_url is not None and self.content_url.host == self.tool_url.host:
            raise ValueError("CCHC_CONTENT_URL must have another host name than CCHC_TOOL_URL")
        return self

    @model_validator(mode="after")
    def _content_is_a_host(self) -> Self:
        if self.content_url is not None and (self.content_url.path or "/") != "/":
            raise ValueError("CCHC_CONTENT_URL is a host name of its own, without a path")
        return self

    @property
    def tool_origin(self) -> str:
        """Public address of the tool without a trailing slash."""
        return str(self.tool_url).rstrip("/")

    @property
    def content_origin(self) -> str:
        """Public address of the second host without a trailing slash; "" where there is none."""
        return str(self.content_url).rstrip("/") if self.content_url else ""
