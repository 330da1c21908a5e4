"""Settings: frozen, typed, read once from the environment. A misspelt CCHC_… name is an error."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from lti_tool.errors import ToolRefused

PREFIX = "CCHC_"
#: Development secrets say in their own value that they are not secret; production refuses this prefix.
INSECURE_PREFIX = "insecure-"


class SettingsRefused(ToolRefused):
    """The environment does not describe a service that can run."""

    code = "settings_refused"


class Settings(BaseSettings):
    """Everything an installation may decide. Each field is the variable CCHC_<NAME>; its description is the
    settings reference in docs/settings.md.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="forbid")

    environment: Literal["development", "production"] = Field(
        "development", description="`production` refuses insecure secrets and addresses without https."
    )
    data_dir: Path = Field(
        Path("var"), description="Folder for the embedded database and other files of this installation."
    )
    database_url: str = Field(
        "",
        description="Database address. Empty: SQLite file `cchc.sqlite` in the data folder. "
        "PostgreSQL: `postgresql://user:password@host/name`.",
    )
    broker_url: str = Field(
        "",
        description="Celery broker (`redis://…` or `amqp://…`). Empty: background work runs in a thread of "
        "the web process.",
    )
    secret_key: SecretStr = Field(
        SecretStr("insecure-development-key"),
        description="Signs tickets and operator sessions, keys the pseudonyms and the credential hashes. "
        "At least 32 characters. Changing it ends sessions and credentials and the link "
        "to pseudonyms.",
    )
    tool_url: HttpUrl = Field(
        HttpUrl("http://127.0.0.1:8100"),
        description="Public address of the tool, as browsers and LMSs see it.",
    )
    content_url: HttpUrl | None = Field(
        None,
        description="Public address of the second host name, for imported active content. Empty: only native "
        "packages are served.",
    )
    iri_base: HttpUrl = Field(
        HttpUrl("https://cchc.example/"),
        description="Beginning of the activity identifiers in statements. Never change it later.",
    )
    trusted_proxies: int = Field(
        0, ge=0, le=5, description="How many reverse proxies stand before the service (X-Forwarded-*)."
    )
    clock_leeway_seconds: int = Field(
        10, ge=0, le=300, description="How far an LMS's clock may differ from ours when tokens are checked."
    )
    outgoing_timeout_seconds: float = Field(
        10.0, gt=0, le=120, description="Time limit of each request to an LMS (key set, token, grades)."
    )
    private_networks_allowed: bool = Field(
        False,
        description="Allow LMS addresses on private or loopback networks (intranet, demo).",
    )
    follow_interval_seconds: float = Field(
        2.0, gt=0, le=3600, description="Pause between two rounds of background work."
    )
    launch_session_hours: int = Field(
        8, ge=1, le=72, description="How long a launched page works before it asks to be opened again."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="Least level logged.")
    log_format: Literal["auto", "console", "json"] = Field(
        "auto", description="`auto`: readable on a terminal, JSON otherwise."
    )

    @model_validator(mode="after")
    def _production_is_safe(self) -> Self:
        if self.environment != "production":
            return self
        secret = self.secret_key.get_secret_value()
        if secret.startswith(INSECURE_PREFIX) or len(secret) < 32:
            raise ValueError("CCHC_SECRET_KEY must be a random text of 32 characters or more in production")
        if self.tool_url.scheme != "https":
            raise ValueError(
                "CCHC_TOOL_URL must begin with https in production: LMS cookies and tokens need it"
            )
        if (self.iri_base.host or "").endswith(".example"):
            raise ValueError("CCHC_IRI_BASE must be an address that you own in production")
        return self

    @property
    def effective_database_url(self) -> str:
        """The database address with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'cchc.sqlite').resolve()}"

    @property
    def tool_origin(self) -> str:
        """Public address of the tool without a trailing slash."""
        return str(self.tool_url).rstrip("/")


def load_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment.

    Raises:
        SettingsRefused: an unknown CCHC_… name (with the nearest right one), or a value out of its range.
    """
    variables = os.environ if environment is None else environment
    given = {name: value for name, value in variables.items() if name.startswith(PREFIX)}
    known = {PREFIX + name.upper(): name for name in Settings.model_fields}
    for name in sorted(given.keys() - known.keys()):
        raise SettingsRefused(f"Unknown setting {name}. {_nearest(name, known)}")
    try:
        return Settings(**{known[name]: value for name, value in given.items()})  # type: ignore[arg-type]
    except ValueError as refused:
        raise SettingsRefused(_explained(refused)) from refused


def _nearest(name: str, known: Mapping[str, str]) -> str:
    """The right name that looks most like a wrong one; what all names begin with does not count."""
    endings = [right.removeprefix(PREFIX) for right in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX), endings, n=1, cutoff=0.6)
    return f"Did you mean {PREFIX}{near[0]}?" if near else "See docs/settings.md for the list."


def _explained(refused: ValueError) -> str:
    """Pydantic's findings as one line each, naming the variable and never repeating its value."""
    findings = refused.errors() if isinstance(refused, ValidationError) else []
    lines = [
        f"{PREFIX}{str(finding['loc'][0]).upper()}: {finding['msg']}"
        if finding["loc"]
        else str(finding["msg"])
        for finding in findings
    ]
    return "; ".join(lines) or str(refused)
