"""Statements from a file: one a line (NDJSON), or a JSON array; an interrupted reading goes on."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import file_digest
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from sync.errors import IntakeFileMalformed
from sync.intake.models import IntakeFile
from sync.intake.pulling import PAGE, OpenTransaction
from sync.intake.sources import find_source
from sync.intake.taking import Rejection, Taken, sort_statements
from xapi_bridge.statement.errors import StatementRefused
from xapi_bridge.statement.json_text import split_batch

#: A JSON array is read as a whole; larger ones come as NDJSON.
LARGEST_ARRAY_BYTES = 256 * 1024 * 1024
LONGEST_LINE_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True)
class FileProgress:
    """How far a file is.

    Attributes:
        done: statements taken in, those of an earlier run included.
        taken: what became of those of this run.
    """

    done: int
    taken: Taken


def take_file(
    open_transaction: OpenTransaction,
    path: Path,
    *,
    source_name: str,
    iri_base: str,
    clock: Callable[[], datetime],
    report: Callable[[FileProgress], None],
    put_aside: Callable[[Rejection], None],
) -> FileProgress:
    """Takes in a file, a batch to a transaction, each with the place in the file that is reached.

    Args:
        report: called after each batch.
        put_aside: called with each statement that was rejected; it is kept in the store's database too.

    Raises:
        SourceUnknown: no source has the name.
        IntakeFileMalformed: neither NDJSON nor a JSON array; what came before the fault is taken in.
    """
    with path.open("rb") as opened:
        digest = file_digest(opened, "sha256").digest()
    with open_transaction() as session:
        done = _find_done(session, source_name, digest)
    progress = FileProgress(done, Taken())
    rest = islice(_statements(path), done, None)
    while batch := list(islice(rest, PAGE)):
        with open_transaction() as session:
            source = find_source(session, source_name, locked=True)
            row = session.get(IntakeFile, (source.source_id, digest))
            if row is None:
                row = IntakeFile(source_id=source.source_id, digest=digest, done=0)
                session.add(row)
            row.done, row.updated_at = progress.done + len(batch), clock()
            taken, rejections = sort_statements(session, source, batch, iri_base=iri_base, now=clock())
        for rejection in rejections:
            put_aside(rejection)
        progress = FileProgress(progress.done + len(batch), progress.taken + taken)
        report(progress)
    return progress


def _find_done(session: Session, source_name: str, digest: bytes) -> int:
    row = session.get(IntakeFile, (find_source(session, source_name).source_id, digest))
    return row.done if row is not None else 0


def _statements(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        first = opened.read(64 * 1024).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    if first == b"[":
        yield from _array(path)
    elif first in {b"{", b""}:
        yield from _lines(path)
    else:
        raise IntakeFileMalformed(
            "The file begins neither with { (one statement a line) nor with [ (a JSON array of statements)."
        )


def _array(path: Path) -> Iterator[bytes]:
    if path.stat().st_size > LARGEST_ARRAY_BYTES:
        raise IntakeFileMalformed(
            f"A JSON array of more than {LARGEST_ARRAY_BYTES // 2**20} MiB is not read: write one statement "
            "a line."
        )
    try:
        yield from split_batch(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (StatementRefused, msgspec.DecodeError) as refused:
        raise IntakeFileMalformed(f"The JSON array cannot be read: {refused}") from refused


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as opened:
        number = 0
        while line := opened.readline(LONGEST_LINE_BYTES + 1):
            number += 1
            if len(line) > LONGEST_LINE_BYTES:
                raise IntakeFileMalformed(f"Line {number} has more than {LONGEST_LINE_BYTES} bytes.")
            statement = line.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else line.strip()
            if statement:
                yield statement
