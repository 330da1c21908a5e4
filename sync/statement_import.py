"""Taking in statements from a file of lines, so that the same file may be taken in again."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

import msgspec
from sqlalchemy.orm import Session

from xapi_bridge.errors import XapiRefused
from xapi_bridge.statement import Account, Statement, parse_statement
from xapi_bridge.statement.errors import PropertyMissing
from xapi_bridge.store.record import record_statements

Opened = Callable[[], AbstractContextManager[Session]]


@dataclass(frozen=True)
class Fault:
    """A line that was not taken: its number, from 1, and why."""

    line: int
    code: str
    message: str


@dataclass(frozen=True)
class ImportedChunk:
    """What came of some lines: statements that are in the store now, and lines that are not."""

    accepted: int
    faults: tuple[Fault, ...]


@dataclass(frozen=True)
class _Line:
    number: int
    statement: Statement


def import_lines(
    transaction: Opened,
    lines: Iterable[bytes],
    *,
    authority: str,
    iri_base: str,
    batch: int,
    clock: Callable[[], datetime],
) -> Iterator[ImportedChunk]:
    """Records one statement per line, `batch` of them in a transaction; yields after each.

    A batch that the store refuses is recorded line by line, so that only the faulty lines stay out. Each line
    needs an id: without, a second import of the file would store it a second time.

    Args:
        authority: name of the account that vouches, at `iri_base`.
    """
    account = Account(home_page=iri_base, name=authority)
    numbered = iter(enumerate(lines, start=1))
    while chunk := list(islice(numbered, batch)):
        faults: list[Fault] = []
        read = [one for number, line in chunk if line.strip() and (one := _read(number, line, faults))]
        accepted = _record(transaction, read, account, clock, faults)
        yield ImportedChunk(accepted, tuple(sorted(faults, key=lambda one: one.line)))


def _read(number: int, line: bytes, faults: list[Fault]) -> _Line | None:
    try:
        statement = parse_statement(line.strip(), version=_spoken_version(line))
        if statement.id is None:
            raise PropertyMissing("id", "is missing: without it a second import would store the line twice")
    except XapiRefused as refused:
        faults.append(Fault(number, refused.code, str(refused)))
        return None
    return _Line(number, statement)


def _spoken_version(line: bytes) -> str:
    """The data model that the line names, 1.0.3 when it names none."""
    try:
        version = str(msgspec.json.decode(line, type=dict[str, msgspec.Raw]).get("version", b""))
    except msgspec.DecodeError:
        return "1.0.3"
    return "2.0.0" if "2." in version[:6] else "1.0.3"


def _record(
    transaction: Opened,
    lines: list[_Line],
    account: Account,
    clock: Callable[[], datetime],
    faults: list[Fault],
) -> int:
    if not lines:
        return 0
    try:
        with transaction() as session:
            record_statements(session, [one.statement for one in lines], authority=account, now=clock())
    except XapiRefused as refused:
        if len(lines) == 1:
            faults.append(Fault(lines[0].number, refused.code, str(refused)))
            return 0
        half = len(lines) // 2
        return _record(transaction, lines[:half], account, clock, faults) + _record(
            transaction, lines[half:], account, clock, faults
        )
    return len(lines)
