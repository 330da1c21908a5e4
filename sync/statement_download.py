"""Statements into a folder of the one who runs the command: parts, and a bookmark beside them.

The bookmark is written after its part is safe on disk, in one replace; what lies in the folder beyond the
bookmark is written again. So a command that was interrupted goes on where it stopped when it runs again.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from sync.errors import FilterRefused
from sync.exports.forms import Part, csv_header, write_part, write_safely
from sync.exports.rows import find_people
from sync.statement_filters import Reach, StatementFilters, search_for
from xapi_bridge.store.search import read_matches
from xapi_bridge.store.sequence import last_sequence

Opened = Callable[[], AbstractContextManager[Session]]

#: Rows in one file.
PART_ROWS = 50_000
_BOOKMARK = "bookmark.json"


@dataclass(frozen=True)
class _Bookmark:
    filters: StatementFilters
    form: str
    with_names: bool
    posts_on: date
    upper_seq: int
    reached_seq: int = -1
    rows: int = 0
    parts: int = 0


def download_statements(
    reading: Opened,
    filters: StatementFilters,
    *,
    folder: Path,
    form: str,
    with_names: bool,
    iri_base: str,
    posts_on: date,
    part_rows: int = PART_ROWS,
) -> Iterator[int]:
    """Writes what matches; yields the rows so far after each part.

    Raises:
        FilterRefused: the folder holds an export of another question.
    """
    folder.mkdir(parents=True, exist_ok=True)
    mark = _begin(reading, filters, folder, form=form, with_names=with_names, posts_on=posts_on)
    while mark.reached_seq < mark.upper_seq:
        with reading() as session:
            search = search_for(session, mark.filters, reach=Reach(on=mark.posts_on), iri_base=iri_base)
            found, reached = read_matches(
                session, search, after=mark.reached_seq, until=mark.upper_seq, limit=part_rows
            )
            people = {} if form == "ndjson" else find_people(session, found, with_names=with_names)
        parts = mark.parts + bool(found)
        if found:
            path = folder / f"statements-{parts:06d}.{form}"
            write_part(form, Part(found, people, with_names), path)
        mark = replace(mark, reached_seq=reached, rows=mark.rows + len(found), parts=parts)
        _keep(folder, mark)
        yield mark.rows
    yield mark.rows


def _begin(
    reading: Opened,
    filters: StatementFilters,
    folder: Path,
    *,
    form: str,
    with_names: bool,
    posts_on: date,
) -> _Bookmark:
    path = folder / _BOOKMARK
    if path.exists():
        mark = msgspec.json.decode(path.read_bytes(), type=_Bookmark)
        if (mark.filters, mark.form, mark.with_names) != (filters, form, with_names):
            raise FilterRefused("This folder holds an export of another question. Choose an empty folder.")
        return mark
    with reading() as session:
        mark = _Bookmark(filters, form, with_names, posts_on, upper_seq=last_sequence(session))
    if form == "csv":
        # The parts carry no header of their own, so that they can be joined.
        header = ",".join(csv_header(with_names=with_names)) + "\r\n"
        write_safely(
            folder / "statements-000000.csv", lambda part: part.write_text(header, "utf-8-sig", newline="")
        )
    _keep(folder, mark)
    return mark


def _keep(folder: Path, mark: _Bookmark) -> None:
    write_safely(folder / _BOOKMARK, lambda path: path.write_bytes(msgspec.json.encode(mark)))
