"""The golden set, and the confidence model learnt from it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from content_packages.errors import ExaminationUnreadable
from content_packages.knowledge.answering import confidence_features
from content_packages.knowledge.confidence import ConfidenceModel, fit, shipped_model
from content_packages.knowledge.records import Entry
from content_packages.knowledge.results import Hit
from content_packages.knowledge.stored import find_entries


@dataclass(frozen=True)
class GoldenQuestion:
    """A question of ours with what must come of it.

    Attributes:
        kind: how it is asked (`paraphrase`, `no_diacritics`, `typo`…) or why it must not be answered
            (`near`, `far`), or `replaced`, `validity` for traps around documents that ended.
        expects: keys of the entries and documents that answer it; empty: it must not be answered.
        says: what the answer's text must contain.
        never: numbers that the answer may not rest on without saying that they ended.
    """

    question: str
    kind: str
    expects: frozenset[str]
    says: tuple[str, ...] = ()
    never: frozenset[str] = frozenset()


def read_golden(*files: Path) -> list[GoldenQuestion]:
    """Golden questions from JSON lines.

    Raises:
        ExaminationUnreadable: a line lacks `question`, `kind` or `expects`.
    """
    questions = []
    for file in files:
        for number, line in enumerate(file.read_text("utf-8").splitlines(), start=1):
            try:
                written = json.loads(line)
                question = GoldenQuestion(
                    question=written["question"],
                    kind=written["kind"],
                    expects=frozenset(written["expects"]),
                    says=tuple(written.get("says", ())),
                    never=frozenset(written.get("never", ())),
                )
            except (ValueError, KeyError, TypeError) as refused:
                raise ExaminationUnreadable(f"{file.name}, line {number}: {refused!r}") from refused
            questions.append(question)
    return questions


def refit(session: Session, questions: Sequence[GoldenQuestion], *, on: date) -> ConfidenceModel:
    """The model learnt anew; the version counts on from the shipped one.

    A list is right for a question when its best hit is among what answers it. The documents that an expected
    entry rests on count as right, too, and so does an entry that rests on an expected document. Questions
    about validity, and traps around documents that ended, are answered from records and teach nothing.
    """
    taught = [one for one in questions if one.kind not in ("validity", "replaced")]
    sources = documents_behind(session, taught)
    entries: list[tuple[tuple[float, ...], bool]] = []
    documents: list[tuple[tuple[float, ...], bool]] = []
    for question in taught:
        of_entries, of_documents, searched = confidence_features(session, question.question, on=on)
        right = question.expects | {ref for key in question.expects for ref in sources.get(key, ())}
        best_entry = {key for hit in searched.result.entries[:1] for key in _keys(hit)}
        best_document = next((hit.key.rpartition("#")[0] for hit in searched.result.documents), "")
        entries.append((of_entries, bool(best_entry & question.expects)))
        documents.append((of_documents, best_document in right))
    old = shipped_model()
    return ConfidenceModel(
        version=old.version + 1,
        fitted_on=f"{on.isoformat()}, {len(taught)} câu",
        entries=fit(*zip(*entries, strict=True)),
        documents=fit(*zip(*documents, strict=True)),
        high=old.high,
        medium=old.medium,
    )


def _keys(hit: Hit) -> set[str]:
    return {hit.key, *(f"document:{one.ref}" for one in hit.citations)}


def documents_behind(session: Session, questions: Iterable[GoldenQuestion]) -> dict[str, list[str]]:
    """Key of each expected entry -> keys of the documents that it rests on."""
    ids = {key.removeprefix("entry:") for one in questions for key in one.expects if key.startswith("entry:")}
    return {f"entry:{name}": _documents(entry) for name, entry in find_entries(session, ids).items()}


def _documents(entry: Entry) -> list[str]:
    return [f"document:{basis.ref}" for basis in entry.sources]
