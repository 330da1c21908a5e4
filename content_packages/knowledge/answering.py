"""One answer to a question, with what it rests on and how sure it is; or an honest "we do not know"."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Literal

from sqlalchemy.orm import Session

from content_packages.knowledge.confidence import ConfidenceModel, features_of, shipped_model
from content_packages.knowledge.mirror import mirror_of
from content_packages.knowledge.passages import ANSWERS, DOCUMENTS, QUESTIONS, SECTIONS, plain_text
from content_packages.knowledge.ranking import Found
from content_packages.knowledge.records import Basis
from content_packages.knowledge.results import Answer, Caution, Citation, Extract, Filters, Hit
from content_packages.knowledge.searching import Searched, cite, run_search
from content_packages.knowledge.stored import find_documents
from content_packages.knowledge.validity import ValidityAnswer, answer_validity

MOST_ALTERNATIVES = 5
#: Records that name the document by its number leave little to doubt; a title may be shared by several.
_BY_NUMBER, _BY_TITLE = 0.95, 0.8
_TELLING = 0.5
#: The model says whether the right document was found; its best passage holds the answer this often.
_PASSAGE_ANSWERS = 0.86
_CAUTION_OF: dict[str, Caution] = {
    "expired": "basis_expired",
    "not_yet": "basis_not_yet",
    "unknown": "basis_unknown",
}


@dataclass(frozen=True)
class _Candidate:
    kind: Literal["entry", "document", "section"]
    hit: Hit
    confidence: float


def answer(
    session: Session,
    question: str,
    *,
    on: date,
    filters: Filters | None = None,
    model: ConfidenceModel | None = None,
) -> Answer:
    """What the knowledge base answers as of a day. Never writes.

    An answer that rests on a document which is not in force carries a caution. Questions about validity are
    answered from the records. Below the calibrated confidence the kind is `unknown`.
    """
    model = model or shipped_model()
    searched = run_search(session, question, on=on, filters=filters or Filters(), limit=10)
    numbers = searched.findings.question.numbers
    held = find_documents(session, searched.named)
    named = tuple(cite(Basis(ref), held, on=on) for ref in searched.named)
    candidates = _candidates(session, searched, model)
    validity = answer_validity(session, question, on=on)
    if validity is not None and not _told_better(validity, candidates, model):
        return _from_records(searched, validity, named=named)
    is_nothing_held = bool(numbers) and not named and not _is_named_anywhere(searched)
    best = candidates[0] if candidates and not is_nothing_held else None
    if best is None or model.band(best.confidence) == "low":
        return _unknown(searched, candidates, named=named)
    return _from_candidate(searched, best, model, named=named)


def confidence_features(
    session: Session, question: str, *, on: date
) -> tuple[tuple[float, ...], tuple[float, ...], Searched]:
    """What the models see of a question: for the best entry, for the best document; and the search itself."""
    searched = run_search(session, question, on=on, filters=Filters(), limit=10)
    mirror, own = mirror_of(session), searched.findings.question.own
    shelves = mirror.shelves
    entries = features_of(searched.findings.entries, shelves[QUESTIONS], own, whole=shelves[ANSWERS])
    return entries, features_of(searched.documents, shelves[DOCUMENTS], own), searched


def _candidates(session: Session, searched: Searched, model: ConfidenceModel) -> list[_Candidate]:
    """The best of each list, surest first; of equals the stored question."""
    mirror, result, findings = mirror_of(session), searched.result, searched.findings
    own = findings.question.own
    kinds: tuple[tuple[Literal["entry", "document", "section"], Sequence[Hit], Found, int], ...] = (
        ("entry", result.entries, findings.entries, QUESTIONS),
        ("document", result.documents, searched.documents, DOCUMENTS),
        ("section", result.sections, findings.sections, SECTIONS),
    )
    candidates = []
    for kind, hits, found, shelf in kinds:
        if hits:
            whole = mirror.shelves[ANSWERS] if kind == "entry" else None
            features = features_of(found, mirror.shelves[shelf], own, whole=whole)
            fitted = model.entries if kind == "entry" else model.documents
            hit = _telling(hits) if kind == "document" and not searched.named else hits[0]
            sureness = fitted.probability(features) * (1.0 if kind == "entry" else _PASSAGE_ANSWERS)
            candidates.append(_Candidate(kind, hit, sureness))
    return sorted(candidates, key=lambda one: -one.confidence)


def _telling(hits: Sequence[Hit]) -> Hit:
    """What an article says answers more than that the document exists, unless it fits much worse."""
    first = hits[0]
    if first.place:
        return first
    same = (hit for hit in hits if hit.place and hit.document == first.document)
    return next((hit for hit in same if hit.score >= first.score * _TELLING), first)


def _told_better(validity: ValidityAnswer, candidates: Sequence[_Candidate], model: ConfidenceModel) -> bool:
    """An expert's answer on how two documents relate says more than the edge between them."""
    best = candidates[0] if candidates else None
    is_sure = best is not None and best.kind == "entry" and best.confidence >= model.high
    return validity.asked == "between" and is_sure


