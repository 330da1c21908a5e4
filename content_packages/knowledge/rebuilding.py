"""The index made anew from the records, and the index held against them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.contents import Package
from content_packages.knowledge.indexing import clear_index, put_passages, stored_passages
from content_packages.knowledge.passages import (
    GONE,
    Passage,
    owner_of_document,
    owner_of_entry,
    owner_of_package,
    passages_of_document,
    passages_of_entry,
    passages_of_package,
)
from content_packages.knowledge.postings import postings_of
from content_packages.knowledge.stored import list_documents, list_entries
from content_packages.library import list_current_packages, read_package

#: Columns that follow from the records; the rest is bookkeeping.
_COMPARED = ("owner", "unit", "shelf", "area", "level", "valid_from", "valid_to", "heading", "text", "hidden")


@dataclass(frozen=True)
class IndexCheck:
    """What a comparison of the index with the records found.

    Attributes:
        passages: rows of the index that are in use.
        problems: one line each; none when they agree.
    """

    passages: int
    problems: tuple[str, ...]


def index_lessons(session: Session) -> int:
    """Makes the lessons findable that were published before there was an index; rows written."""
    return put_passages(
        session, {owner_of_package(one.id): passages_of_package(one) for one in _published(session)}
    )


def rebuild_index(session: Session) -> int:
    """Takes the index out and makes it anew from documents, entries and published lessons; rows written."""
    wanted = dict(_wanted(session))
    clear_index(session)
    return put_passages(session, wanted)


def check_index(session: Session) -> IndexCheck:
    """Holds every row of the index against what the records give, and its postings against its text."""
    wanted = {passage.key: (owner, passage) for owner, passages in _wanted(session) for passage in passages}
    problems, used = [], 0
    for row in session.execute(select(*stored_passages())).mappings():
        if row["shelf"] == GONE:
            continue
        used += 1
        expected = wanted.pop(row["key"], None)
        if expected is None:
            problems.append(f"{row['key']}: in the index, but no record gives it")
        elif any(row[name] != _value(*expected, name) for name in _COMPARED):
            problems.append(f"{row['key']}: differs from its record")
        elif row["postings"] != postings_of(row["heading"], row["text"], row["hidden"]).packed:
            problems.append(f"{row['key']}: postings do not follow from its text")
    problems += [f"{key}: given by its record, but not in the index" for key in wanted]
    return IndexCheck(used, tuple(problems))


def _value(owner: str, passage: Passage, name: str) -> object:
    return owner if name == "owner" else getattr(passage, name)


def _wanted(session: Session) -> Iterator[tuple[str, Iterable[Passage]]]:
    for document in list_documents(session):
        yield owner_of_document(document.ref), list(passages_of_document(document))
    for entry in list_entries(session):
        yield owner_of_entry(entry.id), list(passages_of_entry(entry))
    for package in _published(session):
        yield owner_of_package(package.id), list(passages_of_package(package))


def _published(session: Session) -> Iterator[Package]:
    return (read_package(session, version.digest) for version in list_current_packages(session))
