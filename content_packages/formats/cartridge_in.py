"""Common Cartridge 1.0 to 1.3, thin ones too -> questions and pages to read. Pure.

1EdTech Common Cartridge: a manifest whose organisation lists titles, each with a resource. Taken over: tests
and banks (QTI 1.2.1), web pages, topics for discussion as text, web links as a list. Everything else is a
finding that names it: links to other tools open only in the LMS that they were made in.
"""

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote

from content_packages.formats.cartridge_items import read_item
from content_packages.formats.foreign_text import decode_text, html_to_markdown, normalised, plain_to_markdown
from content_packages.formats.imported import (
    ImportedPage,
    ImportedQuestion,
    ImportedQuestions,
    ImportNotes,
    QuestionNotUnderstood,
)
from content_packages.formats.safe_xml import (
    Element,
    XmlRefused,
    child,
    children,
    local_name,
    read_xml,
    text_of,
)
from content_packages.zip_faults import UNREADABLE_ZIP

MANIFEST: Final = "imsmanifest.xml"
_LARGEST_UNPACKED = 100 * 1024 * 1024
_MOST_ENTRIES = 5_000
#: Items may stand in each other; a file that goes deeper was not made by an author.
_DEEPEST = 30
_PAGE = re.compile(r"\.x?html?$", re.IGNORECASE)
_BODY = re.compile(r"<body[^>]*>(.*?)</body>", re.IGNORECASE | re.DOTALL)
_PICTURE = re.compile(r"!\[[^\]]*\]\([^)]*\)")
_HEADING = re.compile(r"^#{1,6}(?=\s)", re.MULTILINE)
_BLOCK = re.compile(r"^(\s{0,3}):::", re.MULTILINE)


