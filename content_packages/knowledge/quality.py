"""Our own golden set against search and answers: finding, refusing, validity, time."""

import random
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from sqlalchemy.orm import Session

from content_packages.knowledge.answering import answer
from content_packages.knowledge.confidence import ConfidenceModel
from content_packages.knowledge.measures import Recall, auroc, recall_of
from content_packages.knowledge.refitting import GoldenQuestion, documents_behind
from content_packages.knowledge.results import Answer, Hit
from content_packages.knowledge.searching import search
from content_packages.knowledge.variants import cut_short, half_without, with_slip, without_diacritics

#: Why a question must not be answered.
REFUSED = ("near", "far")
_VARIANTS: tuple[tuple[str, Callable[[str, random.Random], str]], ...] = (
    ("as asked", lambda text, _: text),
    ("no diacritics", lambda text, _: without_diacritics(text)),
    ("half of them", half_without),
    ("still typing", cut_short),
    ("slip", with_slip),
)


@dataclass(frozen=True)
class Quality:
    """What the golden set shows.

    Attributes:
        recalls: per variant over all answerable questions, then per kind as asked.
        answered: share of answerable questions that are answered with high confidence.
        precision: share of those for which the answer or one of the two alternatives shown first is right.
        precision_at_1: share of those that are right themselves.
        far_answered, near_answered: share of the others answered with high confidence.
        wrong_validity: questions about validity whose answer lacks what the records say.
        unlabelled: questions whose results rest on an ended document without saying so.
        p95_ms: CPU of one answer.
    """

    questions: int
    recalls: tuple[Recall, ...]
    answered: float
    precision: float
    precision_at_1: float
    far_answered: float
    near_answered: float
    auroc_far: float
    auroc_near: float
    wrong_validity: tuple[str, ...]
    unlabelled: tuple[str, ...]
    wrong_answers: tuple[str, ...]
    missed: tuple[str, ...]
    p95_ms: float


def measure_quality(
    session: Session, questions: Sequence[GoldenQuestion], *, on: date, model: ConfidenceModel | None = None
) -> Quality:
    """Asks everything and compares."""
    findable = [one for one in questions if one.expects and one.kind not in ("validity", "replaced")]
    behind = documents_behind(session, questions)
    times: list[float] = []
    given = {one: _timed(session, one, times, on=on, model=model) for one in questions}
    sure = [one for one in findable if given[one].band == "high"]
    right = [one for one in sure if _is_right(given[one], one, behind)]
    near_right = [one for one in sure if one in right or _is_beside(given[one], one)]
    refused = {kind: [given[one] for one in questions if one.kind == kind] for kind in REFUSED}
    confidences = [given[one].confidence for one in findable]
    return Quality(
        questions=len(questions),
        recalls=(*_by_variant(session, findable, on=on), *_by_kind(session, findable, on=on)),
        answered=len(sure) / (len(findable) or 1),
        precision=len(near_right) / (len(sure) or 1),
        precision_at_1=len(right) / (len(sure) or 1),
        far_answered=_share(one.band == "high" for one in refused["far"]),
        near_answered=_share(one.band == "high" for one in refused["near"]),
        auroc_far=auroc(confidences, [one.confidence for one in refused["far"]]),
        auroc_near=auroc(confidences, [one.confidence for one in refused["near"]]),
        wrong_validity=tuple(one.question for one in questions if one.says and not _says(given[one], one)),
        unlabelled=tuple(one.question for one in questions if _rests_on(session, given[one], one, on=on)),
        wrong_answers=tuple(one.question for one in sure if one not in right),
        missed=tuple(
            one.question for one in findable if not one.expects & set(_top(session, one, on=on)[:5])
        ),
        p95_ms=float(np.percentile(times, 95)),
    )


def _timed(
    session: Session, one: GoldenQuestion, times: list[float], *, on: date, model: ConfidenceModel | None
) -> Answer:
    began = time.process_time()
    given = answer(session, one.question, on=on, model=model)
    times.append((time.process_time() - began) * 1000)
    return given


def _is_right(given: Answer, asked: GoldenQuestion, behind: dict[str, list[str]]) -> bool:
    """The expected thing itself, one of the documents that it rests on, or an answer that cites it."""
    right = asked.expects | {ref for key in asked.expects for ref in behind.get(key, ())}
    keys = {f"document:{one.ref}" for one in given.citations}
    if given.hit and not keys & asked.expects:
        keys = {_key(given.hit)}
    return bool(keys & right) or (given.kind == "section" and bool(given.hit))


def _is_beside(given: Answer, asked: GoldenQuestion) -> bool:
    """Whether one of the two alternatives shown first is what was expected."""
    return any(_key(hit) in asked.expects for hit in given.alternatives[:2])


def _key(hit: Hit) -> str:
    return hit.key.partition("#")[0]


def _says(given: Answer, asked: GoldenQuestion) -> bool:
    return all(said in given.extract.text for said in asked.says)


def _rests_on(session: Session, given: Answer, asked: GoldenQuestion, *, on: date) -> bool:
    """Whether an ended document stands in the answer or near the top without saying so."""
    shown = search(session, asked.question, on=on, limit=5).documents if asked.never else ()
    cited = {one.ref for one in given.citations if one.standing == "expired"} if not given.cautions else set()
    silent = {one.ref for hit in shown for one in hit.citations[:1] if not one.ended_parts}
    return bool(asked.never & (silent | cited))


def _by_variant(session: Session, questions: Sequence[GoldenQuestion], *, on: date) -> Iterable[Recall]:
    for name, changed in _VARIANTS:
        draw = random.Random(905)  # noqa: S311 - typing errors, not secrets
        asked = [(one, changed(one.question, draw)) for one in questions]
        yield _recall(session, name, asked, on=on)


def _by_kind(session: Session, questions: Sequence[GoldenQuestion], *, on: date) -> Iterable[Recall]:
    for kind in dict.fromkeys(one.kind for one in questions):
        yield _recall(session, kind, [(one, one.question) for one in questions if one.kind == kind], on=on)


def _recall(session: Session, name: str, asked: Sequence[tuple[GoldenQuestion, str]], *, on: date) -> Recall:
    """One right thing is enough; an entry is looked for among entries, a document among documents."""
    found, right = [], []
    for one, text in asked:
        listed = _top(session, replace(one, question=text), on=on)
        found.append(["right" if key in one.expects else key for key in listed])
        right.append(frozenset({"right"}))
    return recall_of(name, found, right)


def _top(session: Session, asked: GoldenQuestion, *, on: date) -> list[str]:
    result = search(session, asked.question, on=on, limit=10)
    is_entry = any(key.startswith("entry:") for key in asked.expects)
    return list(dict.fromkeys(_key(hit) for hit in (result.entries if is_entry else result.documents)))


def _share(kept: Iterable[bool]) -> float:
    listed = list(kept)
    return sum(listed) / (len(listed) or 1)
