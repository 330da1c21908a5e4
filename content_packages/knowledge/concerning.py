"""What concerns one document: its own text, entries that rest on it, lesson sections that name it."""

from sqlalchemy.orm import Session

from content_packages.knowledge.held import held_documents, held_entries
from content_packages.knowledge.law_numbers import number_of_document
from content_packages.knowledge.mirror import Mirror
from content_packages.knowledge.passages import ANSWERS, SECTIONS, owner_of_document, owner_of_entry


def concerning(session: Session, mirror: Mirror, ref: str) -> frozenset[str]:
    """Owners and units of the passages that concern a document; its number must be written in full."""
    return frozenset(
        (owner_of_document(ref), *_entries(session, mirror, ref), *_sections(session, mirror, ref))
    )


def _entries(session: Session, mirror: Mirror, ref: str) -> list[str]:
    ids = {one.owner.removeprefix("entry:") for one in mirror.shelves[ANSWERS].passages()}
    held = held_entries(session, mirror, ids)
    return [
        owner_of_entry(entry.id)
        for entry in held.values()
        if any(basis.ref == ref for basis in entry.sources)
    ]


def _sections(session: Session, mirror: Mirror, ref: str) -> list[str]:
    document = held_documents(session, mirror, [ref]).get(ref)
    number = number_of_document(ref, document.kind if document else "")
    # The last term of a number is its narrowest: "#nd118/cp" may be several years', "#118/2025" is one.
    terms = number.terms if number else ()
    by_year = [term for term in terms if term.endswith(f"/{number.year}")] if number and number.year else []
    narrow = by_year[:1] or list(terms[-1:])
    return [one.unit for term in narrow for one in mirror.shelves[SECTIONS].passages(having=term)]
