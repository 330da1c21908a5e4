"""An archived month comes back: the same statements at the same places, found as before."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from xapi_bridge.database import driver_uuid, insert_many
from xapi_bridge.errors import ArchiveRefused
from xapi_bridge.statement import Statement, parse_statement
from xapi_bridge.store.archive import CHUNK, Archive, find_archives, require_file
from xapi_bridge.store.erased import keep_erased_out
from xapi_bridge.store.models import ArchiveRow, Posting, StatementKey, StatementRow, TermKind
from xapi_bridge.store.parquet import ParquetStatement, read_parquet
from xapi_bridge.store.partitions import ensure_month
from xapi_bridge.store.postings import Postings, TermKey, agent_term, postings_of
from xapi_bridge.store.references import connect_references, find_references, mark_voided
from xapi_bridge.store.sequence import hold_sequence
from xapi_bridge.store.terms import count_terms, in_chunks, number_and_count_terms


def find_archive_of(session: Session, path: Path) -> Archive:
    """The record of a file, compared with it.

    Raises:
        ArchiveRefused: no month that is away is in this file, or it was changed.
    """
    found = [one for one in find_archives(session) if one.file_name == path.name]
    if not found:
        raise ArchiveRefused(f"No archived month that is out of the store is in a file {path.name}.")
    require_file(path.parent, found[0])
    return found[0]


def restore_chunk(session: Session, archive: Archive, rows: Sequence[ParquetStatement]) -> int:
    """Puts statements back, those that the store has not; returns how many.

    One transaction per chunk: what is back is back, and calling again goes on from there.
    """
    hold_sequence(session)
    ensure_month(session, archive.month)
    here = set(
        session.scalars(
            select(StatementRow.seq).where(StatementRow.seq.between(rows[0].stored.seq, rows[-1].stored.seq))
        )
    )
    missing = [row for row in rows if row.stored.seq not in here]
    if not missing:
        return 0
    _insert(session, missing)
    ids = [row.stored.statement_id for row in missing]
    for some in in_chunks(ids):
        session.execute(
            update(StatementKey)
            .where(StatementKey.statement_id.in_(some))
            .values(archive_id=None, digest=None)
            .execution_options(synchronize_session=False)
        )
    _reconnect(session, missing)
    return len(missing)


def note_restored(session: Session, archive: Archive, *, now: datetime) -> None:
    """Keeps in the record that the month is back."""
    session.execute(
        update(ArchiveRow).where(ArchiveRow.archive_id == archive.archive_id).values(restored_at=now)
    )


def chunks_of(path: Path) -> Iterator[list[ParquetStatement]]:
    """The statements of a file in pieces of CHUNK."""
    waiting: list[ParquetStatement] = []
    for one in read_parquet(path):
        waiting.append(one)
        if len(waiting) == CHUNK:
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def _insert(session: Session, rows: Sequence[ParquetStatement]) -> None:
    # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
    filed = [parse_statement(row.stored.payload, version="2.0.0") for row in rows]
    # Whoever was erased while the month was away is erased in it now.
    parsed = keep_erased_out(session, filed)
    postings = [_postings(statement) for statement in parsed]
    numbers = number_and_count_terms(session, count_terms(postings))
    written = driver_uuid(session)
    statements, places = [], []
    for row, statement, found in zip(rows, parsed, postings, strict=True):
        registration, target_id = statement.registration, statement.target_id
        statements.append(
            (
                row.stored.seq,
                written(row.stored.statement_id),
                numbers[TermKey(TermKind.VERB, statement.verb.id)],
                None if registration is None else written(registration),
                None if target_id is None else written(target_id),
                row.stored.voided,
                row.version,
                numbers[_authority(statement)],
                statement.raw,
                row.received if statement.raw is row.stored.payload else None,
            )
        )
        places += [(numbers[key], row.stored.seq, mask) for key, mask in found.items()]
    insert_many(session, StatementRow.__table__, statements)
    insert_many(session, Posting.__table__, sorted(places))


def _postings(statement: Statement) -> Postings:
    if statement.authority is None:
        raise ArchiveRefused("A statement in the file has no authority; the file is not one of ours.")
    return postings_of(statement, authority=statement.authority)


def _authority(statement: Statement) -> TermKey:
    identifier = statement.authority.identifier if statement.authority else None
    if identifier is None:
        raise ArchiveRefused("A statement in the file has no account as authority; the file is not ours.")
    return agent_term(identifier)


def _reconnect(session: Session, rows: Sequence[ParquetStatement]) -> None:
    """What was recorded about these statements while they were away takes effect now."""
    by_id = {row.stored.statement_id: row for row in rows}
    coming_in = find_references(session, list(by_id))
    authorities = dict(
        session.execute(
            select(StatementRow.seq, StatementRow.authority_term_id).where(
                StatementRow.seq.in_([by_id[one.target_id].stored.seq for one in coming_in])
            )
        ).all()
    )
    voiders = {one.seq for one in find_references(session, _targets(rows)) if one.is_voiding}
    voided = [
        row.stored.seq
        for one in coming_in
        if (row := by_id[one.target_id]).stored.seq not in voiders
        and one.voids(authority=authorities[row.stored.seq])
    ]
    mark_voided(session, voided)
    going_out = find_references(session, _targets(rows))
    connect_references(session, [*coming_in, *(one for one in going_out if one.statement_id in by_id)])


def _targets(rows: Sequence[ParquetStatement]) -> list[UUID]:
    parsed = (parse_statement(row.stored.payload, version="2.0.0") for row in rows)
    return sorted({one.target_id for one in parsed if one.target_id is not None})
