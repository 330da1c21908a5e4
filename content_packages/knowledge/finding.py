"""A question against the index in memory: ranked units of each shelf (pure).

Articles for which an expert already answered a similar question come higher: measured as the second best
lever, after validity.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from content_packages.knowledge.mirror import Mirror
from content_packages.knowledge.passages import ANSWERS, DOCUMENTS, QUESTIONS, SECTIONS
from content_packages.knowledge.questions import Question, read_question
from content_packages.knowledge.ranking import CANDIDATES, Admits, Found, Ranked, boosted, rank
from content_packages.knowledge.segments import digests_of
from content_packages.knowledge.spelling import corrected
from content_packages.knowledge.syllables import pairs

#: How much the answer with all wordings adds to the stored question that fits best.
ANSWER_WEIGHT = 1.0
#: A stored question that is the one asked stands at least this high before it is looked for.
_MAY_BE_SAME = 5
#: Stored questions, answers and sections are few beside passages of law.
_FEW = 80
#: Below this share of what the question could score at best, typing errors are looked for.
DOUBTFUL = 0.55


@dataclass(frozen=True)
class Findings:
    """All shelves for a question; `corrected` when it was mended first."""

    question: Question
    entries: Found
    documents: Found
    sections: Found
    corrected: str = ""

    @property
    def share(self) -> float:
        """How near the best unit of any shelf comes to its ideal."""
        return max(self.entries.share, self.documents.share, self.sections.share)


def find(mirror: Mirror, text: str, *, admits: Admits | None = None) -> Findings:
    """The units that answer best, as asked, or with typing errors mended where that fits clearly better."""
    asked = _find(mirror, read_question(text, mirror.vocabulary), admits)
    if asked.share >= DOUBTFUL or not asked.question.listed:
        return asked
    listed = list(asked.question.listed)
    mended = corrected(listed, _Everywhere.counting(mirror, [*listed, *pairs(listed)]))
    if mended == list(asked.question.listed):
        return asked
    other = _find(mirror, read_question(" ".join(mended), mirror.vocabulary), admits, " ".join(mended))
    return other if other.share > asked.share else asked


def _find(mirror: Mirror, question: Question, admits: Admits | None, corrected_text: str = "") -> Findings:
    return Findings(
        question=question,
        entries=_entries(mirror, question, admits),
        documents=_on_shelf(mirror, DOCUMENTS, question, admits),
        sections=_on_shelf(mirror, SECTIONS, question, admits),
        corrected=corrected_text,
    )


def _on_shelf(mirror: Mirror, number: int, question: Question, admits: Admits | None) -> Found:
    shelf = mirror.shelves[number]
    terms = shelf.weigh(question.weights, asking=question.asking)
    ideal = sum(term.weight * term.idf for term in terms if term.term in question.own)
    most = CANDIDATES if number == DOCUMENTS else _FEW
    return Found(rank(shelf, terms, admits=admits, candidates=most) if shelf.size else (), terms, ideal)


def _entries(mirror: Mirror, question: Question, admits: Admits | None) -> Found:
    """Stored questions, and what their answers add; an answer alone can also bring its entry."""
    asked = _on_shelf(mirror, QUESTIONS, question, admits)
    told = _on_shelf(mirror, ANSWERS, question, admits)
    extra = {one.passage.unit: ANSWER_WEIGHT * one.score for one in told.ranked}
    listed = {one.passage.unit for one in asked.ranked}
    alone = [Ranked(one.passage, 0.0) for one in told.ranked if one.passage.unit not in listed]
    ranked = boosted([*asked.ranked, *alone], extra)
    same = [one for one in ranked[:_MAY_BE_SAME] if _is_same(mirror, question, one)]
    if same:
        # Whoever asks a stored question word for word wants its answer, whatever else has the same words.
        ranked = [
            same[0]._replace(score=max(ranked[0].score, same[0].score)),
            *(x for x in ranked if x != same[0]),
        ]
    best = ranked[0].passage.unit if ranked else ""
    whole = next((one.passage.passage_id for one in told.ranked if one.passage.unit == best), None)
    return Found(ranked, asked.terms, asked.ideal + ANSWER_WEIGHT * told.ideal, whole)


def _is_same(mirror: Mirror, question: Question, one: Ranked) -> bool:
    """Whether a stored wording is the question itself, written out or abbreviated."""
    shelf, passage_id = mirror.shelves[QUESTIONS], one.passage.passage_id
    for listed in {question.listed, question.spoken}:
        terms = set(listed) | set(pairs(list(listed)))
        length = 2 * len(listed) - 1
        if shelf.length_of(passage_id) == length + len(question.numbers) and shelf.has_all(passage_id, terms):
            return True
    return False


def with_answered(documents: Found, by_unit: Mapping[str, float]) -> Found:
    """The documents with what similar answered questions add to theirs."""
    return Found(boosted(list(documents.ranked), by_unit), documents.terms, documents.ideal)


@dataclass(frozen=True)
class _Everywhere:
    """Frequencies over all shelves, each looked up once."""

    mirror: Mirror
    counted: dict[str, int] = field(default_factory=dict)

    @classmethod
    def counting(cls, mirror: Mirror, terms: Sequence[str]) -> "_Everywhere":
        """With these terms counted beforehand."""
        made = cls(mirror)
        made.count(terms)
        return made

    def count(self, terms: Sequence[str]) -> None:
        digests = digests_of(terms)
        counts = np.sum([shelf.counted(digests) for shelf in self.mirror.shelves.values()], axis=0)
        self.counted.update(zip(terms, counts.tolist(), strict=True))

    def frequency(self, term: str) -> int:
        if term not in self.counted:
            self.count([term])
        return self.counted[term]

    def known(self, terms: Sequence[str]) -> list[str]:
        digests = digests_of(terms)
        found = np.logical_or.reduce([shelf.present(digests) for shelf in self.mirror.shelves.values()])
        return [terms[place] for place in np.flatnonzero(found).tolist()]
