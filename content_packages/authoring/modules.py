"""Modules: front matter and sections -> canonical module, with its media and its links checked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

from markdown_it.token import Token

from content_packages.authoring import markup
from content_packages.authoring.findings import Finding
from content_packages.authoring.media import MediaFile, MediaProblem, read_media
from content_packages.authoring.source_text import FrontMatter, SourceText, check_front_matter


@dataclass(frozen=True)
class CheckPlace:
    """An inline check: which question, on which line."""

    question_id: str
    line: int


@dataclass(frozen=True)
class LinkPlace:
    """A link inside the package, such as `qa:<id>`, on which line."""

    address: str
    line: int


@dataclass(frozen=True)
class ModuleSource:
    """A module file that was read; `canonical` is None when its front matter is not usable."""

    path: str
    folder: str
    canonical: dict[str, Any] | None
    checks: list[CheckPlace]
    links: list[LinkPlace]
    media: dict[str, MediaFile]
    findings: list[Finding]


def read_module(source: SourceText, *, folder: Path) -> ModuleSource:
    """One module; `folder` is where its `media/` lies."""
    name = PurePosixPath(source.path).parent.name
    front, header, findings = check_front_matter(source, schema="module", codes=("M001", "M002"))
    if front is None or header is None:
        return ModuleSource(source.path, name, None, [], [], {}, findings)
    tokens = markup.parse_markdown(front.body)
    before, sections = markup.split_sections(tokens)
    findings += _shape_findings(source, front, before, sections, tokens)
    media, links, media_findings = _check_fragments(source, front, tokens, folder)
    findings += media_findings
    names = {address: f"media/{file.name}" for address, file in media.items()}
    written = [
        {
            "title": section.title,
            "html": markup.render_section(section.tokens, address_of=lambda a: names.get(a, a)),
        }
        for section in sections
    ]
    canonical = {**header, "folder": name, "sections": written}
    return ModuleSource(
        source.path,
        name,
        canonical,
        list(_checks(front, tokens)),
        links,
        {f.name: f for f in media.values()},
        findings,
    )


def _checks(front: FrontMatter, tokens: Sequence[Token]) -> Iterator[CheckPlace]:
    for token in tokens:
        question_id = markup.check_of(token)
        if question_id is not None:
            yield CheckPlace(question_id, (token.map or [0])[0] + front.body_line)


def _shape_findings(
    source: SourceText,
    front: FrontMatter,
    before: Sequence[Token],
    sections: Sequence[markup.SourceSection],
    tokens: Sequence[Token],
) -> Iterator[Finding]:
    offset = front.body_line - 1
    if before:
        line = (before[0].map or [0])[0] + 1 + offset
        yield Finding(
            source.path, line, "M003", "đoạn này đứng trước tiêu đề “##” đầu tiên nên sẽ không được hiện"
        )
    if not sections:
        yield Finding(source.path, front.body_line, "M006", "chuyên đề chưa có mục nào (tiêu đề “##”)")
    for section in sections:
        if not section.title:
            yield Finding(source.path, section.line + offset, "M006", "mục chưa có tên sau “##”")
    for problem in markup.block_problems(front.body):
        yield Finding(source.path, problem.line + offset, "M008", problem.message)
    for line, message in markup.misplaced_checks(tokens):
        yield Finding(source.path, line + offset, "M008", message)


class _References(HTMLParser):
    """Collects what a piece of HTML shows and where it leads."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.media: list[str] = []
        self.images_without_text = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if tag == "img" and not (given.get("alt") or "").strip():
            self.images_without_text += 1
        if tag in {"img", "video", "source", "track"}:
            self.media += [str(given[name]) for name in ("src", "poster") if given.get(name)]


def _check_fragments(
    source: SourceText, front: FrontMatter, tokens: Sequence[Token], folder: Path
) -> tuple[dict[str, MediaFile], list[LinkPlace], list[Finding]]:
    """Media by their address in the source, links that stay in the package, and findings about pictures."""
    media: dict[str, MediaFile] = {}
    links: list[LinkPlace] = []
    findings: list[Finding] = []
    for body_line, html in markup.html_fragments(tokens):
        line = body_line + front.body_line - 1
        references = _References()
        references.feed(html)
        findings += [
            Finding(source.path, line, "A001", "hình chưa có lời thay thế cho người không nhìn thấy hình")
        ] * references.images_without_text
        links += [
            LinkPlace(link, line)
            for link in references.links
            if not link.startswith(("http://", "https://", "mailto:"))
        ]
        for address in references.media:
            read = read_media(folder, address)
            if isinstance(read, MediaProblem):
                findings.append(Finding(source.path, line, read.code, read.message))
            else:
                media[address] = read
    return media, links, findings
