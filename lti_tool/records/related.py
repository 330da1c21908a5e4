"""What a statement hangs together with: references both ways, and what the actor did before and after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy.orm import Session

from lti_tool.admin.sign_in import SignedIn
from lti_tool.records.reach import may_read
from lti_tool.records.sentences import read_stored
from xapi_bridge.statement import Statement
from xapi_bridge.store.follow import StoredStatement, find_stored
from xapi_bridge.store.search import StatementSearch, Validity, search_statements
from xapi_bridge.store.search_references import find_referrers

#: Referrers shown; a statement with more of them is a rarity.
_MOST_REFERRERS = 20


@dataclass(frozen=True)
class Related:
    """Other statements, those only that the reader may see.

    Attributes:
        target: what this one is about or takes back; None also when it has not arrived.
        hidden: how many more there are that the reader may not see.
    """

    target: StoredStatement | None
    voided_by: Sequence[StoredStatement]
    referrers: Sequence[StoredStatement]
    earlier: StoredStatement | None
    later: StoredStatement | None
    hidden: int

    def everything(self) -> list[StoredStatement]:
        """All of them."""
        single = [one for one in (self.target, self.earlier, self.later) if one is not None]
        return [*single, *self.voided_by, *self.referrers]


def find_related(session: Session, stored: StoredStatement, operator: SignedIn, *, on: date) -> Related:
    """Everything that the page of a statement leads to."""
    statement = read_stored(stored)
    about = find_referrers(session, stored.statement_id, limit=_MOST_REFERRERS)
    shown = [one for one in about if may_read(session, operator, one, on=on)]
    is_voiding: Mapping[int, bool] = {one.seq: read_stored(one).is_voiding for one in shown}
    target = find_stored(session, statement.target_id) if statement.target_id else None
    target_hidden = target is not None and not may_read(session, operator, target, on=on)
    earlier, later = _neighbours(session, stored, statement)
    return Related(
        target=None if target_hidden else target,
        voided_by=[one for one in shown if is_voiding[one.seq]],
        referrers=[one for one in shown if not is_voiding[one.seq]],
        earlier=earlier,
        later=later,
        hidden=len(about) - len(shown) + target_hidden,
    )


def _neighbours(
    session: Session, stored: StoredStatement, statement: Statement
) -> tuple[StoredStatement | None, StoredStatement | None]:
    """The actor's statement before and after; whoever may read this one may read all of its actor."""
    account = statement.actor.account
    if account is None or statement.actor.is_group:
        return None, None
    wanted = StatementSearch(accounts=frozenset({account}), validity=Validity.ANY)
    before = search_statements(session, wanted, limit=1, older_than=stored.seq).statements
    after = search_statements(session, wanted, limit=1, newer_than=stored.seq).statements
    return next(iter(before), None), next(iter(after), None)
