"""What an erasure does here: refused statements and what a source said of its authority."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from sync.intake.models import RejectedStatement, StatementProvenance
from xapi_bridge.store.terms import in_chunks


class RefusedStatements:
    """Fills `sync.ports.ErasureNeighbour`: a refused statement that holds the person is deleted whole."""

    def erase_person(
        self,
        session: Session,
        _identifiers: Collection[tuple[str, ...]],
        texts: Sequence[str],
        *,
        now: datetime,  # noqa: ARG002 - the port's signature
    ) -> Mapping[str, int]:
        """Deletes what was refused, and forgets authorities that name the person."""
        named = [text.encode() for text in texts]
        refused = [
            rejected_id
            for rejected_id, raw in session.execute(
                select(RejectedStatement.rejected_id, RejectedStatement.raw).execution_options(yield_per=500)
            )
            if any(text in raw for text in named)
        ]
        for chunk in in_chunks(refused):
            session.execute(delete(RejectedStatement).where(RejectedStatement.rejected_id.in_(chunk)))
        said = [
            statement_id
            for statement_id, authority in session.execute(
                select(StatementProvenance.statement_id, StatementProvenance.original_authority)
                .where(StatementProvenance.original_authority != "")
                .execution_options(yield_per=500)
            )
            if any(text in authority for text in texts)
        ]
        for some in in_chunks(said):
            session.execute(
                update(StatementProvenance)
                .where(StatementProvenance.statement_id.in_(some))
                .values(original_authority="")
            )
        return {"refused_statements": len(refused), "original_authorities": len(said)}
