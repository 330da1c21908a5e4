"""Records -> passages of the index (pure)."""

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from content_packages.contents import CHECK_SLOT, Module, Package
from content_packages.knowledge.law_numbers import number_of_document
from content_packages.knowledge.postings import Postings, postings_of
from content_packages.knowledge.records import Document, Entry
from content_packages.knowledge.splitting import split_text

#: Shelves: each has its own statistics, so many short questions do not change what a word tells among laws.
GONE, QUESTIONS, ANSWERS, DOCUMENTS, SECTIONS = 0, 1, 2, 3, 4

_MARKDOWN = re.compile(r"!?\[([^\]]*)\]\([^)]*\)|[*_`#>|]+|^\s*[-+]\s+", re.MULTILINE)
_BLOCK_END = re.compile(r"</(?:p|li|h\d|tr|div|blockquote|figcaption)>|<br\s*/?>")
_TAG = re.compile(r"<[^>]+>")


@dataclass(frozen=True)
class Passage:
    """A passage as it goes into the index; the columns of `content_knowledge_passage` say what each means."""

    key: str
    unit: str
    shelf: int
    text: str
    heading: str = ""
    hidden: str = ""
    area: str = ""
    level: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def postings(self) -> Postings:
        """A pure function of the texts."""
        return postings_of(self.heading, self.text, self.hidden)


def owner_of_document(ref: str) -> str:
    """What a document's passages belong to."""
    return f"document:{ref}"


def owner_of_entry(entry_id: str) -> str:
    """What an entry's passages belong to."""
    return f"entry:{entry_id}"


def owner_of_package(package_id: str) -> str:
    """What the passages of a package's lessons belong to."""
    return f"package:{package_id}"


def unit_of_article(ref: str, article: str) -> str:
    """What a hit in a document shows as one."""
    return f"document:{ref}#{article}"


def passages_of_document(document: Document) -> Iterator[Passage]:
    """First the record itself, then what its articles say; each carries the document's number and title."""
    name = document.label
    number = number_of_document(document.ref, document.kind)
    year = (number.year if number else "") or (str(document.signed.year) if document.signed else "")
    validity = {"valid_from": _first_day(document), "valid_to": _end(document)}
    shared = {"shelf": DOCUMENTS, "area": document.area, "level": document.level, **validity}
    yield Passage(
        key=f"{owner_of_document(document.ref)}#0",
        unit=unit_of_article(document.ref, ""),
        text=f"{name}. {document.issuer}",
        hidden=". ".join([f"{document.kind} {document.title} {year}", *document.also, *document.topics]),
        **shared,  # type: ignore[arg-type]
    )
    for count, passage in enumerate(document.passages, start=1):
        place = ". ".join(part for part in (passage.article, passage.clause, passage.heading) if part)
        for part, text in enumerate(split_text(passage.text)):
            yield Passage(
                key=f"{owner_of_document(document.ref)}#{count}" + (f".{part}" if part else ""),
                unit=unit_of_article(document.ref, passage.article or f"{count}"),
                heading=f"{name}\n{place}" if place else name,
                text=text,
                **shared,  # type: ignore[arg-type]
            )


def _first_day(document: Document) -> date | None:
    return document.effective or document.signed


def _end(document: Document) -> date | None:
    """When the end is known but not its day, the text holds on no day."""
    return document.expires or (date.min if document.superseded_known else None)


def passages_of_entry(entry: Entry) -> Iterator[Passage]:
    """Each wording of the question by itself, and the answer with all of them."""
    unit = owner_of_entry(entry.id)
    for count, wording in enumerate((entry.question, *entry.also)):
        yield Passage(f"{unit}?{count}", unit, QUESTIONS, wording, area=entry.area, level=entry.level)
    yield Passage(
        key=f"{unit}!",
        unit=unit,
        shelf=ANSWERS,
        heading=entry.question,
        text=plain_text(entry.answer),
        hidden="\n".join(entry.also),
        area=entry.area,
        level=entry.level,
    )


def passages_of_package(package: Package) -> Iterator[Passage]:
    """The sections of all its lessons."""
    for module in package.modules.values():
        area = module.area or (package.areas[0] if len(package.areas) == 1 else "")
        yield from _passages_of_module(package.id, module, area)


def _passages_of_module(package_id: str, module: Module, area: str) -> Iterator[Passage]:
    for section in module.sections:
        unit = f"section:{package_id}/{module.id}/{section.number}"
        for count, text in enumerate(split_text(text_of_html(section.html))):
            heading = f"{module.title}\n{section.title}"
            yield Passage(f"{unit}#{count}", unit, SECTIONS, text, heading=heading, area=area)


def plain_text(markdown: str) -> str:
    """Markdown without its signs."""
    return _MARKDOWN.sub(lambda found: found[1] or "", markdown).strip()


def text_of_html(page: str) -> str:
    """What a section says, a line per block; inline checks left out."""
    without_checks = CHECK_SLOT.sub("", page)
    text = html.unescape(_TAG.sub("", _BLOCK_END.sub("\n", without_checks)))
    return "\n".join(line for raw in text.splitlines() if (line := " ".join(raw.split())))
