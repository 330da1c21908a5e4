"""The index follows the records, in the same transaction.

Publishers take turns under the lock of the index's one row, so versions are committed in their order and a
process that has read up to a version can ask for what came after.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import Session

from content_packages.knowledge.models import KnowledgeIndex, KnowledgePassage
from content_packages.knowledge.passages import GONE, Passage
from xapi_bridge.database import insert_if_absent

_ROW = KnowledgePassage.__table__.c
#: Where a session remembers the transaction in which it changed the index; see `mirror.py`.
_CHANGED_IN = "knowledge_changed_in"
#: Owners whose passages are read with one question.
_AT_ONCE = 200

Columns = dict[str, Any]


def put_passages(session: Session, by_owner: Mapping[str, Iterable[Passage]]) -> int:
    """Makes these the passages of each owner, whatever it had before; returns how many rows changed."""
    version = next_version(session)
    owners = list(by_owner)
    changed = 0
    for start in range(0, len(owners), _AT_ONCE):
        part = owners[start : start + _AT_ONCE]
        wanted = {row["key"]: row for owner in part for row in _rows(owner, by_owner[owner])}
        changed += _put(session, wanted, _stored(session, part), version)
    return changed


def next_version(session: Session) -> int:
    """Takes the index's lock until the transaction ends; what is written now has this version."""
    session.info[_CHANGED_IN] = session.get_transaction()
    raised = (
        update(KnowledgeIndex).values(version=KnowledgeIndex.version + 1).returning(KnowledgeIndex.version)
    )
    version = session.scalar(raised)
    if version is None:
        insert_if_absent(
            session, KnowledgeIndex.__table__, [{"id": 1, "epoch": uuid.uuid4().hex, "version": 0}]
        )
        version = session.scalar(raised)
    assert version is not None  # noqa: S101 - the row was made one line above
    return version


def has_uncommitted_changes(session: Session) -> bool:
    """Whether this very transaction changed the index: nobody else may see what it sees."""
    changed_in = session.info.get(_CHANGED_IN)
    return changed_in is not None and changed_in is session.get_transaction()


def clear_index(session: Session) -> None:
    """Takes everything out; processes that know the old index will read the new one whole."""
    next_version(session)
    session.execute(update(KnowledgeIndex).values(epoch=uuid.uuid4().hex))
    session.execute(delete(KnowledgePassage))


def stored_passages() -> list[ColumnElement[Any]]:
    """The columns of the index, for reading it as it is."""
    return list(KnowledgePassage.__table__.c)


def _rows(owner: str, passages: Iterable[Passage]) -> Iterator[Columns]:
    for passage in passages:
        postings = passage.postings
        yield {
            "key": passage.key,
            "owner": owner,
            "unit": passage.unit,
            "shelf": passage.shelf,
            "area": passage.area,
            "level": passage.level,
            "valid_from": passage.valid_from,
            "valid_to": passage.valid_to,
            "heading": passage.heading,
            "text": passage.text,
            "hidden": passage.hidden,
            "length": postings.length,
            "postings": postings.packed,
        }


def _stored(session: Session, owners: Sequence[str]) -> dict[str, Columns]:
    found = session.execute(select(KnowledgePassage.__table__).where(_ROW.owner.in_(owners))).mappings()
    return {row["key"]: dict(row) for row in found}


def _put(session: Session, wanted: dict[str, Columns], stored: dict[str, Columns], version: int) -> int:
    new = [{**row, "stamp": version} for key, row in wanted.items() if key not in stored]
    changed = [
        {**row, "stamp": version, "passage_id": stored[key]["passage_id"]}
        for key, row in wanted.items()
        if key in stored and any(stored[key][name] != value for name, value in row.items())
    ]
    gone = [
        {
            "passage_id": row["passage_id"],
            "shelf": GONE,
            "postings": b"",
            "length": 0,
            "text": "",
            "stamp": version,
        }
        for key, row in stored.items()
        if key not in wanted and row["shelf"] != GONE
    ]
    if new:
        session.execute(insert(KnowledgePassage), new)
    for rows in (changed, gone):
        if rows:
            session.execute(update(KnowledgePassage), rows)
    return len(new) + len(changed) + len(gone)
