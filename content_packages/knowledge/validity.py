"""Questions about validity, answered from the records: in force, since when, replaced or amended by what.

What is asked is read from the words (pure); the answer is put together from days and edges, so it is as new
as the records and never guessed from a text.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.knowledge.law_numbers import law_numbers
from content_packages.knowledge.models import KnowledgeDocument
from content_packages.knowledge.records import Document
from content_packages.knowledge.stored import find_documents, find_mentioned, refs_by_number
from content_packages.knowledge.syllables import syllables

Asked = Literal["in_force", "replaced_by", "replaces", "amended_by", "amends", "since", "between"]

_REPLACED_WORDS = r"(?:thay the|thay(?! mat| doi)|bai bo|huy bo)"
_AMEND_WORDS = r"(?:sua doi|bo sung|sua)"
_WHICH = r"(?:van ban|luat|nghi dinh|thong tu|quyet dinh|nghi quyet|quy dinh|cai|so)?\s*(?:nao|gi|may)"
_FORCE = re.compile(
    r"\b(?:con|het|dang|chua|co)\s+(?:nguyen\s+|co\s+)?(?:hieu luc|gia tri)\b"
    r"|\bcon\s+(?:ap dung|dung|thi hanh|xai)\b"
    r"|\bhieu luc (?:khong|chua|nua|hay|den|toi)\b|\bcon dung (?:duoc|khong|nua)|\bap dung (?:nua|duoc)\b"
)
_SINCE = re.compile(
    r"\bhieu luc\b.*\b(?:tu|khi|luc|bao gio|ngay)\b|\b(?:khi nao|bao gio|ngay nao)\b.*\bhieu luc\b"
)
_REPLACED_BY = re.compile(
    rf"\b(?:bi|duoc)\s+{_REPLACED_WORDS}\b|{_WHICH}\s+(?:da |se |dang )?{_REPLACED_WORDS}\b"
    rf"|\bthay bang\b|\b{_REPLACED_WORDS}\b.*\b(?:boi|bang)\b"
)
_REPLACES = re.compile(rf"\b{_REPLACED_WORDS}\b(?: cho)?\s+(?:nhung |cac )?{_WHICH}\b")
_AMENDED_BY = re.compile(rf"\b(?:bi|duoc)\s+{_AMEND_WORDS}\b|{_WHICH}\s+(?:da |se |dang )?{_AMEND_WORDS}\b")
_AMENDS = re.compile(rf"\b{_AMEND_WORDS}\b(?: cho)?\s+(?:nhung |cac )?{_WHICH}\b")
_ANY_REPLACE = re.compile(rf"\b{_REPLACED_WORDS}\b")
#: "nd 61 thay the" is a question; in a long one the word may mean anything.
_SHORT = 8


@dataclass(frozen=True)
class ValidityAnswer:
    """What the records say.

    Attributes:
        about: the documents asked about, then those that the answer names.
    """

    asked: Asked
    text: str
    about: tuple[Document, ...]


def read_validity_question(question: str) -> Asked | None:
    """What of validity is asked, or None when the question is about something else."""
    folded = " ".join(syllables(question))
    two = len(law_numbers(question)) > 1
    if two and _ANY_REPLACE.search(folded):
        return "between"
    patterns: tuple[tuple[Asked, re.Pattern[str]], ...] = (
        ("replaces", _REPLACES),
        ("replaced_by", _REPLACED_BY),
        ("since", _SINCE),
        ("in_force", _FORCE),
        ("amends", _AMENDS),
        ("amended_by", _AMENDED_BY),
    )
    if len(folded.split()) <= _SHORT:
        patterns += (("replaced_by", _ANY_REPLACE),)
    return next((asked for asked, pattern in patterns if pattern.search(folded)), None)


def answer_validity(session: Session, question: str, *, on: date) -> ValidityAnswer | None:
    """The answer from the records; None when validity is not asked, or no document is named that we hold."""
    asked = read_validity_question(question)
    if asked is None:
        return None
    named = named_documents(session, question)
    if not named:
        return None
    other_refs = {ref for one in named for ref in _related(one)}
    others = find_documents(session, sorted(other_refs))
    if asked == "between" and len(named) < 2:
        asked = "replaced_by"
    if asked == "between":
        text = _between(named[0], named[1], others, on)
    else:
        text = "\n".join(_say(asked, document, others, on) for document in named)
    mentioned = [other for ref, other in others.items() if ref in text and other not in named]
    return ValidityAnswer(asked, text, (*named, *mentioned))


def _related(document: Document) -> Iterable[str]:
    yield from (*document.replaced_by, *document.replaces, *document.amended_by, *document.amends)
    yield from (part.ref for part in (*document.replaced_in_part_by, *document.replaces_in_part))


def named_documents(session: Session, question: str) -> list[Document]:
    """The recorded documents that a question names: by number, else by title (all of that title)."""
    refs = refs_by_number(session, law_numbers(question))
    if not refs and not law_numbers(question):
        columns = (
            KnowledgeDocument.ref,
            KnowledgeDocument.kind,
            KnowledgeDocument.title,
            KnowledgeDocument.signed,
        )
        rows = session.execute(select(*columns)).all()
        refs = _refs_by_title(question, [(row.ref, f"{row.kind} {row.title}", row.signed) for row in rows])
    held = find_documents(session, refs)
    mentioned = [one for number in law_numbers(question) for one in find_mentioned(session, number)]
    return [*(held[ref] for ref in refs), *mentioned]


def _refs_by_title(question: str, recorded: Sequence[tuple[str, str, date | None]]) -> list[str]:
    """Documents whose kind and title stand in the question, the longest title only; a year narrows them."""
    asked = " ".join(syllables(question))
    fitting = [
        (title, ref, signed)
        for ref, name, signed in recorded
        if (title := " ".join(syllables(name))) in asked
    ]
    longest = max((len(title) for title, _, _ in fitting), default=0)
    fitting = [one for one in fitting if len(one[0]) == longest]
    years = set(re.findall(r"\b(?:19|20)\d\d\b", asked))
    of_year = [one for one in fitting if one[2] and str(one[2].year) in years]
    ordered = sorted(of_year or fitting, key=lambda one: (one[2] or date.min, one[1]), reverse=True)
    return [ref for _, ref, _ in ordered]


def _say(asked: Asked, document: Document, others: Mapping[str, Document], on: date) -> str:
    if asked == "in_force":
        return _standing(document, others, on)
    if asked == "since":
        return _since(document, others, on)
    if asked == "replaced_by":
        return _replaced_by(document, others, on)
    if asked == "amended_by":
        names = _names(document.amended_by, others)
        known = (
            f"{document.name} được sửa đổi, bổ sung bởi {names}." if names else _no_edge(document, "sửa đổi")
        )
        return f"{known} {_standing(document, others, on)}"
    of, verb = (
        (document.replaces, "thay thế") if asked == "replaces" else (document.amends, "sửa đổi, bổ sung")
    )
    names = _names(of, others)
    parts = document.replaces_in_part if asked == "replaces" else ()
    told = [f"{document.name} {verb} {names}."] if names else []
    told += [
        f"{document.name} thay thế phần về {one.scope} của {_names([one.ref], others)}." for one in parts
    ]
    return "\n".join(told) or f"Cơ sở tri thức chưa ghi {document.name} {verb} văn bản nào."


def _standing(document: Document, others: Mapping[str, Document], on: date) -> str:
    day, standing = f"{on:%d/%m/%Y}", document.standing_on(on)
    if standing == "expired":
        since = f" từ ngày {document.expires:%d/%m/%Y}" if document.expires else ""
        names = _names(document.replaced_by, others)
        return f"{document.name} đã hết hiệu lực{since}" + (f", được thay thế bởi {names}." if names else ".")
    if standing == "not_yet":
        first = document.effective or document.signed
        return f"{document.name} chưa có hiệu lực vào ngày {day}" + (
            f"; có hiệu lực từ {first:%d/%m/%Y}." if first else "."
        )
    if standing == "unknown":
        return f"Cơ sở tri thức chưa ghi ngày có hiệu lực của {document.name}."
    end = f"; sẽ hết hiệu lực từ ngày {document.expires:%d/%m/%Y}" if document.expires else ""
    amended = _names(document.amended_by, others)
    text = f"{document.name} còn hiệu lực vào ngày {day}, theo dữ liệu của cơ sở tri thức{end}"
    text += f"; đã được sửa đổi, bổ sung bởi {amended}." if amended else "."
    return " ".join([text, *_ended_parts(document, others)])


def _ended_parts(document: Document, others: Mapping[str, Document]) -> Iterable[str]:
    """What of a document ended although the rest holds, a sentence each."""
    for part in document.replaced_in_part_by:
        newer = others.get(part.ref)
        first = f" từ ngày {newer.effective:%d/%m/%Y}" if newer and newer.effective else ""
        yield f"Phần về {part.scope} được thay thế bởi {_names([part.ref], others)}{first}."


def _since(document: Document, others: Mapping[str, Document], on: date) -> str:
    if document.effective is None:
        first = f"Cơ sở tri thức chưa ghi ngày có hiệu lực của {document.name}."
    else:
        first = f"{document.name} có hiệu lực từ ngày {document.effective:%d/%m/%Y}."
    return f"{first} {_standing(document, others, on)}"


def _replaced_by(document: Document, others: Mapping[str, Document], on: date) -> str:
    names = _names(document.replaced_by, others)
    if names:
        since = f" từ ngày {document.expires:%d/%m/%Y}" if document.expires else ""
        return " ".join(
            [f"{document.name} được thay thế bởi {names}{since}.", *_ended_parts(document, others)]
        )
    if document.replaced_in_part_by:
        return f"{document.name} được thay thế một phần. {_standing(document, others, on)}"
    return f"{_no_edge(document, 'thay thế')} {_standing(document, others, on)}"


def _between(one: Document, other: Document, others: Mapping[str, Document], on: date) -> str:
    newer, older = (one, other) if (one.signed or date.min) >= (other.signed or date.min) else (other, one)
    if older.ref in newer.replaces or newer.ref in older.replaced_by:
        return f"Có. {_replaced_by(older, others, on)}"
    if any(part.ref == newer.ref for part in older.replaced_in_part_by):
        return f"Chỉ một phần. {_standing(older, others, on)}"
    if newer.ref in older.amended_by:
        return f"Không thay thế: {newer.name} sửa đổi, bổ sung {older.name}. {_standing(older, others, on)}"
    return (
        f"Không. Cơ sở tri thức không ghi {newer.name} thay thế {older.name}. "
        f"{_standing(older, others, on)} {_standing(newer, others, on)}"
    )


def _no_edge(document: Document, verb: str) -> str:
    return f"Cơ sở tri thức chưa ghi văn bản nào {verb} {document.name}."


def _names(refs: Sequence[str], others: Mapping[str, Document]) -> str:
    return "; ".join(others[ref].label if ref in others else ref for ref in refs)
