"""What the pages of the channel, in the LMS and in public, show in the same way."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from markupsafe import Markup
from sqlalchemy.orm import Session

from content_packages.authoring.markup import render_text
from content_packages.knowledge import (
    Citation,
    Entry,
    EntryVersion,
    Suggestion,
    find_entry,
    list_entry_versions,
)
from content_packages.knowledge.searching import cite
from content_packages.knowledge.stored import find_documents


@dataclass(frozen=True)
class ShownEntry:
    """A stored question ready to be shown.

    Attributes:
        html: the answer, clean.
        versions: all wordings, the first one first.
    """

    entry: Entry
    html: Markup
    citations: tuple[Citation, ...]
    versions: tuple[EntryVersion, ...]

    @property
    def is_expired(self) -> bool:
        """Whether something that it rests on is no longer in force."""
        return any(one.standing == "expired" for one in self.citations)


def entry_page(session: Session, entry_id: str, *, today: date) -> ShownEntry:
    """The entry with how its documents stand today.

    Raises:
        KnowledgeItemNotFound: there is none, or it was taken back.
    """
    entry = find_entry(session, entry_id)
    held = find_documents(session, [basis.ref for basis in entry.sources])
    return ShownEntry(
        entry=entry,
        html=answer_html(entry.answer),
        citations=tuple(cite(basis, held, on=today) for basis in entry.sources),
        versions=list_entry_versions(session, entry_id),
    )


def answer_html(text: str) -> Markup:
    """Markdown of an answer as clean HTML: no script, style or foreign frame survives."""
    return Markup(render_text(text))  # noqa: S704 - cleaned by content_packages.authoring.markup


def suggestion_address(suggestion: Suggestion) -> str:
    """Where a suggestion leads, within the room that the request is for."""
    kind, _, name = suggestion.key.partition(":")
    if kind == "document":
        return url_for(".document", ref=name)
    return url_for(".entry", entry_id=name)
