"""Who speaks of whom, for searching: what was taken back, since when, and what refers to a statement."""

from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.models import StatementKey, StatementReference, StatementRow


def find_referrers(session: Session, statement_id: UUID, *, limit: int) -> list[StoredStatement]:
    """Statements whose object is this one, voiding ones included, oldest first; archived ones left out."""
    rows = session.execute(
        select(*STORED_COLUMNS)
        .join(StatementReference, StatementReference.seq == StatementRow.seq)
        .where(StatementReference.target_id == statement_id)
        .order_by(StatementRow.seq)
        .limit(limit)
    )
    return [stored_from_row(row) for row in rows]


def select_taken_back() -> "Select[int]":
    """Numbers of the statements that a voiding one names: there are few, so these lead."""
    return (
        select(StatementKey.seq)
        .join(StatementReference, StatementReference.target_id == StatementKey.statement_id)
        .where(StatementReference.is_voiding.is_(True), StatementKey.archive_id.is_(None))
    )
