"""An applied list is taken back: its nodes go, the old ones go on, posts and counts return with them."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync.bookmarks import lock_bookmark
from sync.organization.closure import rebuild_closure
from sync.organization.models import OPEN_END, Unit, UnitClosure, UnitLabel, UnitSuccession
from sync.organization.staff_import.models import StaffBatch
from sync.organization.staff_import.undoing import undo_batch
from sync.organization.unit_import.models import UnitImport, UnitImportChange
from sync.organization.unit_import.slices import in_slices
from sync.organization_errors import UnitImportNotReady, UnitImportNotUndoable
from sync.rollups.counts import apply_changes
from sync.rollups.dirty import ROLLUPS
from sync.rollups.facts import RECOUNT
from sync.rollups.models import PersonModule
from sync.rollups.state import refresh_states


def undo_unit_list(session: Session, applied: UnitImport, *, by: str, now: datetime) -> None:
    """Takes an applied list back as a whole, or not at all.

    Raises:
        UnitImportNotReady: it was not applied, or a later list builds on it.
        UnitImportNotUndoable: posts, managers or declarations that came later hang on its units.
    """
    if applied.state != "applied":
        raise UnitImportNotReady(f"List {applied.import_id} is {applied.state}, so there is nothing to undo.")
    # Counts name the units that go: the follower must not touch them meanwhile.
    lock_bookmark(session, ROLLUPS)
    made, relabelled = (_ids(session, applied, what) for what in ("made", "relabelled"))
    _undo_posts(session, applied, by=by, now=now)
    try:
        with session.begin_nested():
            _forget_names(session, applied, relabelled)
            _reopen(session, applied)
            _count_again(session, made)
            _remove(session, made)
            rebuild_closure(session)
    except IntegrityError as hanging:
        raise UnitImportNotUndoable(
            "Posts, managers, declarations or a later list hang on the units of this list. Remove them first."
        ) from hanging
    applied.state, applied.undone_at = "undone", now
    session.flush()


def _undo_posts(session: Session, applied: UnitImport, *, by: str, now: datetime) -> None:
    if applied.batch_id is None:
        return
    result = undo_batch(session, session.get_one(StaffBatch, applied.batch_id), by=by, now=now)
    if result.kept:
        raise UnitImportNotUndoable(
            f"{len(result.kept)} posts that went along with the list were changed since. Correct them first."
        )


def _ids(session: Session, applied: UnitImport, what: str) -> list[int]:
    return list(
        session.scalars(
            select(UnitImportChange.unit_id)
            .where(UnitImportChange.import_id == applied.import_id, UnitImportChange.what == what)
            .order_by(UnitImportChange.unit_id.desc())
        )
    )


def _forget_names(session: Session, applied: UnitImport, unit_ids: Sequence[int]) -> None:
    for chunk in in_slices(unit_ids):
        session.execute(
            delete(UnitLabel).where(UnitLabel.unit_id.in_(chunk), UnitLabel.valid_from == applied.on_date)
        )
        _extend(session, UnitLabel, applied, chunk, until=OPEN_END)


def _reopen(session: Session, applied: UnitImport) -> None:
    """Lets what was closed live as long as it would have."""
    rows = session.execute(
        select(UnitImportChange.lived_until, UnitImportChange.unit_id).where(
            UnitImportChange.import_id == applied.import_id, UnitImportChange.what == "closed"
        )
    )
    by_end: dict[date, list[int]] = {}
    for until, unit_id in rows:
        by_end.setdefault(until or OPEN_END, []).append(unit_id)
    for until, unit_ids in by_end.items():
        for chunk in in_slices(unit_ids):
            _extend(session, UnitLabel, applied, chunk, until=until)
            _extend(session, Unit, applied, chunk, until=until)


def _extend(
    session: Session,
    table: type[Unit] | type[UnitLabel],
    applied: UnitImport,
    ids: Sequence[int],
    *,
    until: date,
) -> None:
    session.execute(
        update(table)
        .where(table.unit_id.in_(ids), table.valid_to == applied.on_date)
        .values(valid_to=until)
        .execution_options(synchronize_session="fetch")
    )


def _count_again(session: Session, unit_ids: Sequence[int]) -> None:
    """Moves what is counted in the units that go back to where the posts are now."""
    for chunk in in_slices(unit_ids):
        counted = session.execute(
            select(PersonModule.person_id, PersonModule.module_iri).where(
                or_(PersonModule.leaf_unit_id.in_(chunk), PersonModule.access_unit_id.in_(chunk))
            )
        )
        keys = [(person_id, module_iri) for person_id, module_iri in counted]
        apply_changes(session, refresh_states(session, dict.fromkeys(keys, RECOUNT)))


def _remove(session: Session, unit_ids: Sequence[int]) -> None:
    """Successions and names, then the nodes, lowest first (the newest numbers are the lowest)."""
    # All ancestors are made anew afterwards; looking for each node among them would take a minute.
    session.execute(delete(UnitClosure))
    for chunk in in_slices(unit_ids):
        for condition in (
            delete(UnitSuccession).where(
                or_(UnitSuccession.to_unit_id.in_(chunk), UnitSuccession.from_unit_id.in_(chunk))
            ),
            delete(UnitLabel).where(UnitLabel.unit_id.in_(chunk)),
        ):
            session.execute(condition.execution_options(synchronize_session="fetch"))
    for chunk in in_slices(unit_ids):
        session.execute(
            delete(Unit).where(Unit.unit_id.in_(chunk)).execution_options(synchronize_session="fetch")
        )
