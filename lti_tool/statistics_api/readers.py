"""Who asks for figures: a program with a key of the record store, or an operator who signed in."""

from dataclasses import dataclass
from typing import Final

from flask import request
from sqlalchemy.orm import Session

from lti_tool.admin.errors import AccessRefused
from lti_tool.admin.guard import current_operator
from lti_tool.admin.permissions import may_open
from lti_tool.admin.sign_in import SignedIn
from lti_tool.reports.access import require_unit
from xapi_bridge.access_errors import CredentialMissing, ScopeMissing
from xapi_bridge.http.access import recognise
from xapi_bridge.store.audit import Reader
from xapi_bridge.store.scopes import StatementView, statement_view

#: Whoever may open these pages may ask for the same figures here.
_PAGES: Final = "reports.overview"
#: Views of statements whose readers see the whole country anyway; a key that sees only its own does not.
_ENOUGH: Final = frozenset({StatementView.EVERYTHING, StatementView.PSEUDONYMS})


@dataclass(frozen=True)
class StatisticsReader:
    """Attributes: operator is None for a key, which sees every unit."""

    reader: Reader
    operator: SignedIn | None = None

    @property
    def root_id(self) -> int | None:
        """The unit that the reader sees with everything below it; `None`: all units."""
        return None if self.operator is None else self.operator.unit_id

    def require_unit(self, session: Session, unit_id: int) -> None:
        """Refuses what lies outside the reader's subtree.

        Raises:
            AccessRefused: the unit lies elsewhere, or does not exist: which of them is not told.
        """
        if self.operator is not None:
            require_unit(session, self.operator, unit_id)


def recognise_reader() -> StatisticsReader:
    """The reader of the present request; a key counts against its rate limit.

    Raises:
        CredentialMissing, CredentialUnknown, CredentialExpired, CredentialRevoked, TooManyRequests.
        ScopeMissing: the key may not read all statements.
        AccessRefused: the operator's role includes no statistics.
    """
    authorization = request.headers.get("Authorization")
    if authorization is None:
        return _reader_from_session()
    caller = recognise(authorization)
    if statement_view(caller.scopes) not in _ENOUGH:
        raise ScopeMissing(
            "Figures need one of the scopes all/read, statements/read, statements/read/pseudonyms."
        )
    return StatisticsReader(caller.reader)


def _reader_from_session() -> StatisticsReader:
    operator = current_operator()
    if operator is None:
        raise CredentialMissing("Send key and secret as HTTP Basic authorization, or sign in first.")
    if not may_open(operator.role, _PAGES):
        raise AccessRefused("Your role does not include statistics.")
    return StatisticsReader(Reader("operator", operator.username), operator)
