"""What search and answer give, as frozen dataclasses (pure). Texts are plain; marks are ranges in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from content_packages.knowledge.records import Document, Entry, Part, Standing

#: Where a hit comes from. `section`: a lesson's section.
HitKind = Literal["entry", "document", "section"]
#: high: answer; medium: "may be related"; low: say that we do not know.
Band = Literal["high", "medium", "low"]
#: What an answer must say besides itself.
Caution = Literal[
    "basis_expired",  # a document that the answer rests on is no longer in force
    "basis_not_yet",  # … is not in force yet
    "basis_unknown",  # … is not held here, or its days are not known
    "basis_amended",  # … was amended; read both
    "named_expired",  # the question names a document that is no longer in force
]


@dataclass(frozen=True)
class Filters:
    """What a search leaves out; an empty field leaves nothing out.

    Attributes:
        area, level: codes. A hit without level concerns all, so it stays.
        document: number of the one document: its text, entries that rest on it, sections that name it.
        package, module: lesson sections of this package or module only.
        with_expired: also documents that are not in force on the day; they come labelled.
    """

    area: str = ""
    level: str = ""
    document: str = ""
    package: str = ""
    module: str = ""
    with_expired: bool = False


@dataclass(frozen=True)
class Citation:
    """One document that something rests on, and how it stands on the day asked about.

    Attributes:
        document: None when the knowledge base does not hold the record.
        standing: on the day asked about.
    """

    ref: str
    article: str
    clause: str
    standing: Standing
    document: Document | None

    @property
    def ended_parts(self) -> tuple[Part, ...]:
        """For whom or what the document was replaced although the rest holds; pages must say so."""
        return self.document.replaced_in_part_by if self.document else ()

    @property
    def checked_on(self) -> date | None:
        """Day on which the record was held against its source."""
        return self.document.checked_on if self.document else None


@dataclass(frozen=True)
class Extract:
    """A text to show, with what of the question it contains.

    Attributes:
        marks: (start, end) in `text`, in order, not overlapping.
    """

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def pieces(self) -> list[tuple[str, bool]]:
        """The text in turn, each piece with whether it is marked."""
        parts, at = [], 0
        for start, end in self.marks:
            parts += [(self.text[at:start], False), (self.text[start:end], True)]
            at = end
        parts.append((self.text[at:], False))
        return [(text, marked) for text, marked in parts if text]


@dataclass(frozen=True)
class Hit:
    """One thing found.

    Attributes:
        key: stable name of the passage: `entry:<id>`, `document:<ref>#<n>`, `section:<package>/<module>/<n>`.
        title: the stored question, the document with its title, or the lesson's title.
        place: `Điều 5, Khoản 2` or the section's title; empty when the whole is meant.
        score: comparable within one list only.
        citations: the document itself, or what an entry rests on; none for a section.
        entry, document: the record, for hits of that kind.
        package_id, module_id, section: where a section stands, for hits of that kind.
    """

    kind: HitKind
    key: str
    title: str
    place: str
    extract: Extract
    score: float
    citations: tuple[Citation, ...] = ()
    entry: Entry | None = None
    document: Document | None = None
    package_id: str = ""
    module_id: str = ""
    section: int = 0
    area: str = ""
    level: str = ""


@dataclass(frozen=True)
class Facets:
    """How many hits (not only the shown ones) have each value; for narrowing a search."""

    areas: Mapping[str, int] = field(default_factory=dict)
    levels: Mapping[str, int] = field(default_factory=dict)
    documents: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchResult:
    """Three lists, each best first, and what the question was read as.

    Attributes:
        corrected: the question with typing errors mended, when that was searched instead; else empty.
        expired_left_out: documents that match but are not in force on the day.
    """

    question: str
    on: date
    entries: tuple[Hit, ...]
    documents: tuple[Hit, ...]
    sections: tuple[Hit, ...]
    entry_facets: Facets = field(default_factory=Facets)
    document_facets: Facets = field(default_factory=Facets)
    corrected: str = ""
    expired_left_out: int = 0

    @property
    def is_empty(self) -> bool:
        """Nothing was found anywhere."""
        return not (self.entries or self.documents or self.sections)


@dataclass(frozen=True)
class Suggestion:
    """What a person may be about to ask or name.

    Attributes:
        key: as of a hit.
        text: a stored question, or a document with its title.
    """

    key: str
    text: str


@dataclass(frozen=True)
class Answer:
    """What the machine says to a question. Pages must say that a machine answers.

    Attributes:
        kind: `validity`: read from the records of documents; `unknown`: we do not know (band is low).
        confidence: 0 to 1, calibrated: of answers with 0.8, about eight in ten are right.
        extract: what to show; empty when unknown.
        citations: what it rests on; never empty unless the kind is `unknown` or a lesson answers.
        named: recorded documents that the question names, and how they stand.
        alternatives: up to five other things that may be meant.
    """

    question: str
    on: date
    kind: Literal["entry", "document", "section", "validity", "unknown"]
    confidence: float
    band: Band
    extract: Extract
    citations: tuple[Citation, ...] = ()
    cautions: tuple[Caution, ...] = ()
    named: tuple[Citation, ...] = ()
    hit: Hit | None = None
    alternatives: tuple[Hit, ...] = ()
