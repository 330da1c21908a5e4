"""How terms count on each shelf (pure).

Short questions and long law differ: between two stored questions it matters that one asks "ai" and the other
"mấy", and a pair that nearly all of them have ("cải cách") must not count three times. The numbers were
learnt by cross-validation on the part of the golden set that may be learnt from (`tests/golden/fit`), and
held against public sets of law questions.
"""

from dataclasses import dataclass

from content_packages.knowledge.passages import ANSWERS, DOCUMENTS, QUESTIONS, SECTIONS


@dataclass(frozen=True)
class Habits:
    """How a shelf's terms count.

    Attributes:
        pairs: weight of a pair of neighbours beside a lone syllable.
        asking: weight of words that only ask, such as "ai" and "mấy".
        length: how much a long text has to say more for the same score, 0 to 1 (BM25's b).
    """

    pairs: float = 1.0
    asking: float = 0.0
    length: float = 0.75


HABITS = {
    QUESTIONS: Habits(pairs=0.4, asking=0.2, length=0.9),
    ANSWERS: Habits(pairs=0.6, asking=0.2, length=0.9),
    DOCUMENTS: Habits(),
    SECTIONS: Habits(),
}
