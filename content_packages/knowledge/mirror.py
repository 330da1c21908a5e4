"""The index in memory, one copy per process and database, following the tables.

Every reader asks for the version of the index, one row; when it moved on, the passages that were stamped
since are read. What a transaction wrote but did not commit is read apart and kept by nobody.
"""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from sys import intern
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Row, select
from sqlalchemy.orm import Session

from content_packages.knowledge.habits import HABITS
from content_packages.knowledge.indexing import has_uncommitted_changes
from content_packages.knowledge.models import KnowledgeIndex, KnowledgePassage
from content_packages.knowledge.passages import ANSWERS, DOCUMENTS, QUESTIONS, SECTIONS
from content_packages.knowledge.questions import FoldedVocabulary, folded_vocabulary
from content_packages.knowledge.records import Document, Entry
from content_packages.knowledge.segments import ALWAYS, NEVER, Indexed, Shelf, StoredPassage
from content_packages.knowledge.stored import read_vocabulary

SHELVES = (QUESTIONS, ANSWERS, DOCUMENTS, SECTIONS)
#: With more segments than this a shelf is read anew, so that a question does not visit ever more of them.
_MOST_SEGMENTS = 12

_P = KnowledgePassage
_STATE = select(KnowledgeIndex.epoch, KnowledgeIndex.version)


@dataclass(frozen=True)
class Mirror:
    """One state of the index.

    Attributes:
        documents, entries: records read so far in this state; None: there is none (`held.py`).
    """

    epoch: str
    version: int
    shelves: Mapping[int, Shelf]
    vocabulary: FoldedVocabulary
    documents: dict[str, Document | None] = field(default_factory=dict)
    entries: dict[str, Entry | None] = field(default_factory=dict)


_HELD: WeakKeyDictionary[Engine, Mirror] = WeakKeyDictionary()
_LOCK = threading.Lock()


def mirror_of(session: Session) -> Mirror:
    """The index as the session sees it now."""
    if has_uncommitted_changes(session):
        return _read_all(session)
    engine = session.get_bind().engine
    epoch, version = _state(session)
    held = _HELD.get(engine)
    if held is not None and (held.epoch, held.version) == (epoch, version):
        return held
    # One thread reads, the others wait for what it brings. It may bring more than they asked for.
    with _LOCK:
        held = _HELD.get(engine)
        if held is None or held.epoch != epoch:
            held = _HELD[engine] = _read_all(session)
        elif held.version < version:
            held = _HELD[engine] = _followed(session, held, version)
    return held


def _state(session: Session) -> tuple[str, int]:
    # By the connection: every question asks for it, and the session's own way costs twice as much.
    row = session.connection().execute(_STATE).one_or_none()
    return (row.epoch, row.version) if row is not None else ("", 0)


def _read_all(session: Session) -> Mirror:
    epoch, version = _state(session)
    rows = _rows(session, since=-1)
    shelves = {
        shelf: Shelf(habits=HABITS[shelf]).changed([_indexed(row) for row in rows if row.shelf == shelf])
        for shelf in SHELVES
    }
    return Mirror(epoch, version, shelves, folded_vocabulary(read_vocabulary(session)))


def _followed(session: Session, held: Mirror, version: int) -> Mirror:
    rows = _rows(session, since=held.version)
    gone = [row.passage_id for row in rows]
    shelves = {
        shelf: held.shelves[shelf].changed([_indexed(row) for row in rows if row.shelf == shelf], gone=gone)
        for shelf in SHELVES
    }
    if max(len(shelf.segments) for shelf in shelves.values()) > _MOST_SEGMENTS:
        return _read_all(session)
    return Mirror(held.epoch, version, shelves, folded_vocabulary(read_vocabulary(session)))


def _rows(session: Session, *, since: int) -> Sequence[Row[Any]]:
    columns = (_P.passage_id, _P.key, _P.owner, _P.unit, _P.shelf, _P.area, _P.level)
    rest = (_P.valid_from, _P.valid_to, _P.length, _P.postings, _P.stamp)
    wanted = select(*columns, *rest).where(_P.stamp > since).order_by(_P.passage_id)
    rows: Sequence[Row[Any]] = session.execute(wanted).all()  # type: ignore[assignment]
    return rows


def _indexed(row: Row[Any]) -> Indexed:
    passage = StoredPassage(
        passage_id=row.passage_id,
        key=row.key,
        owner=intern(row.owner),
        unit=intern(row.unit),
        area=intern(row.area),
        level=intern(row.level),
        valid_from=row.valid_from.toordinal() if row.valid_from else ALWAYS,
        valid_to=row.valid_to.toordinal() if row.valid_to else NEVER,
    )
    return Indexed(passage, row.length, row.postings)
