"""Reads a page as a person does: its forms with their labels, its links, its words (pure).

Our pages close every element that they open, so a stack is all the parsing that is needed.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

_VOID: Final = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
)
_UNSEEN: Final = frozenset({"script", "style", "template", "head"})
_BUTTONS: Final = frozenset({"submit", "button", "image", "reset"})


@dataclass
class Element:
    """An element of a page, with what stands in it in order."""

    tag: str
    attributes: dict[str, str] = field(default_factory=dict)
    content: list["Element | str"] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes.get(name, "")

    def every(self, *tags: str) -> Iterator["Element"]:
        """The elements inside with one of these tags, in reading order; all without a tag."""
        for inner in self.content:
            if isinstance(inner, Element):
                if not tags or inner.tag in tags:
                    yield inner
                yield from inner.every(*tags)

    def marked(self, name: str, value: str | None = None) -> Iterator["Element"]:
        """The elements inside that carry an attribute, with that value when one is given."""
        return (one for one in self.every() if name in one.attributes and value in {None, one[name]})

    @property
    def words(self) -> str:
        """What a reader sees, white space folded."""
        return " ".join(" ".join(self._texts()).split())

    def _texts(self) -> Iterator[str]:
        for inner in self.content:
            if isinstance(inner, str):
                yield inner
            elif inner.tag not in _UNSEEN:
                yield from inner._texts()  # noqa: SLF001 - the same class


@dataclass(frozen=True)
class Field:
    """A field of a form.

    Attributes:
        kind: `type` of an input; `select`, `textarea` or `submit` for the others.
        label: the words of its label, of an option or of a button.
    """

    name: str
    value: str
    kind: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class Form:
    """A form of a page, its fields in reading order."""

    element: Element
    fields: tuple[Field, ...]

    def untouched(self) -> list[tuple[str, str]]:
        """What a browser sends when nobody touched anything, buttons left out."""
        return [
            (one.name, one.value)
            for one in self.fields
            if one.name
            and one.kind not in _BUTTONS
            and (one.chosen or one.kind not in {"radio", "checkbox", "select"})
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page = Element("page")
        self._open = [self.page]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].content.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while len(self._open) > 1 and self._open.pop().tag != tag:
            continue

    def handle_data(self, data: str) -> None:
        self._open[-1].content.append(data)


def read_page(html: str) -> Element:
    """The page as a tree of elements."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.page


def read_forms(page: Element) -> list[Form]:
    """The forms of a page, in reading order."""
    labels = {label["for"]: label.words for label in page.every("label") if label["for"]}
    return [Form(form, tuple(_fields(form, labels))) for form in page.every("form")]


def _fields(form: Element, labels: dict[str, str]) -> Iterator[Field]:
    wrapped = {id(inner): label.words for label in form.every("label") for inner in label.every("input")}
    for one in form.every("input", "select", "textarea", "button"):
        if "disabled" in one.attributes:
            continue
        label = labels.get(one["id"]) or wrapped.get(id(one), "") or one["aria-label"]
        if one.tag == "select":
            yield from _options(one)
        elif one.tag == "input":
            value = one.attributes.get("value", "on" if one["type"] in {"radio", "checkbox"} else "")
            yield Field(one["name"], value, one["type"] or "text", label, "checked" in one.attributes)
        elif one.tag == "textarea":
            yield Field(one["name"], "".join(one._texts()), "textarea", label, chosen=False)  # noqa: SLF001
        else:
            yield Field(one["name"], one["value"], one["type"] or "submit", one.words, chosen=False)


def _options(select: Element) -> Iterator[Field]:
    options = list(select.every("option"))
    chosen = next((one for one in options if "selected" in one.attributes), options[0] if options else None)
    for one in options:
        value = one.attributes.get("value", one.words)
        yield Field(select["name"], value, "select", one.words, chosen=one is chosen)
