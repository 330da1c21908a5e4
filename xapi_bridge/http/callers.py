"""Who asks at the xAPI door, however that was shown: a key or a token, with what it may do."""

from dataclasses import dataclass

from xapi_bridge.http.settings import AccessSettings, LrsSettings
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import Reader
from xapi_bridge.store.pseudonyms import Pseudonyms
from xapi_bridge.store.scopes import Right, StatementView, is_right_granted, statement_view


@dataclass(frozen=True)
class Caller:
    """Who asks.

    Attributes:
        reader: how the audit log names the caller.
        scopes: names from SCOPES.
        authority: the account that vouches for what the caller records.
        source: the system that records, empty for none.
        pseudonym_group: whose pseudonyms the caller sees.
        requests_per_minute: None for the installation's own limit.
    """

    reader: Reader
    scopes: frozenset[str]
    authority: Account
    source: str = ""
    pseudonym_group: str = "analysts"
    requests_per_minute: int | None = None

    def has(self, right: Right) -> bool:
        """Whether one of the scopes gives the right."""
        return is_right_granted(self.scopes, right)

    @property
    def may_define(self) -> bool:
        """Whether definitions of activities in recorded statements count (xAPI Communication 4.2, define)."""
        return self.has(Right.DEFINE)

    @property
    def may_void_others(self) -> bool:
        """Whether the caller may void what another authority vouches for."""
        return self.has(Right.VOID_OTHERS)

    @property
    def sees_pseudonyms_only(self) -> bool:
        """Whether agents must be veiled."""
        return statement_view(self.scopes) is StatementView.PSEUDONYMS

    def limit(self, settings: AccessSettings) -> int:
        """Most requests in a minute; 0 for no limit."""
        return self.requests_per_minute or settings.requests_per_minute

    def pseudonyms(self, settings: LrsSettings) -> Pseudonyms:
        """The pseudonyms of the caller's group."""
        return Pseudonyms(secret=settings.secret, group=self.pseudonym_group, iri_base=settings.iri_base)
