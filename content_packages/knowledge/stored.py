"""Records as the tables keep them, and back."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_packages.errors import KnowledgeItemNotFound
from content_packages.knowledge.law_numbers import LawNumber, number_of_document
from content_packages.knowledge.models import (
    KnowledgeDocument,
    KnowledgeEdge,
    KnowledgeEdition,
    KnowledgeEntry,
    KnowledgeWord,
)
from content_packages.knowledge.records import (
    Basis,
    Document,
    DocumentPassage,
    Entry,
    Part,
    Relation,
    Vocabulary,
)

#: "NQ 66" may be two or three; "QĐ 1" of fifty provinces says nothing.
_MOST_OF_ONE_NUMBER = 3


@dataclass(frozen=True)
class Relationship:
    """What two documents have to do with each other."""

    newer_ref: str
    older_ref: str
    relation: Relation
    scope: str = ""


@dataclass(frozen=True)
class EntryVersion:
    """One wording of an entry, with who made it and why."""

    version: int
    entry: Entry
    made_at: datetime
    made_by: str
    reason: str


def digest_of_record(record: Document | Entry) -> str:
    """SHA-256 of everything that the record says."""
    written = json.dumps(asdict(record), ensure_ascii=False, sort_keys=True, default=str)
    return sha256(written.encode()).hexdigest()


def document_details(document: Document) -> dict[str, Any]:
    """What of a document has no column of its own, and the end as its author wrote it."""
    return {
        "also": list(document.also),
        "topics": list(document.topics),
        "source_note": document.source_note,
        "passages": [asdict(passage) for passage in document.passages],
        "written_expires": document.expires.isoformat() if document.expires else None,
        "written_superseded": document.superseded_known,
    }


def find_documents(session: Session, refs: Collection[str]) -> dict[str, Document]:
    """The records of these numbers; numbers without a record are left out."""
    if not refs:
        return {}
    rows = session.scalars(select(KnowledgeDocument).where(KnowledgeDocument.ref.in_(refs)))
    related = list_related(session, *refs)
    return {row.ref: _document(row, related) for row in rows}


def refs_by_number(session: Session, numbers: Sequence[LawNumber]) -> list[str]:
    """Numbers in full of the recorded documents that are named; one that fits too many names none."""
    found: dict[str, None] = {}
    for number in numbers:
        similar = select(KnowledgeDocument.ref, KnowledgeDocument.kind).where(
            KnowledgeDocument.ref.contains(number.number, autoescape=True)
        )
        fitting = [
            ref
            for ref, kind in session.execute(similar)
            if (full := number_of_document(ref, kind)) and number.names(full)
        ]
        if len(fitting) <= _MOST_OF_ONE_NUMBER:
            found.update(dict.fromkeys(sorted(fitting)))
    return list(found)


def find_mentioned(session: Session, number: LawNumber) -> list[Document]:
    """Documents without a record that others name as replaced or amended: what the edges know of them."""
    edges = select(KnowledgeEdge).where(
        or_(
            KnowledgeEdge.newer_ref.contains(number.number, autoescape=True),
            KnowledgeEdge.older_ref.contains(number.number, autoescape=True),
        )
    )
    refs = {ref for edge in session.scalars(edges) for ref in (edge.newer_ref, edge.older_ref)}
    refs -= set(session.scalars(select(KnowledgeDocument.ref).where(KnowledgeDocument.ref.in_(refs))))
    fitting = [ref for ref in refs if (full := number_of_document(ref, "")) and number.names(full)]
    return [_mentioned(ref, list_related(session, ref)) for ref in sorted(fitting)]


def _mentioned(ref: str, edges: Sequence[Relationship]) -> Document:
    replaced_by = tuple(one.newer_ref for one in edges if one.older_ref == ref and one.relation == "replaces")
    return Document(
        ref=ref,
        kind="Văn bản",
        title="",
        issuer="",
        superseded_known=bool(replaced_by),
        replaced_by=replaced_by,
        replaces=tuple(one.older_ref for one in edges if one.newer_ref == ref and one.relation == "replaces"),
        amended_by=tuple(one.newer_ref for one in edges if one.older_ref == ref and one.relation == "amends"),
        amends=tuple(one.older_ref for one in edges if one.newer_ref == ref and one.relation == "amends"),
    )


def list_documents(session: Session) -> list[Document]:
    """All records, by number."""
    rows = session.scalars(select(KnowledgeDocument).order_by(KnowledgeDocument.ref))
    related = [_relationship(edge) for edge in session.scalars(select(KnowledgeEdge))]
    by_ref: dict[str, list[Relationship]] = {}
    for one in related:
        for ref in {one.newer_ref, one.older_ref}:
            by_ref.setdefault(ref, []).append(one)
    return [_document(row, by_ref.get(row.ref, [])) for row in rows]


def find_document(session: Session, ref: str) -> Document:
    """The record of a number.

    Raises:
        KnowledgeItemNotFound: it is not held.
    """
    found = find_documents(session, [ref]).get(ref)
    if found is None:
        raise KnowledgeItemNotFound(f"The knowledge base holds no document {ref[:80]!r}.")
    return found


def list_related(session: Session, *refs: str) -> tuple[Relationship, ...]:
    """What these documents replace and amend, and what replaces and amends them; each once, in order."""
    wanted = or_(KnowledgeEdge.newer_ref.in_(refs), KnowledgeEdge.older_ref.in_(refs))
    edges = {_relationship(edge) for edge in session.scalars(select(KnowledgeEdge).where(wanted))}
    return tuple(sorted(edges, key=lambda one: (one.newer_ref, one.older_ref, one.relation, one.scope)))


def _relationship(edge: KnowledgeEdge) -> Relationship:
    relations: dict[str, Relation] = {"replaces": "replaces", "amends": "amends", "in_part": "in_part"}
    return Relationship(edge.newer_ref, edge.older_ref, relations[edge.relation], edge.scope)


def _document(row: KnowledgeDocument, related: Iterable[Relationship]) -> Document:
    details = row.details
    edges = sorted(set(related), key=lambda one: (one.newer_ref, one.older_ref))
    return Document(
        ref=row.ref,
        kind=row.kind,
        title=row.title,
        issuer=row.issuer,
        signed=row.signed,
        effective=row.effective,
        expires=row.expires,
        superseded_known=row.superseded_known,
        also=tuple(details["also"]),
        replaces=tuple(e.older_ref for e in edges if e.newer_ref == row.ref and e.relation == "replaces"),
        replaced_by=tuple(e.newer_ref for e in edges if e.older_ref == row.ref and e.relation == "replaces"),
        amends=tuple(e.older_ref for e in edges if e.newer_ref == row.ref and e.relation == "amends"),
        amended_by=tuple(e.newer_ref for e in edges if e.older_ref == row.ref and e.relation == "amends"),
        replaces_in_part=tuple(
            Part(e.older_ref, e.scope) for e in edges if e.newer_ref == row.ref and e.relation == "in_part"
        ),
        replaced_in_part_by=tuple(
            Part(e.newer_ref, e.scope) for e in edges if e.older_ref == row.ref and e.relation == "in_part"
        ),
        area=row.area,
        level=row.level,
        topics=tuple(details["topics"]),
        grade=row.grade,  # type: ignore[arg-type]
        source_note=details["source_note"],
        checked_on=row.checked_on,
        passages=tuple(DocumentPassage(**passage) for passage in details["passages"]),
    )


def written_end(row: KnowledgeDocument) -> tuple[date | None, bool]:
    """The end as the author wrote it: its day, and whether it is known without a day."""
    written = row.details["written_expires"]
    return (date.fromisoformat(written) if written else None), bool(row.details["written_superseded"])


def entry_details(entry: Entry) -> dict[str, Any]:
    """What of an entry has no column of its own."""
    return {"also": list(entry.also), "sources": [asdict(basis) for basis in entry.sources]}


def find_entries(session: Session, entry_ids: Collection[str]) -> dict[str, Entry]:
    """The entries that are shown, in their present wording."""
    if not entry_ids:
        return {}
    rows = session.scalars(_shown_editions().where(KnowledgeEntry.entry_id.in_(entry_ids)))
    return {row.entry_id: _entry(row) for row in rows}


def holds_anything(session: Session) -> bool:
    """Whether there is an entry or a document at all."""
    entries = select(KnowledgeEntry.entry_id).where(KnowledgeEntry.withdrawn_at.is_(None)).limit(1)
    documents = select(KnowledgeDocument.ref).limit(1)
    return session.scalar(entries) is not None or session.scalar(documents) is not None


def list_entries(session: Session) -> list[Entry]:
    """All entries that are shown, by id."""
    return [_entry(row) for row in session.scalars(_shown_editions().order_by(KnowledgeEntry.entry_id))]


def find_entry(session: Session, entry_id: str) -> Entry:
    """An entry in its present wording.

    Raises:
        KnowledgeItemNotFound: there is none, or it was taken back.
    """
    found = find_entries(session, [entry_id]).get(entry_id)
    if found is None:
        raise KnowledgeItemNotFound(f"The knowledge base shows no entry {entry_id[:96]!r}.")
    return found


def list_entry_versions(session: Session, entry_id: str) -> tuple[EntryVersion, ...]:
    """All wordings of an entry, the first one first; empty when there never was one."""
    rows = session.scalars(
        select(KnowledgeEdition)
        .where(KnowledgeEdition.entry_id == entry_id)
        .order_by(KnowledgeEdition.version)
    )
    return tuple(EntryVersion(row.version, _entry(row), row.made_at, row.made_by, row.reason) for row in rows)


def _shown_editions() -> Any:
    return (
        select(KnowledgeEdition)
        .join(KnowledgeEntry, KnowledgeEntry.entry_id == KnowledgeEdition.entry_id)
        .where(KnowledgeEntry.version == KnowledgeEdition.version, KnowledgeEntry.withdrawn_at.is_(None))
    )


def _entry(row: KnowledgeEdition) -> Entry:
    details: Mapping[str, Any] = row.details
    return Entry(
        id=row.entry_id,
        question=row.question,
        answer=row.answer,
        as_of=row.as_of,
        area=row.area,
        also=tuple(details["also"]),
        sources=tuple(Basis(**basis) for basis in details["sources"]),
        level=row.level,
    )


def read_vocabulary(session: Session) -> Vocabulary:
    """Abbreviations and synonyms as experts keep them."""
    words: dict[str, dict[str, tuple[str, ...]]] = {"abbreviation": {}, "synonym": {}, "newer": {}}
    for word in session.scalars(select(KnowledgeWord).order_by(KnowledgeWord.kind, KnowledgeWord.phrase)):
        words[word.kind][word.phrase] = tuple(word.meanings)
    groups = tuple((phrase, *others) for phrase, others in words["synonym"].items())
    return Vocabulary(words["abbreviation"], groups, words["newer"])


def comparable(document: Document) -> Document:
    """The record without what its neighbours say of it, for comparing two states of the base."""
    own = replace(document, replaces=(), replaced_by=(), amends=(), amended_by=())
    return replace(own, replaces_in_part=(), replaced_in_part_by=())
