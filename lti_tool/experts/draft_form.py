"""The form of a draft: what was typed, as a draft (no web beyond the mapping of a form)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Final

from content_packages.errors import DraftIncomplete
from content_packages.experts.drafts import Draft
from content_packages.knowledge import Basis

#: Rows for what an answer rests on.
SOURCE_ROWS: Final = 5
_LONGEST_REF: Final = 80


def read_draft_form(form: Mapping[str, str], *, written_by: str = "") -> Draft:
    """The draft as typed.

    Raises:
        DraftIncomplete: the day or the edition is no such thing.
    """
    return Draft(
        question=_line(form.get("question", "")),
        answer=form.get("answer", "").replace("\r\n", "\n"),
        area=form.get("area", ""),
        as_of=_day(form.get("as_of", "")),
        sources=tuple(_sources(form)),
        also=tuple(line for text in form.get("also", "").splitlines() if (line := _line(text))),
        level=form.get("level", ""),
        edition=_edition(form.get("edition", "")),
        written_by=written_by,
    )


def source_rows(draft: Draft) -> list[Basis]:
    """The sources with empty rows after them."""
    empty = [Basis("")] * max(0, SOURCE_ROWS - len(draft.sources))
    return [*draft.sources, *empty]


def _sources(form: Mapping[str, str]) -> Iterator[Basis]:
    for row in range(2 * SOURCE_ROWS):
        ref, article, clause = (_line(form.get(f"{name}-{row}", "")) for name in ("ref", "article", "clause"))
        if ref:
            yield Basis(ref[:_LONGEST_REF], article[:_LONGEST_REF], clause[:_LONGEST_REF])


def _line(text: str) -> str:
    return " ".join(text.replace("\x00", "").split())


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as malformed:
        raise DraftIncomplete("The day of checking is written as 2026-11-25.") from malformed


def _edition(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise DraftIncomplete("The form does not say which saving it began with. Open it again.")
    return int(text)
