"""What the knowledge base holds, as frozen dataclasses (pure)."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

#: Kinds that carry no number; their `ref` is a short name that people use, such as `SIPAS 2024`.
UNNUMBERED_KINDS = ("Báo cáo", "Công bố")
#: How surely it is known. A: a state body's own text; B: press or a legal portal; C: a third party's file.
Grade = Literal["A", "B", "C"]
#: What one document does to another; `in_part`: replaces it for some only, so that the rest still holds.
Relation = Literal["replaces", "amends", "in_part"]
#: Where a document stands on a day.
Standing = Literal["in_force", "not_yet", "expired", "unknown"]


@dataclass(frozen=True)
class DocumentPassage:
    """What one article or clause says, in our own words.

    Attributes:
        article: `Điều 5`, `Phụ lục II` or empty for the document as a whole.
        clause: `Khoản 2`, or empty.
        heading: what the passage is about, or empty.
    """

    text: str
    article: str = ""
    clause: str = ""
    heading: str = ""


@dataclass(frozen=True)
class Part:
    """Another document, and for whom or what it replaces or is replaced: `công chức`."""

    ref: str
    scope: str

    def __str__(self) -> str:
        return f"{self.ref} ({self.scope})"


@dataclass(frozen=True)
class Document:
    """The record of a legal document or of guidance.

    Attributes:
        ref: its number, such as `118/2025/NĐ-CP`, or a short name when its kind has none; never changes.
        kind: `Nghị định`, `Luật`, `Quyết định`…
        also: other names that people use, such as `Luật CBCC 2008`.
        signed: day of signing; None when not known.
        effective: first day in force; None when not known.
        expires: first day on which it is no longer in force; None: no end known.
        replaces, replaced_by, amends, amended_by: numbers of other documents, held here or not.
        replaces_in_part, replaced_in_part_by: the same where only a part ended; the rest still holds.
        superseded_known: an end is known although the day is not (`status: expired` without `expires`).
        level: whom it concerns (`bo-nganh`, `cap-tinh`, `cap-xa`), or empty for all.
        checked_on: day on which somebody held the record against its source.
    """

    ref: str
    kind: str
    title: str
    issuer: str
    signed: date | None = None
    effective: date | None = None
    expires: date | None = None
    superseded_known: bool = False
    also: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    replaced_by: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    amended_by: tuple[str, ...] = ()
    replaces_in_part: tuple[Part, ...] = ()
    replaced_in_part_by: tuple[Part, ...] = ()
    area: str = ""
    level: str = ""
    topics: tuple[str, ...] = ()
    grade: Grade = "C"
    source_note: str = ""
    checked_on: date | None = None
    passages: tuple[DocumentPassage, ...] = ()

    @property
    def name(self) -> str:
        """`Nghị định 118/2025/NĐ-CP`; a law is called by its title, `Luật Viên chức (129/2025/QH15)`."""
        return f"{self.kind} {self.title} ({self.ref})" if self._is_law else f"{self.kind} {self.ref}"

    @property
    def label(self) -> str:
        """Name and title, for lists."""
        return self.name if self._is_law else f"{self.name}: {self.title}"

    @property
    def _is_law(self) -> bool:
        return self.kind in ("Luật", "Bộ luật", "Pháp lệnh")

    def standing_on(self, day: date) -> Standing:
        """Whether the document is in force on a day, as far as the record knows."""
        if self.expires is not None and day >= self.expires:
            return "expired"
        if self.superseded_known and self.expires is None:
            return "expired"
        first = self.effective or self.signed
        if first is None:
            return "in_force" if self.kind in UNNUMBERED_KINDS else "unknown"
        return "in_force" if day >= first else "not_yet"


@dataclass(frozen=True)
class Basis:
    """What an answer rests on: a document, and the place in it when the author named one."""

    ref: str
    article: str = ""
    clause: str = ""

    def __str__(self) -> str:
        return ", ".join(part for part in (self.ref, self.article, self.clause) if part)


@dataclass(frozen=True)
class Entry:
    """One question with its answer.

    Attributes:
        id: slug, never changes.
        question: as people ask it.
        also: other wordings, some without diacritics.
        answer: Markdown in the narrow form that lessons use; searched as plain text.
        sources: what the answer rests on.
        as_of: day on which the answer was checked.
        area: one of the seven subject areas.
        level: as for a document; empty for all.
    """

    id: str
    question: str
    answer: str
    as_of: date
    area: str
    also: tuple[str, ...] = ()
    sources: tuple[Basis, ...] = ()
    level: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """Words that mean the same, as experts keep them.

    Attributes:
        abbreviations: short form -> its full forms.
        synonyms: groups of phrases; a question with one of them also asks for the others.
        newer: old phrase -> today's phrase (`mức độ 4` -> `toàn trình`); not the other way round.
    """

    abbreviations: dict[str, tuple[str, ...]] = field(default_factory=dict)
    synonyms: tuple[tuple[str, ...], ...] = ()
    newer: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class KnowledgeSource:
    """Everything that one folder or file brings."""

    documents: tuple[Document, ...] = ()
    entries: tuple[Entry, ...] = ()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)

    def __iter__(self) -> Iterator[Document | Entry]:
        yield from self.documents
        yield from self.entries
