"""Settings: frozen, typed, read once from the environment. A misspelt CCHC_… name is an error."""

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, HttpUrl, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from lti_tool.asking_settings import AskingFields
from lti_tool.errors import ToolRefused
from lti_tool.host_settings import HostSettings
from xapi_bridge.access_errors import CredentialNotGiven
from xapi_bridge.store.scopes import scopes_by_role

PREFIX = "CCHC_"
#: Development secrets say in their own value that they are not secret; production refuses this prefix.
INSECURE_PREFIX = "insecure-"


class SettingsRefused(ToolRefused):
    """The environment does not describe a service that can run."""

    code = "settings_refused"


class Settings(HostSettings, AskingFields):
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
    xapi_document_max_bytes: int = Field(
        1024 * 1024,
        ge=1024,
        le=16 * 1024 * 1024,
        description="Largest state or profile document that the xAPI door keeps, in bytes.",
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
        description="Allow LMSs and record stores on private or loopback networks (intranet, demo).",
    )
    attachments_url: str = Field(
        "",
        description="Where the bytes of xAPI attachments are kept. Empty: folder `attachments` in the data "
        "folder. S3-compatible storage: `s3://bucket/prefix?endpoint=https://…&region=…`.",
    )
    attachments_key_id: str = Field(
        "",
        description="Access key of the S3-compatible storage. Empty: what its client finds in its "
        "environment (AWS_ACCESS_KEY_ID, instance role …).",
    )
    attachments_secret: SecretStr = Field(SecretStr(""), description="Secret that belongs to the access key.")
    attachment_max_megabytes: int = Field(
        64, ge=1, le=10_000, description="Largest attachment that the record store takes."
    )
    attachments_request_max_megabytes: int = Field(
        256, ge=1, le=20_000, description="Largest request with statements and attachments together."
    )
    attachments_per_request: int = Field(200, ge=1, le=10_000, description="Most attachments in one request.")
    follow_interval_seconds: float = Field(
        2.0, gt=0, le=3600, description="Pause between two rounds of background work."
    )
    registration_auto_approve: bool = Field(
        False,
        description="New invitations let the LMS be used as soon as it has registered itself, unless the "
        "operator says otherwise. False: an operator approves each registration.",
    )
    key_publish_hours: float = Field(
        24.0,
        ge=0.25,
        le=24 * 30,
        description="How long the next key of ours is published before it signs, so that every LMS has "
        "read it.",
    )
    key_overlap_hours: float = Field(
        24.0,
        ge=0.25,
        le=24 * 90,
        description="How long the former key of ours stays published after the next one signs.",
    )
    forwarding_timeout_seconds: float = Field(
        30.0,
        gt=0,
        le=60,
        description="How long another record store may be silent while statements go there.",
    )
    forwarding_most_waiting: int = Field(
        10_000,
        ge=1,
        le=1_000_000,
        description="Statements that may wait for one forwarding target; the rest stays in the store until "
        "there is room.",
    )
    forwarding_horizon_days: int = Field(
        7,
        ge=1,
        le=90,
        description="How long a statement is tried before it becomes a dead letter that a person looks at.",
    )
    score_retry_seconds: float = Field(
        60.0,
        gt=0,
        le=3600,
        description="Pause after the first failure of a score on its way to an LMS; it doubles with each "
        "further one, up to six hours.",
    )
    score_read_back_percent: int = Field(
        100,
        ge=0,
        le=100,
        description="Share of the delivered scores after which the LMS is asked what it holds. 0: only the "
        "nightly comparison asks.",
    )
    score_breaker_failures: int = Field(
        5,
        ge=1,
        le=1000,
        description="So many failures of an LMS in a row, and scores wait until one that tries gets through.",
    )
    score_comparison_hour: int = Field(
        1,
        ge=0,
        le=23,
        description="Hour in Viet Nam after which gradebooks are compared with what was delivered.",
    )
    roster_hours: int = Field(
        24, ge=1, le=720, description="Pause between two readings of a course's list of members."
    )
    launch_session_hours: int = Field(
        8, ge=1, le=72, description="How long a launched page works before it asks to be opened again."
    )
    requests_per_minute: int = Field(
        60_000,
        ge=0,
        description="Most requests of one key of the record store in a minute, unless the key has a limit of "
        "its own. 0: no limit.",
    )
    failed_keys_per_minute: int = Field(
        100,
        ge=0,
        description="Most wrong keys or tokens from one network address in a minute; right ones still open. "
        "0: no limit.",
    )
    oidc_issuer: str = Field(
        "",
        description="Issuer (`iss`) whose bearer tokens open the record store. Empty: only keys open it.",
    )
    oidc_audience: str = Field(
        "", description="What the tokens' `aud` must hold: this record store's name there."
    )
    oidc_key_set_url: str = Field(
        "",
        description="Address of the issuer's key set (`jwks_uri` of `/.well-known/openid-configuration`).",
    )
    oidc_scope_claim: str = Field(
        "scope",
        description="Claim with the scopes or roles, a text or a list; a path is written with full stops, "
        "for example `realm_access.roles`.",
    )
    oidc_scopes: str = Field(
        "",
        description="What the issuer's roles may do, for example "
        "`analyst=statements/read/pseudonyms; lms=statements/write define`. Empty: the issuer uses the names "
        "of our scopes.",
    )
    analyst_responses: Literal["short", "none", "all"] = Field(
        "short",
        description="Which answers (`result.response`) keys with pseudonyms see. `short`: of questions with "
        "chosen or short answers; `none`; `all`.",
    )
    analyst_longest_response: int = Field(
        200, ge=1, le=100_000, description="Longer answers are withheld from analysts' keys, in characters."
    )
    analyst_extensions: str = Field(
        "",
        description="Beginnings of the IRIs of extensions that keys with pseudonyms see, separated by "
        "blanks. Empty: none.",
    )
    audit_retention_days: int = Field(
        730,
        ge=30,
        le=36_500,
        description="How long the audit log keeps who read what; `cchc audit prune` removes older entries.",
    )
    export_keep_days: int = Field(
        7, ge=1, le=90, description="How many days a finished export of statements can be downloaded."
    )
    export_most_rows: int = Field(
        5_000_000, ge=1, le=1_000_000_000, description="Most statements in one exported file."
    )
    export_most_open: int = Field(
        3, ge=1, le=100, description="Unfinished exports that one operator or key may have at once."
    )
    person_export_days: int = Field(
        14, ge=1, le=90, description="How many days an export of one person's records can be fetched."
    )
    launch_records_days: int = Field(
        30, ge=1, le=400, description="How long attempts to log in and to launch are kept; they name nobody."
    )
    second_factor: Literal["auto", "nobody", "administrators", "everybody"] = Field(
        "auto",
        description="Who must use an authenticator app beside the password. `auto`: administrators in "
        "production, nobody in development.",
    )
    operator_idle_minutes: int = Field(
        60, ge=5, le=600, description="An operator's session without a request for so long ends."
    )
    sso_issuer: str = Field(
        "",
        description="Issuer of the organisation's OpenID Connect sign-in for operators. Empty: only "
        "passwords.",
    )
    sso_client_id: str = Field("", description="Our client id there.")
    sso_client_secret: SecretStr = Field(
        SecretStr(""), description="Our client secret there; empty: a public client, with PKCE only."
    )
    sso_scopes: str = Field("openid profile", description="Scopes that the sign-in asks for.")
    sso_label: str = Field("", description="What the sign-in button calls the organisation's sign-in.")
    sso_name_claim: str = Field(
        "preferred_username",
        description="Claim by which an account that was made beforehand is found at its first sign-in.",
    )
    sso_role_claim: str = Field(
        "groups",
        description="Claim with the groups or roles, a text or a list; a path is written with full stops, "
        "for example `realm_access.roles`.",
    )
    sso_roles: str = Field(
        "",
        description="Groups whose members get an account at their first sign-in, for example "
        "`cchc-admins=administrator; cchc-analysts=analyst`. Empty: only accounts made beforehand. A unit "
        "manager needs a unit and is made beforehand.",
    )
    email_digests: bool = Field(
        False,
        description="Keep keyed digests of the learners' e-mail addresses, to suggest accounts that "
        "belong to one person. Only where the organisation has a legal basis for it.",
    )
    unit_choice: Literal["off", "skippable", "required"] = Field(
        "skippable",
        description="Whether learners who are not in the staff list say which unit they belong to. "
        "`skippable`: they may do it later; `required`: the lesson waits for it.",
    )
    unit_choice_again_days: int = Field(
        7, ge=1, le=365, description="Who skipped the choice of a unit is asked again after so many days."
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
        if self.content_url is not None and self.content_url.scheme != "https":
            raise ValueError("CCHC_CONTENT_URL must begin with https in production")
        if (self.iri_base.host or "").endswith(".example"):
            raise ValueError("CCHC_IRI_BASE must be an address that you own in production")
        return self

    @model_validator(mode="after")
    def _tokens_are_described(self) -> Self:
        if self.oidc_issuer and not (self.oidc_audience and self.oidc_key_set_url):
            raise ValueError("CCHC_OIDC_ISSUER needs CCHC_OIDC_AUDIENCE and CCHC_OIDC_KEY_SET_URL as well")
        try:
            scopes_by_role(self.oidc_scopes)
        except CredentialNotGiven as refused:
            raise ValueError(f"CCHC_OIDC_SCOPES: {refused}") from refused
        return self

    @model_validator(mode="after")
    def _single_sign_on_is_described(self) -> Self:
        if self.sso_issuer and not self.sso_client_id:
            raise ValueError("CCHC_SSO_ISSUER needs CCHC_SSO_CLIENT_ID as well")
        if self.sso_issuer and "openid" not in self.sso_scopes.split():
            raise ValueError("CCHC_SSO_SCOPES must hold openid")
        roles_by_group(self.sso_roles)
        return self

    def wants_second_factor(self, *, is_administrator: bool) -> bool:
        """Whether an account must have an authenticator app."""
        wanted = self.second_factor
        if wanted == "auto":
            wanted = "administrators" if self.environment == "production" else "nobody"
        return wanted == "everybody" or (wanted == "administrators" and is_administrator)

    @property
    def effective_database_url(self) -> str:
        """The database address with the embedded default filled in."""
        return self.database_url or f"sqlite:///{(self.data_dir / 'cchc.sqlite').resolve()}"


def roles_by_group(text: str) -> dict[str, str]:
    """`group=role; group=role` as a mapping, in the order written.

    Raises:
        ValueError: something else is written, or a role that single sign-on cannot give.
    """
    given = {"administrator", "operator", "content_manager", "expert", "analyst"}
    found: dict[str, str] = {}
    for part in filter(None, (one.strip() for one in text.split(";"))):
        group, sign, role = (word.strip() for word in part.rpartition("="))
        if not sign or not group or role not in given:
            raise ValueError(f"CCHC_SSO_ROLES: write group=role; the roles are {', '.join(sorted(given))}")
        found[group] = role
    return found


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
