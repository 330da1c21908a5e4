"""What a person may be about to ask: stored questions and documents that begin like what was typed.

The last word may be half typed; all may lack diacritics or be abbreviations. Only the wording that is shown
comes back, whichever wording matched.
"""

import threading
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, or_, select
from sqlalchemy.orm import Session

from content_packages.knowledge.indexing import has_uncommitted_changes
from content_packages.knowledge.mirror import Mirror, mirror_of
from content_packages.knowledge.models import KnowledgePassage
from content_packages.knowledge.passages import DOCUMENTS, QUESTIONS
from content_packages.knowledge.questions import FoldedVocabulary
from content_packages.knowledge.results import Suggestion
from content_packages.knowledge.syllables import syllables

_P = KnowledgePassage
#: A beginning such as "c" fits thousands; these many are enough to choose from.
_ENOUGH = 2_000


@dataclass(frozen=True)
class _Wording:
    """One way to say it, and what is shown for it."""

    folded: str
    shown: Suggestion


class Suggestions:
    """All wordings, by their words (pure)."""

    def __init__(self, wordings: Iterable[tuple[str, Suggestion]], vocabulary: FoldedVocabulary) -> None:
        self._wordings = [_Wording(" ".join(syllables(text)), shown) for text, shown in wordings]
        self._vocabulary = vocabulary
        places: defaultdict[str, set[int]] = defaultdict(set)
        for place, wording in enumerate(self._wordings):
            for word in wording.folded.split():
                places[word].add(place)
        self._places: Mapping[str, set[int]] = places
        self._words: Sequence[str] = sorted(places)

    def suggest(self, beginning: str, *, limit: int) -> tuple[Suggestion, ...]:
        """The nearest first: those that begin just so, then those that hold all words; short before long."""
        typed = syllables(beginning)
        if not typed:
            return ()
        *whole, last = typed
        found = self._beginning_with(last) | self._of_abbreviation(last)
        for word in whole:
            found &= self._places.get(word, set()) | self._of_abbreviation(word)
        start = " ".join(typed)
        ordered = sorted(found, key=lambda place: self._rank(place, start))
        return tuple(dict.fromkeys(self._wordings[place].shown for place in ordered))[:limit]

    def _beginning_with(self, part: str) -> set[int]:
        found: set[int] = set()
        at = bisect_left(self._words, part)
        while at < len(self._words) and self._words[at].startswith(part) and len(found) < _ENOUGH:
            found |= self._places[self._words[at]]
            at += 1
        return found

    def _of_abbreviation(self, word: str) -> set[int]:
        found: set[int] = set()
        for meaning in self._vocabulary.short.get(word, ()):
            found |= set.intersection(*(self._places.get(syllable, set()) for syllable in meaning))
        return found

    def _rank(self, place: int, start: str) -> tuple[bool, bool, int, str]:
        folded = self._wordings[place].folded
        return (not folded.startswith(start), start not in folded, len(folded), folded)


_HELD: WeakKeyDictionary[Engine, tuple[Mirror, Suggestions]] = WeakKeyDictionary()
_LOCK = threading.Lock()


def suggest(session: Session, beginning: str, *, limit: int = 8) -> tuple[Suggestion, ...]:
    """Stored questions and documents that begin like what was typed, best first."""
    mirror = mirror_of(session)
    if has_uncommitted_changes(session):
        return _read(session, mirror).suggest(beginning, limit=limit)
    engine = session.get_bind().engine
    with _LOCK:
        held = _HELD.get(engine)
        if held is None or held[0] is not mirror:
            held = _HELD[engine] = (mirror, _read(session, mirror))
    return held[1].suggest(beginning, limit=limit)


def _read(session: Session, mirror: Mirror) -> Suggestions:
    wanted = or_(_P.shelf == QUESTIONS, (_P.shelf == DOCUMENTS) & _P.key.endswith("#0"))
    rows = session.execute(select(_P.key, _P.owner, _P.text, _P.hidden).where(wanted).order_by(_P.key)).all()
    shown = {row.owner: Suggestion(row.owner, row.text) for row in reversed(rows)}
    wordings = [(f"{row.text} {row.hidden}", shown[row.owner]) for row in rows]
    return Suggestions(wordings, mirror.vocabulary)
