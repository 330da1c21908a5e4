"""Old months leave the store as Parquet files and can come back; their ids stay known.

The steps run in transactions of their own and can be repeated from any point: write the file, compare it with
the store, note it, mark the ids, remove the statements. A statement is removed only when the compared file
holds it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID

from sqlalchemy import Select, Table, bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from xapi_bridge.errors import ArchiveRefused
from xapi_bridge.store.follow import STORED_COLUMNS, StoredStatement, stored_from_row
from xapi_bridge.store.keys import digest_of
from xapi_bridge.store.models import ArchiveRow, Posting, StatementKey, StatementReference, StatementRow
from xapi_bridge.store.parquet import open_parquet, read_parquet, row_from_stored
from xapi_bridge.store.partitions import Month, drop_month, has_part, month_from_text, month_of
from xapi_bridge.store.sequence import hold_sequence
from xapi_bridge.store.terms import count_postings

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

#: Statements read, marked or deleted at once.
CHUNK = 2000
#: Terms whose postings are deleted at once on a plain store.
TERM_CHUNK = 5000


@dataclass(frozen=True)
class Archive:
    """A month in a file.

    Attributes:
        file_name: without its folder.
        digest: SHA-256 over places, ids, voidings and payloads in their order.
        is_removed: whether the store is rid of the statements.
        is_restored: whether they came back.
    """

    archive_id: int
    month: Month
    file_name: str
    statement_count: int
    digest: bytes
    is_removed: bool
    is_restored: bool


@dataclass(frozen=True)
class WrittenFile:
    """A file just written."""

    path: Path
    month: Month
    statement_count: int
    first_seq: int
    last_seq: int
    digest: bytes


def find_archives(session: Session, *, away_only: bool = True) -> list[Archive]:
    """The archives, oldest month first.

    Args:
        away_only: only those whose statements are out of the store, or on their way.
    """
    rows = session.scalars(select(ArchiveRow).order_by(ArchiveRow.month, ArchiveRow.archive_id))
    return [_archive_from_row(row) for row in rows if not (away_only and row.restored_at is not None)]


def find_months_before(session: Session, limit: Month) -> list[Month]:
    """The months before `limit` of which the store holds statements."""
    found: list[Month] = []
    seq = 0
    while True:
        first = session.scalar(
            select(StatementRow.seq).where(StatementRow.seq >= seq).order_by(StatementRow.seq).limit(1)
        )
        if first is None or month_of(first) >= limit:
            return found
        found.append(month_of(first))
        seq = found[-1].next.first_seq


def write_month(session: Session, month: Month, folder: Path) -> WrittenFile:
    """Writes the statements of a month into a file that is complete, on the disk, when this returns.

    Raises:
        ArchiveRefused: the month is empty, or a file of that name exists.
    """
    path = folder / f"statements-{month}.parquet"
    if path.exists():
        raise ArchiveRefused(f"{path.name} exists already. Move it away, or choose another folder.")
    unfinished = path.with_suffix(".unfinished")
    digest, first, last = sha256(), 0, 0
    only_own = set(
        session.scalars(
            select(StatementReference.seq).where(
                StatementReference.seq.between(month.first_seq, month.last_seq),
                StatementReference.only_authority_term_id.is_not(None),
            )
        )
    )
    with open_parquet(unfinished) as writer:
        for chunk in _chunks(session, month):
            first, last = first or chunk[0].seq, chunk[-1].seq
            for row in chunk:
                stored = stored_from_row(row)
                _digest_into(digest, stored)
                line = row_from_stored(stored, received=row.received, voids_own_only=row.seq in only_own)
                writer.write([line])
    if not writer.count:
        unfinished.unlink()
        raise ArchiveRefused(f"The store holds no statement of {month}.")
    _bring_to_disk(unfinished, path)
    return WrittenFile(path, month, writer.count, first, last, digest.digest())


def note_archive(session: Session, written: WrittenFile, *, now: datetime) -> int:
    """Compares the file with the store, keeps a record of it and returns the archive's number.

    Raises:
        ArchiveRefused: file and store differ.
    """
    _require_equal(session, written.month, written.path, written.digest)
    row = ArchiveRow(
        month=str(written.month),
        file_name=written.path.name,
        statement_count=written.statement_count,
        first_seq=written.first_seq,
        last_seq=written.last_seq,
        digest=written.digest,
        verified_at=now,
    )
    session.add(row)
    session.flush()
    return row.archive_id


def mark_keys(session: Session, archive: Archive, *, after: int) -> int | None:
    """Lets the next ids of the month be known after their statements are gone.

    Args:
        after: where the last call ended; 0 at first.

    Returns:
        where this call ended; None when all are marked.
    """
    rows = session.execute(_month_rows(archive.month, after=after).limit(CHUNK)).all()
    if not rows:
        return None
    keys = cast(Table, StatementKey.__table__)
    session.connection().execute(
        update(keys)
        .where(keys.c.statement_id == bindparam("one"))
        .values(archive_id=archive.archive_id, digest=bindparam("made")),
        [{"one": row.statement_id, "made": digest_of(row.payload)} for row in rows],
    )
    last: int = rows[-1].seq
    return last


def remove_month(session: Session, archive: Archive, folder: Path) -> bool:
    """Takes the statements of a noted and marked month out of the store; True when that is done.

    The part of a parted store goes at once, statements of a plain store and postings in several calls, each a
    transaction of its own.

    Raises:
        ArchiveRefused: the file is missing, or a statement changed since (voided, erased): remove the file
            and archive the month again.
    """
    hold_sequence(session)
    month = archive.month
    if has_part(session, month):
        _require_equal(session, month, folder / archive.file_name, archive.digest)
        drop_month(session, month)
        return False
    rows = session.execute(_month_rows(month, after=0).limit(CHUNK)).all()
    if not rows:
        return _remove_postings(session, month)
    if rows[0].seq == _first_in_file(folder / archive.file_name):
        # The first call compares the whole month; what is deleted afterwards is in the file.
        _require_equal(session, month, folder / archive.file_name, archive.digest)
    session.execute(
        delete(StatementRow)
        .where(StatementRow.seq.between(rows[0].seq, rows[-1].seq))
        .execution_options(synchronize_session=False)
    )
    return False


def note_removed(session: Session, archive: Archive, *, now: datetime) -> None:
    """Keeps in the record that the store is rid of the month."""
    session.execute(
        update(ArchiveRow).where(ArchiveRow.archive_id == archive.archive_id).values(removed_at=now)
    )


def forget_archive(session: Session, archive: Archive) -> None:
    """Takes back a record whose month was not removed, so that the month can be archived again."""
    session.execute(
        update(StatementKey)
        .where(StatementKey.archive_id == archive.archive_id)
        .values(archive_id=None, digest=None)
    )
    session.execute(delete(ArchiveRow).where(ArchiveRow.archive_id == archive.archive_id))


def read_archives(session: Session, folder: Path) -> Iterator[StoredStatement]:
    """Every archived statement that is not in the store, from the files in a folder, oldest first.

    Raises:
        ArchiveRefused: a file is missing or is not the one that was compared with the store.
    """
    for archive in find_archives(session):
        path = require_file(folder, archive)
        for one in read_parquet(path):
            if archive.is_removed or session.get(StatementRow, one.stored.seq) is None:
                yield one.stored


def require_file(folder: Path, archive: Archive) -> Path:
    """The file of an archive, compared with the record.

    Raises:
        ArchiveRefused: it is missing, or is another.
    """
    path = folder / archive.file_name
    if not path.is_file():
        raise ArchiveRefused(f"{archive.file_name} is not in the folder. It holds {archive.month}.")
    if _digest_of_file(path) != archive.digest:
        raise ArchiveRefused(f"{archive.file_name} is not the file that was compared with the store.")
    return path


def _chunks(session: Session, month: Month) -> Iterator[Sequence[Any]]:
    after = 0
    while rows := session.execute(_month_rows(month, after=after).limit(CHUNK)).all():
        yield rows
        after = rows[-1].seq


def _month_rows(month: Month, *, after: int) -> Select[int, UUID, bool, bytes, bytes | None]:
    return (
        select(*STORED_COLUMNS, StatementRow.received)
        .where(StatementRow.seq.between(max(month.first_seq, after + 1), month.last_seq))
        .order_by(StatementRow.seq)
    )


def _require_equal(session: Session, month: Month, path: Path, digest: bytes) -> None:
    """Refuses a file that is not, byte for byte, what the store holds of the month now."""
    if not path.is_file():
        raise ArchiveRefused(f"{path.name} is not in the folder.")
    kept = sha256()
    for chunk in _chunks(session, month):
        for row in chunk:
            _digest_into(kept, stored_from_row(row))
    if kept.digest() != digest:
        raise ArchiveRefused(
            f"Statements of {month} changed after {path.name} was written. Remove the file and begin again."
        )
    if _digest_of_file(path) != digest:
        raise ArchiveRefused(f"{path.name} does not hold what was written into it.")


def _digest_of_file(path: Path) -> bytes:
    digest = sha256()
    for one in read_parquet(path):
        _digest_into(digest, one.stored)
    return digest.digest()


def _digest_into(digest: "Hash", stored: StoredStatement) -> None:
    digest.update(
        b"%d %b %d %d " % (stored.seq, stored.statement_id.bytes, stored.voided, len(stored.payload))
    )
    digest.update(stored.payload)


def _first_in_file(path: Path) -> int | None:
    return next((one.stored.seq for one in read_parquet(path)), None) if path.is_file() else None


def _count_out(session: Session, first: int, last: int, *, terms: tuple[int, int] = (0, 2**62)) -> None:
    """Takes the postings between two places, of terms between two numbers, out of the use counts."""
    counted = session.execute(
        select(Posting.term_id, func.count())
        .where(Posting.term_id.between(*terms), Posting.seq.between(first, last))
        .group_by(Posting.term_id)
    )
    count_postings(session, {number: -count for number, count in counted})


def _remove_postings(session: Session, month: Month) -> bool:
    """Deletes the next postings of a month whose statements are gone; True when none is left.

    Postings are ordered by term, so they go by ranges of terms; what is counted out goes with it.
    """
    in_month = Posting.seq.between(month.first_seq, month.last_seq)
    first = session.scalar(select(func.min(Posting.term_id)).where(in_month))
    if first is None:
        return True
    terms = (first, first + TERM_CHUNK - 1)
    _count_out(session, month.first_seq, month.last_seq, terms=terms)
    session.execute(
        delete(Posting)
        .where(Posting.term_id.between(*terms), in_month)
        .execution_options(synchronize_session=False)
    )
    return False


def _bring_to_disk(unfinished: Path, path: Path) -> None:
    """The file under its name, both on the disk whatever happens to the machine."""
    with unfinished.open("rb+") as opened:
        os.fsync(opened.fileno())
    unfinished.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _archive_from_row(row: ArchiveRow) -> Archive:
    return Archive(
        archive_id=row.archive_id,
        month=month_from_text(row.month),
        file_name=row.file_name,
        statement_count=row.statement_count,
        digest=row.digest,
        is_removed=row.removed_at is not None,
        is_restored=row.restored_at is not None,
    )