def is_cartridge(content: bytes) -> bool:
    """Whether a zip says of itself that it is a Common Cartridge."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(MANIFEST) as manifest:
            return b"imscc" in manifest.read(65_536)
    except (KeyError, *UNREADABLE_ZIP):
        return False


def read_cartridge(content: bytes, *, path: str) -> ImportedQuestions:
    """All questions and pages, in the order of the course; findings count resources and questions from 1."""
    notes = ImportNotes(path)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            reader = _opened(archive, notes)
            if reader is not None:
                reader.read()
                return ImportedQuestions(tuple(reader.questions), tuple(notes.findings), reader.all_pages())
    except UNREADABLE_ZIP:
        notes.error(1, "I001", "tệp nén hỏng, không mở được")
    return ImportedQuestions((), tuple(notes.findings))


def _opened(archive: zipfile.ZipFile, notes: ImportNotes) -> "_Reader | None":
    entries = archive.infolist()
    too_large = sum(entry.file_size for entry in entries) > _LARGEST_UNPACKED
    if too_large or len(entries) > _MOST_ENTRIES or any(entry.flag_bits & 0x1 for entry in entries):
        notes.error(1, "I001", "gói có mật khẩu hoặc nở ra quá lớn: bị từ chối vì lý do an toàn")
        return None
    files = {entry.filename: entry for entry in entries if not entry.is_dir()}
    if MANIFEST not in files:
        notes.error(1, "I001", f"gói không có {MANIFEST}")
        return None
    reader = _Reader(archive, files, notes)
    root = reader.tree(MANIFEST)
    if root is None:
        return None
    reader.manifest = root
    return reader


@dataclass
class _Reader:
    """One cartridge while it is read."""

    archive: zipfile.ZipFile
    files: Mapping[str, zipfile.ZipInfo]
    notes: ImportNotes
    manifest: Element = None
    questions: list[ImportedQuestion] = field(default_factory=list)
    pages: list[ImportedPage] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    number: int = 0

    def read(self) -> None:
        """Everything that the organisation lists, then tests and banks that it does not list."""
        resources = {one.get("identifier", ""): one for one in _resources(self.manifest)}
        listed = set()
        for title, name in _titled(self.manifest):
            if name in resources and name not in listed:
                listed.add(name)
                self._take(title, resources[name])
        for name, resource in resources.items():
            if name not in listed and _kind(resource) == "questions":
                self._take("", resource)

    def all_pages(self) -> tuple[ImportedPage, ...]:
        """The pages, and the web links as the last of them."""
        if not self.links:
            return tuple(self.pages)
        return (*self.pages, ImportedPage("Liên kết tham khảo", "\n".join(self.links)))

    def tree(self, name: str) -> Element | None:
        """An XML file of the cartridge; None when it is refused, which is a finding."""
        try:
            return read_xml(self.archive.read(self.files[name]))
        except XmlRefused as refused:
            self.notes.error(refused.line, "I001", f"{name}: {refused}")
            return None

    def _take(self, title: str, resource: Element) -> None:
        self.number += 1
        kind, name = _kind(resource), self._file_of(resource)
        if name is None:
            self.notes.warn(
                self.number, "I012", f"“{title or resource.get('identifier', '')}”: thiếu tệp trong gói"
            )
        elif kind == "questions":
            self._take_questions(name)
        elif kind == "page" and _PAGE.search(name):
            self._take_page(title or name, self._html(name))
        elif kind == "topic":
            self._take_topic(title, name)
        elif kind == "link":
            self._take_link(title, name)
        else:
            told = "liên kết tới công cụ khác" if kind == "tool" else f"tệp {posixpath.basename(name)}"
            self.notes.warn(self.number, "I012", f"“{title or name}”: {told} không nhập được")

    def _file_of(self, resource: Element) -> str | None:
        """Where its file is; never outside of the archive, because only names in it are looked up."""
        hrefs = [resource.get("href", ""), *(one.get("href", "") for one in children(resource, "file"))]
        base = resource.get(_XML_BASE, "")
        names = [posixpath.normpath(posixpath.join(base, unquote(href))) for href in hrefs if href]
        return next((name for name in names if name in self.files), None)

    def _take_questions(self, name: str) -> None:
        root = self.tree(name)
        if root is None:
            return
        for item in (one for one in root.iter() if isinstance(one.tag, str) and local_name(one) == "item"):
            place = len(self.questions) + 1
            try:
                self.questions.append(read_item(item, place, self.notes))
            except QuestionNotUnderstood as refused:
                self.notes.error(place, "I010", f"{name}, {item.get('ident', '')}: {refused}")

    def _html(self, name: str) -> str:
        text, _encoding = decode_text(self.archive.read(self.files[name]))
        found = _BODY.search(text)
        return found[1] if found else text

    def _take_page(self, title: str, html: str) -> None:
        markdown = _page_text(html_to_markdown(html))
        without = _PICTURE.sub("", markdown)
        if without != markdown:
            self.notes.warn(
                self.number, "I013", f"“{title}”: hình trong trang chưa nhập được; hãy mô tả bằng lời"
            )
        if without.strip():
            self.pages.append(ImportedPage(_one_title(title), without.strip()))

    def _take_topic(self, title: str, name: str) -> None:
        root = self.tree(name)
        if root is None:
            return
        text = child(root, "text")
        is_html = text is not None and text.get("texttype", "text/html") == "text/html"
        words = text_of(text)
        self._take_page(title or text_of(child(root, "title")), words if is_html else f"<p>{words}</p>")
        self.notes.warn(self.number, "I012", f"“{title}”: thảo luận được giữ như một trang đọc")

    def _take_link(self, title: str, name: str) -> None:
        root = self.tree(name)
        address = child(root, "url") if root is not None else None
        href = address.get("href", "") if address is not None else ""
        if not href.startswith(("https://", "http://")) or re.search(r"[\s<>()]", href):
            self.notes.warn(self.number, "I012", f"“{title}”: địa chỉ liên kết không dùng được")
            return
        self.links.append(f"- [{plain_to_markdown(_one_title(title) or href)}]({href})")


_XML_BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"


def _resources(manifest: Element) -> Sequence[Element]:
    holder = child(manifest, "resources")
    return children(holder, "resource") if holder is not None else []


def _kind(resource: Element) -> str:
    """What a resource is, by its type: names differ by version, words in them do not."""
    told = resource.get("type", "").casefold()
    for word, kind in (
        ("imsqti", "questions"),
        ("imsdt", "topic"),
        ("imswl", "link"),
        ("imsbasiclti", "tool"),
        ("webcontent", "page"),
    ):
        if word in told:
            return kind
    return "other"


def _titled(manifest: Element) -> Iterator[tuple[str, str]]:
    """(title, name of the resource) in the order of the first organisation."""
    organizations = child(manifest, "organizations")
    organization = child(organizations, "organization") if organizations is not None else None
    if organization is not None:
        yield from _items_below(organization, 0)


def _items_below(holder: Element, depth: int) -> Iterator[tuple[str, str]]:
    for item in children(holder, "item") if depth < _DEEPEST else ():
        if item.get("identifierref"):
            yield text_of(child(item, "title")), item.get("identifierref")
        yield from _items_below(item, depth + 1)


def _one_title(title: str) -> str:
    return " ".join(normalised(title).split())[:200]


def _page_text(markdown: str) -> str:
    """Markdown that stays inside its section: headings below the section's own, no block of ours."""
    deeper = _HEADING.sub("###", normalised(markdown))
    return _BLOCK.sub(r"\1\\:::", deeper)