def _is_named_anywhere(searched: Searched) -> bool:
    """Whether any passage mentions a number of the question."""
    found = (searched.findings.entries, searched.documents, searched.findings.sections)
    return any(term.df for one in found for term in one.terms if term.term.startswith("#"))


def _from_records(searched: Searched, validity: ValidityAnswer, *, named: tuple[Citation, ...]) -> Answer:
    on = searched.result.on
    held = {document.ref: document for document in validity.about}
    confidence = _BY_NUMBER if named else _BY_TITLE
    return Answer(
        question=searched.result.question,
        on=searched.result.on,
        kind="validity",
        confidence=confidence,
        band="high",
        extract=Extract(validity.text),
        citations=tuple(cite(Basis(ref), held, on=on) for ref in held),
        named=named,
        alternatives=_alternatives(searched, without=None),
    )


def _unknown(searched: Searched, candidates: Sequence[_Candidate], *, named: tuple[Citation, ...]) -> Answer:
    return Answer(
        question=searched.result.question,
        on=searched.result.on,
        kind="unknown",
        confidence=candidates[0].confidence if candidates else 0.0,
        band="low",
        extract=Extract(""),
        named=named,
        cautions=_named_cautions(named),
        alternatives=_alternatives(searched, without=None),
    )


def _from_candidate(
    searched: Searched, best: _Candidate, model: ConfidenceModel, *, named: tuple[Citation, ...]
) -> Answer:
    hit = best.hit
    whole = Extract(plain_text(hit.entry.answer)) if hit.entry else hit.extract
    return Answer(
        question=searched.result.question,
        on=searched.result.on,
        kind=best.kind,
        confidence=best.confidence,
        band=model.band(best.confidence),
        extract=whole,
        citations=hit.citations,
        cautions=tuple(dict.fromkeys((*_cautions(hit.citations), *_named_cautions(named)))),
        named=named,
        hit=hit,
        alternatives=_alternatives(searched, without=hit),
    )


def _cautions(citations: Iterable[Citation]) -> Iterable[Caution]:
    for citation in citations:
        if citation.standing in _CAUTION_OF:
            yield _CAUTION_OF[citation.standing]
        document = citation.document if citation.standing == "in_force" else None
        # What was replaced for some must be read together with its successor, like what was amended.
        if document and (document.amended_by or document.replaced_in_part_by):
            yield "basis_amended"


def _named_cautions(named: Iterable[Citation]) -> tuple[Caution, ...]:
    return ("named_expired",) if any(one.standing == "expired" for one in named) else ()


def _alternatives(searched: Searched, *, without: Hit | None) -> tuple[Hit, ...]:
    """What else may be meant: stored questions and documents in turn, then a lesson."""
    result = searched.result
    in_turn = [hit for pair in zip_longest(result.entries[:4], result.documents[:4]) for hit in pair if hit]
    others = {
        hit.key: hit for hit in (*in_turn, *result.sections[:1]) if without is None or hit.key != without.key
    }
    return tuple(others.values())[:MOST_ALTERNATIVES]
