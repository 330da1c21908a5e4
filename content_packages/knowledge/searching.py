"""Search: a question -> stored questions, documents, lesson sections, best first, with what they rest on."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from content_packages.knowledge.concerning import concerning
from content_packages.knowledge.extracts import Wanted, extract
from content_packages.knowledge.finding import Findings, find, with_answered
from content_packages.knowledge.held import held_documents, held_entries
from content_packages.knowledge.mirror import Mirror, mirror_of
from content_packages.knowledge.models import KnowledgePassage
from content_packages.knowledge.passages import (
    owner_of_document,
    owner_of_entry,
    plain_text,
    unit_of_article,
)
from content_packages.knowledge.questions import folded_vocabulary
from content_packages.knowledge.ranking import Admits, Found, Ranked
from content_packages.knowledge.records import Basis, Document, Entry, Vocabulary
from content_packages.knowledge.results import Citation, Extract, Facets, Filters, Hit, SearchResult
from content_packages.knowledge.segments import StoredPassage
from content_packages.knowledge.stored import refs_by_number

#: What a similar answered question adds to the article that it cites.
ANSWERED_WEIGHT = 0.25
#: What naming a document adds to all of it, as a share of what the question could score at best.
NAMED_WEIGHT = 0.3
#: Stored questions whose sources are looked up for that.
_ANSWERED = 20
#: A unit below this share of the best is noise: one common word brings half of everything.
_WORTH_COUNTING = 0.3
#: An expired document is announced when it would have stood near the top.
_WORTH_ANNOUNCING = 0.6
_MOST_SECTIONS = 5

_TEXTS = select(KnowledgePassage.passage_id, KnowledgePassage.heading, KnowledgePassage.text).where(
    KnowledgePassage.passage_id.in_(bindparam("wanted", expanding=True))
)


@dataclass(frozen=True)
class Searched:
    """A finished search with what ranked it, for the answer that is made of it.

    Attributes:
        named: recorded documents that the question names by number.
    """

    result: SearchResult
    findings: Findings
    documents: Found
    named: tuple[str, ...]


def search(
    session: Session, question: str, *, on: date, filters: Filters | None = None, limit: int = 10
) -> SearchResult:
    """Stored questions, documents and lesson sections for a question, as things stand on a day.

    Documents that are not in force on the day are left out unless the filters ask for them; then their
    citation says how they stand. Never writes.
    """
    return run_search(session, question, on=on, filters=filters or Filters(), limit=limit).result


def run_search(
    session: Session,
    question: str,
    *,
    on: date,
    filters: Filters,
    limit: int,
    vocabulary: Vocabulary | None = None,
) -> Searched:
    """As `search`, with the ranking; with another vocabulary than the stored one, for trying it."""
    mirror = mirror_of(session)
    if vocabulary is not None:
        mirror = replace(mirror, vocabulary=folded_vocabulary(vocabulary))
    findings = find(mirror, question, admits=_admission(session, mirror, filters))
    named = refs_by_number(session, findings.question.numbers)
    extra = {owner_of_document(ref): NAMED_WEIGHT * findings.documents.ideal for ref in named}
    documents = with_answered(findings.documents, {**_answered(session, mirror, findings), **extra})
    day = on.toordinal()
    holding = [one for one in documents.ranked if filters.with_expired or one.holds_on(day)]
    texts = _texts(
        session,
        [*holding[:limit], *findings.sections.ranked[:_MOST_SECTIONS]],
    )
    records = _Records(session, mirror, on, findings.question.listed, texts)
    entries = records.entry_hits(findings.entries.ranked[:limit])
    result = SearchResult(
        question=question,
        on=on,
        entries=entries,
        documents=records.document_hits(holding[:limit]),
        sections=records.section_hits(findings.sections.ranked[:_MOST_SECTIONS]),
        entry_facets=_facets(findings.entries.ranked),
        document_facets=_facets(holding, documents=True),
        corrected=findings.corrected,
        expired_left_out=_left_out(documents.ranked, holding),
    )
    return Searched(result, findings, Found(holding, documents.terms, documents.ideal), tuple(named))


def _admission(session: Session, mirror: Mirror, filters: Filters) -> Admits | None:
    """Which passages the filters let through; None when all."""
    tests: list[Callable[[StoredPassage], bool]] = []
    if filters.area:
        tests.append(lambda passage: passage.area == filters.area)
    if filters.level:
        tests.append(lambda passage: passage.level in ("", filters.level))
    if filters.document:
        about = concerning(session, mirror, filters.document)
        tests.append(lambda passage: passage.owner in about or passage.unit in about)
    if filters.package:
        beginning = f"section:{filters.package}/" + (f"{filters.module}/" if filters.module else "")
        tests.append(
            lambda passage: not passage.unit.startswith("section:") or passage.unit.startswith(beginning)
        )
    return (lambda passage: all(test(passage) for test in tests)) if tests else None


def _answered(session: Session, mirror: Mirror, findings: Findings) -> Mapping[str, float]:
    """What similar answered questions add to the articles (unit) or documents (owner) that they cite."""
    best = findings.entries.ranked[:_ANSWERED]
    entries = held_entries(session, mirror, [one.passage.owner.removeprefix("entry:") for one in best])
    extra: dict[str, float] = {}
    for one in best:
        entry = entries.get(one.passage.owner.removeprefix("entry:"))
        for basis in entry.sources if entry else ():
            unit = (
                unit_of_article(basis.ref, basis.article) if basis.article else owner_of_document(basis.ref)
            )
            extra[unit] = max(extra.get(unit, 0.0), ANSWERED_WEIGHT * one.score)
    return extra


def _texts(session: Session, ranked: Iterable[Ranked]) -> dict[int, Row[Any]]:
    wanted = [one.passage.passage_id for one in ranked]
    rows: Iterable[Any] = session.connection().execute(_TEXTS, {"wanted": wanted}) if wanted else ()
    return {row.passage_id: row for row in rows}


def _facets(ranked: Sequence[Ranked], *, documents: bool = False) -> Facets:
    least = ranked[0].score * _WORTH_COUNTING if ranked else 0.0
    counted = [one.passage for one in ranked if one.score >= least]
    return Facets(
        areas=dict(Counter(passage.area for passage in counted if passage.area).most_common()),
        levels=dict(Counter(passage.level for passage in counted if passage.level).most_common()),
        documents=dict(Counter(passage.owner.removeprefix("document:") for passage in counted).most_common())
        if documents
        else {},
    )


def _left_out(ranked: Sequence[Ranked], holding: Sequence[Ranked]) -> int:
    """Documents that would have stood near the top, but do not hold on the day."""
    shown = {one.passage.owner for one in holding}
    least = (ranked[0].score if ranked else 0.0) * _WORTH_ANNOUNCING
    return len({one.passage.owner for one in ranked if one.score >= least} - shown)


class _Records:
    """Turns ranked units into hits; a unit whose record is gone in the meantime gives none."""

    def __init__(
        self, session: Session, mirror: Mirror, on: date, asked: Sequence[str], texts: Mapping[int, Row[Any]]
    ) -> None:
        self._session, self._mirror, self._on, self._texts = session, mirror, on, texts
        self._wanted = Wanted.of(asked)

    def entry_hits(self, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        wanted = [one.passage.owner.removeprefix("entry:") for one in ranked]
        entries = held_entries(self._session, self._mirror, wanted)
        refs = {basis.ref for entry in entries.values() for basis in entry.sources}
        held = held_documents(self._session, self._mirror, refs)
        return tuple(
            self._entry_hit(one, entry, held)
            for one in ranked
            if (entry := entries.get(one.passage.owner.removeprefix("entry:"))) is not None
        )

    def _entry_hit(self, one: Ranked, entry: Entry, held: Mapping[str, Document]) -> Hit:
        return Hit(
            kind="entry",
            key=owner_of_entry(entry.id),
            title=entry.question,
            place="",
            extract=self._extract(plain_text(entry.answer)),
            score=one.score,
            citations=tuple(cite(basis, held, on=self._on) for basis in entry.sources),
            entry=entry,
            area=entry.area,
            level=entry.level,
        )

    def document_hits(self, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        held = held_documents(self._session, self._mirror, {_ref(one) for one in ranked})
        hits = (self._document_hit(one, held) for one in ranked if one.passage.passage_id in self._texts)
        return tuple(hits)

    def _document_hit(self, one: Ranked, held: Mapping[str, Document]) -> Hit:
        ref, passage = _ref(one), one.passage
        document, text = held.get(ref), self._texts[passage.passage_id]
        number = int(passage.key.rpartition("#")[2].partition(".")[0])
        within = document.passages[number - 1] if document and 0 < number <= len(document.passages) else None
        basis = Basis(ref, within.article, within.clause) if within else Basis(ref)
        title = document.label if document else str(text.heading).partition("\n")[0]
        place = ", ".join(filter(None, (basis.article, basis.clause, within.heading))) if within else ""
        return Hit(
            kind="document",
            key=passage.key,
            title=title,
            place=place,
            extract=self._extract(text.text if within or not document else record_sentence(document)),
            score=one.score,
            citations=(cite(basis, held, on=self._on),),
            document=document,
            area=passage.area,
            level=passage.level,
        )

    def section_hits(self, ranked: Sequence[Ranked]) -> tuple[Hit, ...]:
        return tuple(self._section_hit(one) for one in ranked if one.passage.passage_id in self._texts)

    def _section_hit(self, one: Ranked) -> Hit:
        package_id, module_id, section = one.passage.unit.removeprefix("section:").rsplit("/", 2)
        text = self._texts[one.passage.passage_id]
        title, _, place = str(text.heading).partition("\n")
        return Hit(
            kind="section",
            key=one.passage.key,
            title=title,
            place=place,
            extract=self._extract(text.text),
            score=one.score,
            package_id=package_id,
            module_id=module_id,
            section=int(section),
            area=one.passage.area,
        )

    def _extract(self, text: str) -> Extract:
        return extract(text, self._wanted)


def _ref(one: Ranked) -> str:
    return one.passage.owner.removeprefix("document:")


def record_sentence(document: Document) -> str:
    """What the record itself tells, for a document that is found as a whole."""
    issued = f"{document.label}; {document.issuer} ban hành"
    signed = f" ngày {document.signed:%d/%m/%Y}" if document.signed else ""
    holds = f"; có hiệu lực từ ngày {document.effective:%d/%m/%Y}" if document.effective else ""
    ends = f"; hết hiệu lực từ ngày {document.expires:%d/%m/%Y}" if document.expires else ""
    parts = "".join(f"; phần về {part.scope} theo {part.ref}" for part in document.replaced_in_part_by)
    return f"{issued}{signed}{holds}{ends}{parts}."


def cite(basis: Basis, held: Mapping[str, Document], *, on: date) -> Citation:
    """What something rests on, and how it stands on a day."""
    document = held.get(basis.ref)
    standing = document.standing_on(on) if document else "unknown"
    return Citation(basis.ref, basis.article, basis.clause, standing, document)
