"""Tables of the knowledge base: documents, what they do to each other, questions and answers, the index.

The index is one row per passage. `postings` are a pure function of the passage's text (`postings.py`), so a
row can be checked on its own, and an index that grew with the content equals one that was built anew.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Date, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from xapi_bridge.database import Base, UtcInstant


class KnowledgeDocument(Base):
    """The record of a legal document or of guidance."""

    __tablename__ = "content_knowledge_document"

    #: Its number, such as 118/2025/NĐ-CP.
    ref: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: Nghị định, Luật, Quyết định…
    kind: Mapped[str] = mapped_column(String(40))
    #: What it is about.
    title: Mapped[str] = mapped_column(Text)
    #: Who issued it.
    issuer: Mapped[str] = mapped_column(Text)
    #: Day of signing; NULL: not known.
    signed: Mapped[date | None] = mapped_column(Date)
    #: First day in force; NULL: not known.
    effective: Mapped[date | None] = mapped_column(Date)
    #: First day on which it is no longer in force; NULL: no end known.
    expires: Mapped[date | None] = mapped_column(Date)
    #: The end is known, its day is not.
    superseded_known: Mapped[bool]
    #: Subject area.
    area: Mapped[str] = mapped_column(String(64))
    #: Level of administration that it concerns; empty: all.
    level: Mapped[str] = mapped_column(String(32))
    #: A, B or C: how surely the record is known.
    grade: Mapped[str] = mapped_column(String(1))
    #: Day on which the record was held against its source.
    checked_on: Mapped[date | None] = mapped_column(Date)
    #: The rest of the record: other names, topics, note on the source, passages.
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 of the record, so that an import that brings nothing new changes nothing.
    digest: Mapped[str] = mapped_column(String(64))
    #: When the record last changed.
    changed_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Who changed it: `shipped`, `import`, or an operator's id.
    changed_by: Mapped[str] = mapped_column(String(64))


class KnowledgeEdge(Base):
    """One document replaces or amends another. Either may be one whose record is not held."""

    __tablename__ = "content_knowledge_edge"

    #: The later document.
    newer_ref: Mapped[str] = mapped_column(String(80), primary_key=True)
    #: The earlier document.
    older_ref: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)
    #: `replaces`, `amends` or `in_part`.
    relation: Mapped[str] = mapped_column(String(10), primary_key=True)
    #: For whom or what, when it replaces in part; else empty.
    scope: Mapped[str] = mapped_column(String(200))
    #: The record that says so.
    told_by: Mapped[str] = mapped_column(String(80), primary_key=True, index=True)


class KnowledgeEntry(Base):
    """A question with its answer: which version is shown."""

    __tablename__ = "content_knowledge_entry"

    #: Slug, never changes.
    entry_id: Mapped[str] = mapped_column(String(96), primary_key=True)
    #: The version that is shown.
    version: Mapped[int] = mapped_column(Integer)
    #: When it was taken back; NULL: it is shown.
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcInstant)
    #: Who took it back, or empty.
    withdrawn_by: Mapped[str] = mapped_column(String(64))
    #: Why it was taken back, or empty.
    withdrawn_why: Mapped[str] = mapped_column(String(500))


class KnowledgeEdition(Base):
    """One wording of an entry. Versions never change."""

    __tablename__ = "content_knowledge_edition"

    #: The entry.
    entry_id: Mapped[str] = mapped_column(ForeignKey("content_knowledge_entry.entry_id"), primary_key=True)
    #: Counts from 1.
    version: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: As people ask it.
    question: Mapped[str] = mapped_column(Text)
    #: The answer, Markdown.
    answer: Mapped[str] = mapped_column(Text)
    #: Subject area.
    area: Mapped[str] = mapped_column(String(64))
    #: Level of administration; empty: all.
    level: Mapped[str] = mapped_column(String(32))
    #: Day on which the answer was checked.
    as_of: Mapped[date] = mapped_column(Date)
    #: Other wordings, and what the answer rests on.
    details: Mapped[dict[str, Any]] = mapped_column(JSON)
    #: SHA-256 of the wording.
    digest: Mapped[str] = mapped_column(String(64))
    #: When this version was made.
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Who made it: `shipped`, `import`, or an operator's id.
    made_by: Mapped[str] = mapped_column(String(64))
    #: Why it was changed, or empty.
    reason: Mapped[str] = mapped_column(String(500))


class KnowledgeWord(Base):
    """An abbreviation, or a group of phrases that mean the same."""

    __tablename__ = "content_knowledge_word"

    #: `abbreviation`, `synonym` or `newer`.
    kind: Mapped[str] = mapped_column(String(16), primary_key=True)
    #: The short form, the old phrase, or the first phrase of the group.
    phrase: Mapped[str] = mapped_column(String(120), primary_key=True)
    #: What it stands for, or the other phrases.
    meanings: Mapped[list[str]] = mapped_column(JSON)


class KnowledgeWordChange(Base):
    """What a person made of a word. Rows never change; a word without one is as the sources have it."""

    __tablename__ = "content_knowledge_word_change"

    #: Grows.
    change_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: `abbreviation`, `synonym` or `newer`.
    kind: Mapped[str] = mapped_column(String(16))
    #: As in `content_knowledge_word`.
    phrase: Mapped[str] = mapped_column(String(120), index=True)
    #: What it means from now on; empty: it was removed.
    meanings: Mapped[list[str]] = mapped_column(JSON)
    #: When.
    made_at: Mapped[datetime] = mapped_column(UtcInstant)
    #: Who: an operator's name.
    made_by: Mapped[str] = mapped_column(String(64))
    #: Why, or empty.
    reason: Mapped[str] = mapped_column(String(500))


class KnowledgePassage(Base):
    """One passage of the index. A row with `shelf` 0 was taken out; it stays until the next rebuild."""

    __tablename__ = "content_knowledge_passage"
    __table_args__ = (Index("ix_content_knowledge_passage_stamp", "stamp"),)

    #: Grows.
    passage_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Stable name: `document:118/2025/NĐ-CP#3`, `entry:cchc-la-gi?1`, `section:cchc/tong-quan/2#1`.
    key: Mapped[str] = mapped_column(String(200), unique=True)
    #: What the passage belongs to: `document:<ref>`, `entry:<id>`, `package:<id>`.
    owner: Mapped[str] = mapped_column(String(120), index=True)
    #: What a hit shows as one: passages of an article, of an entry, of a section share it.
    unit: Mapped[str] = mapped_column(String(160))
    #: 0 taken out, 1 stored questions, 2 their answers, 3 documents, 4 lesson sections.
    shelf: Mapped[int] = mapped_column(SmallInteger)
    #: Subject area, or empty.
    area: Mapped[str] = mapped_column(String(64))
    #: Level of administration, or empty.
    level: Mapped[str] = mapped_column(String(32))
    #: First day on which the text holds; NULL: always did.
    valid_from: Mapped[date | None] = mapped_column(Date)
    #: First day on which it no longer holds; NULL: no end known.
    valid_to: Mapped[date | None] = mapped_column(Date)
    #: What stands above the text: document, article. Searched with it.
    heading: Mapped[str] = mapped_column(Text)
    #: The text itself.
    text: Mapped[str] = mapped_column(Text)
    #: What else is searched: other names, topics.
    hidden: Mapped[str] = mapped_column(Text)
    #: Syllables and pairs in it.
    length: Mapped[int] = mapped_column(Integer)
    #: Its terms with how often each occurs, packed by `postings.py`.
    postings: Mapped[bytes] = mapped_column(LargeBinary)
    #: Version of the index at which the row last changed.
    stamp: Mapped[int] = mapped_column(Integer)


class KnowledgeIndex(Base):
    """The state of the index: one row. Its update is the lock under which publishers take turns."""

    __tablename__ = "content_knowledge_index"

    #: Always 1.
    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    #: Changes with every rebuild; a process that knows another one reads everything anew.
    epoch: Mapped[str] = mapped_column(String(32))
    #: Counts publications, edits and withdrawals.
    version: Mapped[int] = mapped_column(Integer)
