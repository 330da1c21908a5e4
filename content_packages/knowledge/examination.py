"""Search examined on sets that others made, through the same function that pages call.

The set never enters the installation: it is indexed in a database in memory that is gone afterwards.
"""

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from sqlalchemy.pool import StaticPool

from content_packages.errors import ExaminationUnreadable
from content_packages.knowledge.answering import confidence_features
from content_packages.knowledge.confidence import shipped_model
from content_packages.knowledge.indexing import put_passages
from content_packages.knowledge.measures import Recall, auroc, recall_of
from content_packages.knowledge.models import KnowledgePassage
from content_packages.knowledge.passages import DOCUMENTS, Passage
from content_packages.knowledge.searching import search
from content_packages.knowledge.splitting import split_text
from content_packages.knowledge.variants import cut_short, half_without, with_slip, without_diacritics

#: Old sets rest on law that has ended since; here everything holds.
_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True)
class Article:
    """One thing to be found: an article of a law, or an entry of a list of questions."""

    id: str
    document: str
    heading: str
    text: str


@dataclass(frozen=True)
class ExamQuestion:
    """A question with the ids that answer it; none: the set does not answer it."""

    question: str
    relevant: frozenset[str]


@dataclass(frozen=True)
class Examination:
    """The outcome. `auroc` is None when every question has an answer, or none has."""

    articles: int
    passages: int
    answerable: int
    unanswerable: int
    scores: tuple[Recall, ...]
    auroc: float | None
    p50_ms: float
    p95_ms: float


def read_corpus(file: Path) -> list[Article]:
    """Articles from JSON lines: `id`, `document` (name of the law), `heading`, `text`.

    Raises:
        ExaminationUnreadable: a line is not such an object, or an id comes twice.
    """
    articles = []
    for number, line in _lines(file):
        try:
            articles.append(
                Article(str(line["id"]), line.get("document", ""), line.get("heading", ""), line["text"])
            )
        except KeyError as missing:
            raise ExaminationUnreadable(f"{file.name}, line {number}: {missing} is missing.") from missing
    if len({article.id for article in articles}) < len(articles):
        raise ExaminationUnreadable(f"{file.name}: an id comes twice.")
    return articles


def read_questions(file: Path) -> list[ExamQuestion]:
    """Questions from JSON lines: `question`, `relevant` (ids, or an empty list).

    Raises:
        ExaminationUnreadable: a line is not such an object.
    """
    questions = []
    for number, line in _lines(file):
        try:
            questions.append(ExamQuestion(line["question"], frozenset(map(str, line["relevant"]))))
        except (KeyError, TypeError) as missing:
            raise ExaminationUnreadable(f"{file.name}, line {number}: {missing} is missing.") from missing
    return questions


def _lines(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, text in enumerate(file.read_text("utf-8-sig").splitlines(), start=1):
        if not text.strip():
            continue
        try:
            line = json.loads(text)
        except ValueError as refused:
            raise ExaminationUnreadable(f"{file.name}, line {number}: not JSON.") from refused
        if not isinstance(line, dict):
            raise ExaminationUnreadable(f"{file.name}, line {number}: not an object.")
        yield number, line


def examine(articles: Sequence[Article], questions: Sequence[ExamQuestion]) -> Examination:
    """Indexes the articles apart and asks every question, as asked and as hurried people type it."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    tables = [
        table
        for table in KnowledgePassage.metadata.sorted_tables
        if table.name.startswith("content_knowledge_")
    ]
    KnowledgePassage.metadata.create_all(engine, tables=tables)
    try:
        with Session(engine) as session:
            passages = put_passages(session, {f"document:{one.id}": list(_passages(one)) for one in articles})
            session.commit()
            return _ask(session, articles, questions, passages)
    finally:
        engine.dispose()


def _passages(article: Article) -> Iterator[Passage]:
    """Each passage carries the law's name and the article's heading."""
    name = f"document:{article.id}"
    for count, text in enumerate(split_text(article.text) or [article.heading], start=1):
        heading = "\n".join(part for part in (article.document, article.heading) if part)
        yield Passage(key=f"{name}#{count}", unit=name, shelf=DOCUMENTS, heading=heading, text=text)


def _ask(
    session: Session, articles: Sequence[Article], questions: Sequence[ExamQuestion], passages: int
) -> Examination:
    answerable = [one for one in questions if one.relevant]
    others = [one for one in questions if not one.relevant]
    times: list[float] = []
    variants: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
        ("nguyên văn", lambda text, _: text),
        ("không dấu", lambda text, _: without_diacritics(text)),
        ("nửa dấu", half_without),
        ("gõ dở", cut_short),
        ("gõ sai", with_slip),
    )
    scores = []
    for name, changed in variants:
        draw = random.Random(905)  # noqa: S311 - typing errors, not secrets
        found = [_ids(session, changed(one.question, draw), times) for one in answerable]
        scores.append(recall_of(name, found, [one.relevant for one in answerable]))
    sure, unsure = (_confidences(session, part) for part in (answerable, others))
    return Examination(
        articles=len(articles),
        passages=passages,
        answerable=len(answerable),
        unanswerable=len(others),
        scores=tuple(scores),
        auroc=auroc(sure, unsure) if sure and unsure else None,
        p50_ms=float(np.percentile(times, 50)) if times else 0.0,
        p95_ms=float(np.percentile(times, 95)) if times else 0.0,
    )


def _ids(session: Session, question: str, times: list[float]) -> list[str]:
    began = time.process_time()
    hits = search(session, question, on=_ANY_DAY, limit=10).documents
    times.append((time.process_time() - began) * 1000)
    return [hit.key.removeprefix("document:").rpartition("#")[0] for hit in hits]


def _confidences(session: Session, questions: Sequence[ExamQuestion]) -> list[float]:
    model = shipped_model().documents
    return [
        model.probability(confidence_features(session, one.question, on=_ANY_DAY)[1]) for one in questions
    ]
