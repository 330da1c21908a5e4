"""Abbreviations, synonyms and old phrases: published with the sources, and changed one by one by people.

What a person changed or removed stays as they left it when the shipped words are published again; every
change is kept with who made it and why. A change is in effect with the commit, like any publication.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_packages.errors import KnowledgeItemNotFound, WordRefused
from content_packages.knowledge.indexing import next_version
from content_packages.knowledge.models import KnowledgeWord, KnowledgeWordChange
from content_packages.knowledge.records import Vocabulary
from content_packages.knowledge.results import Filters, SearchResult
from content_packages.knowledge.searching import run_search
from content_packages.knowledge.stored import read_vocabulary
from content_packages.knowledge.syllables import syllables

#: `abbreviation`: short form -> full forms; `synonym`: phrases that mean the same; `newer`: old -> today's.
WordKind = Literal["abbreviation", "synonym", "newer"]
WORD_KINDS: Final[tuple[WordKind, ...]] = ("abbreviation", "synonym", "newer")
_LONGEST, _MOST = 120, 20


@dataclass(frozen=True)
class Word:
    """One line of the vocabulary.

    Attributes:
        phrase: the short form, the old phrase, or the first phrase of the group.
        meanings: what it stands for, or the other phrases.
    """

    kind: WordKind
    phrase: str
    meanings: tuple[str, ...]


@dataclass(frozen=True)
class WordChange:
    """What a person made of a word; no meanings: they removed it."""

    word: Word
    made_at: datetime
    made_by: str
    reason: str


def list_words(session: Session) -> list[Word]:
    """The whole vocabulary, by kind and phrase."""
    rows = session.scalars(select(KnowledgeWord).order_by(KnowledgeWord.kind, KnowledgeWord.phrase))
    return [Word(_kind(row.kind), row.phrase, tuple(row.meanings)) for row in rows]


def find_word(session: Session, kind: str, phrase: str) -> Word:
    """One word.

    Raises:
        KnowledgeItemNotFound: there is none.
    """
    row = session.get(KnowledgeWord, (kind, phrase))
    if row is None:
        raise KnowledgeItemNotFound(f"The vocabulary holds no {kind[:16]} {phrase[:_LONGEST]!r}.")
    return Word(_kind(row.kind), row.phrase, tuple(row.meanings))


def list_word_changes(session: Session, *, phrase: str | None = None, limit: int = 50) -> list[WordChange]:
    """What people changed, newest first; of one phrase or of all."""
    wanted = select(KnowledgeWordChange).order_by(KnowledgeWordChange.change_id.desc()).limit(limit)
    if phrase is not None:
        wanted = wanted.where(KnowledgeWordChange.phrase == phrase)
    return [
        WordChange(
            Word(_kind(row.kind), row.phrase, tuple(row.meanings)), row.made_at, row.made_by, row.reason
        )
        for row in session.scalars(wanted)
    ]


def put_word(session: Session, word: Word, *, by: str, now: datetime, reason: str = "") -> bool:
    """Adds the word, or gives it these meanings; False when it has them already.

    Raises:
        WordRefused: nothing that can be searched, too long, or too many meanings.
    """
    _check(word)
    next_version(session)
    row = session.get(KnowledgeWord, (word.kind, word.phrase))
    if row is not None and tuple(row.meanings) == word.meanings:
        return False
    session.merge(KnowledgeWord(kind=word.kind, phrase=word.phrase, meanings=list(word.meanings)))
    _note(session, word, by=by, now=now, reason=reason)
    return True


def remove_word(
    session: Session, kind: str, phrase: str, *, by: str, now: datetime, reason: str = ""
) -> None:
    """Takes a word out.

    Raises:
        KnowledgeItemNotFound: there is none.
    """
    next_version(session)
    word = find_word(session, kind, phrase)
    session.delete(session.get_one(KnowledgeWord, (kind, phrase)))
    _note(session, Word(word.kind, phrase, ()), by=by, now=now, reason=reason)


def try_word(session: Session, question: str, word: Word, *, on: date) -> tuple[SearchResult, SearchResult]:
    """What a question finds now, and what it would find with the word. Nothing is changed.

    Raises:
        WordRefused: as for `put_word`.
    """
    _check(word)
    now, trial = (
        run_search(session, question, on=on, filters=Filters(), limit=5, vocabulary=vocabulary).result
        for vocabulary in (None, with_word(read_vocabulary(session), word))
    )
    return now, trial


def with_word(vocabulary: Vocabulary, word: Word) -> Vocabulary:
    """The vocabulary as it would be with the word (pure)."""
    short, newer = dict(vocabulary.abbreviations), dict(vocabulary.newer)
    groups = vocabulary.synonyms
    if word.kind == "abbreviation":
        short[word.phrase] = word.meanings
    elif word.kind == "newer":
        newer[word.phrase] = word.meanings
    else:
        others = tuple(group for group in groups if group[0] != word.phrase)
        groups = (*others, (word.phrase, *word.meanings))
    return Vocabulary(short, groups, newer)


def _check(word: Word) -> None:
    phrases = (word.phrase, *word.meanings)
    if not word.meanings or not all(syllables(phrase) for phrase in phrases):
        raise WordRefused("A word needs letters or digits, and at least one meaning.")
    if len(word.meanings) > _MOST or any(len(phrase) > _LONGEST for phrase in phrases):
        raise WordRefused(f"A word has at most {_MOST} meanings of at most {_LONGEST} characters each.")
    own = {tuple(syllables(phrase)) for phrase in word.meanings}
    if tuple(syllables(word.phrase)) in own or len(own) < len(word.meanings):
        raise WordRefused("A word cannot mean itself, and no meaning may come twice.")


def _note(session: Session, word: Word, *, by: str, now: datetime, reason: str) -> None:
    session.add(
        KnowledgeWordChange(
            kind=word.kind,
            phrase=word.phrase,
            meanings=list(word.meanings),
            made_at=now,
            made_by=by,
            reason=reason,
        )
    )
    session.flush()


def publish_vocabulary(session: Session, vocabulary: Vocabulary) -> bool:
    """Makes this the vocabulary, but for words that people changed; False when it already is."""
    changes = select(KnowledgeWordChange.kind, KnowledgeWordChange.phrase).distinct()
    kept = {(kind, phrase) for kind, phrase in session.execute(changes)}
    stored = {(one.kind, one.phrase): one.meanings for one in list_words(session)}
    wanted = {(one.kind, one.phrase): one.meanings for one in words_of(vocabulary)}
    target = {
        **{key: meanings for key, meanings in wanted.items() if key not in kept},
        **{key: meanings for key, meanings in stored.items() if key in kept},
    }
    if target == stored:
        return False
    next_version(session)
    session.execute(delete(KnowledgeWord))
    session.expire_all()
    session.add_all(
        KnowledgeWord(kind=kind, phrase=phrase, meanings=list(meanings))
        for (kind, phrase), meanings in target.items()
    )
    session.flush()
    return True


def words_of(vocabulary: Vocabulary) -> Sequence[Word]:
    """A vocabulary as single words (pure)."""
    return (
        *(Word("abbreviation", short, full) for short, full in vocabulary.abbreviations.items()),
        *(Word("newer", old, new) for old, new in vocabulary.newer.items()),
        *(Word("synonym", group[0], group[1:]) for group in vocabulary.synonyms if len(group) > 1),
    )


def _kind(stored: str) -> WordKind:
    return next(kind for kind in WORD_KINDS if kind == stored)
