"""What an erasure does here: files that may hold the person go, whoever asked for them."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sync.exports.models import Export


class ExportFiles:
    """Fills `sync.ports.ErasureNeighbour`: an export cannot be looked into, so none survives an erasure."""

    def erase_person(
        self,
        session: Session,
        _identifiers: Collection[tuple[str, ...]],
        _texts: Sequence[str],
        *,
        now: datetime,
    ) -> Mapping[str, int]:
        """Ends every export; the job `delete_expired_exports` removes the files."""
        held = Export.has_files.is_(True)
        count = session.scalar(select(func.count()).select_from(Export).where(held)) or 0
        session.execute(
            update(Export)
            .where(held, Export.state.in_(("waiting", "running", "failed")))
            .values(state="cancelled", ended_at=now, lease=None)
            .execution_options(synchronize_session=False)
        )
        session.execute(
            update(Export)
            .where(held, Export.state == "finished")
            .values(expires_at=now)
            .execution_options(synchronize_session=False)
        )
        return {"export_files": count}
