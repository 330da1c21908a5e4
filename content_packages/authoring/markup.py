"""Markdown -> clean HTML: CommonMark with tables and our two blocks, through an allow-list.

`::: luu-y` … `:::` is a note. `::: kiem-tra <question id>` … `:::` is the place of an inline check; its
`data-q` is written here and removed from anything an author writes.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

BLOCK_NAMES = ("luu-y", "kiem-tra")
_ALIGNMENTS = {"text-align:center": "can-giua", "text-align:right": "can-phai", "text-align:left": "can-trai"}
_CELL_CLASSES = set(_ALIGNMENTS.values())
_TAGS = nh3.ALLOWED_TAGS | {"section", "video", "track", "source", "figure", "figcaption"}
_ATTRIBUTES: dict[str, set[str]] = {
    **nh3.ALLOWED_ATTRIBUTES,
    "th": {"scope", "colspan", "rowspan"},
    "td": {"colspan", "rowspan"},
    "video": {"src", "controls", "poster", "data-id"},
    "track": {"src", "kind", "srclang", "label"},
    "source": {"src", "type"},
}
_MEDIA_ATTRIBUTES = {
    ("img", "src"),
    ("video", "src"),
    ("video", "poster"),
    ("source", "src"),
    ("track", "src"),
}

#: Address in the source -> address on the page, for media of the package.
AddressOf = Callable[[str], str]


@dataclass(frozen=True)
class SourceSection:
    """One section before sanitising. `line` counts from 1 in the body."""

    title: str
    line: int
    tokens: tuple[Token, ...]


def _keep(address: str) -> str:
    return address


def _make_parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True}).enable("table")
    parser.use(container_plugin, "luu-y").use(container_plugin, "kiem-tra")
    return parser


_PARSER = _make_parser()


def parse_markdown(text: str) -> list[Token]:
    """Tokens of a Markdown text; table alignment is a class, because pages allow no inline style."""
    tokens = _PARSER.parse(text)
    for token in tokens:
        alignment = _ALIGNMENTS.get(str(token.attrs.pop("style", "")))
        if alignment:
            token.attrSet("class", alignment)
    return tokens


def split_sections(tokens: Sequence[Token]) -> tuple[list[Token], list[SourceSection]]:
    """What stands before the first `##`, and the sections that each `##` begins."""
    starts = [
        i
        for i, token in enumerate(tokens)
        if token.type == "heading_open" and token.tag == "h2" and not token.level
    ]
    sections = [
        SourceSection(
            title=_plain_text(tokens[start + 1]),
            line=(tokens[start].map or [0])[0] + 1,
            tokens=tuple(tokens[start + 3 : end]),
        )
        for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True)
    ]
    return list(tokens[: starts[0] if starts else len(tokens)]), sections


def _plain_text(inline: Token) -> str:
    return "".join(
        child.content for child in inline.children or () if child.type in {"text", "code_inline"}
    ).strip()


def check_of(token: Token) -> str | None:
    """Question id of an opening `::: kiem-tra` token."""
    if token.type != "container_kiem-tra_open":
        return None
    return token.info.strip().removeprefix("kiem-tra").strip()


def render_section(tokens: Sequence[Token], *, address_of: AddressOf = _keep) -> str:
    """Clean HTML of a section, with a slot for each inline check."""
    pieces: list[str] = []
    waiting: list[Token] = []
    for token in tokens:
        question_id = check_of(token)
        if question_id is not None and token.level == 0:
            pieces += [_clean(waiting, address_of), f'<div class="kiem-tra" data-q="{question_id}"></div>']
            waiting = []
        elif not token.type.startswith("container_kiem-tra"):
            waiting.append(token)
    return "".join([*pieces, _clean(waiting, address_of)])


def _clean(tokens: Sequence[Token], address_of: AddressOf) -> str:
    return sanitise(_PARSER.renderer.render(list(tokens), _PARSER.options, {}), address_of=address_of)


def sanitise(html: str, *, address_of: AddressOf = _keep) -> str:
    """HTML reduced to the allow-list: no script, style, event handler or foreign frame survives."""

    def rewrite(tag: str, attribute: str, value: str) -> str:
        return address_of(value) if (tag, attribute) in _MEDIA_ATTRIBUTES else value

    return nh3.clean(
        html,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        attribute_filter=rewrite,
        allowed_classes={"div": {"luu-y"}, "th": _CELL_CLASSES, "td": _CELL_CLASSES},
        url_schemes={"http", "https", "mailto", "qa"},
        link_rel="noopener",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )


@lru_cache(maxsize=8192)
def render_text(text: str) -> str:
    """Clean HTML of a short Markdown text such as a question's stem or explanation."""
    return _clean(parse_markdown(text), _keep)


@lru_cache(maxsize=8192)
def render_phrase(text: str) -> str:
    """Clean HTML of one line of Markdown without a paragraph around it, such as an option."""
    return sanitise(_PARSER.renderInline(text))


def html_fragments(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """(Line in the body from 1, HTML before cleaning) of each piece of text, to check links and images."""
    for token in tokens:
        if token.type in {"inline", "html_block"}:
            html = _PARSER.renderer.render([token], _PARSER.options, {})
            yield (token.map or [0])[0] + 1, html


_BLOCK_LINE = re.compile(r"^\s{0,3}:::+\s*(.*?)\s*$")
_FENCE = re.compile(r"^\s{0,3}(```|~~~)")


@dataclass(frozen=True)
class BlockProblem:
    """A `:::` line that does not do what its author meant."""

    line: int
    message: str


def block_problems(text: str) -> list[BlockProblem]:
    """Blocks with an unknown name, blocks left open, and `:::` that closes nothing."""
    problems: list[BlockProblem] = []
    opened: list[tuple[int, str]] = []
    in_code = False
    for number, line in enumerate(text.split("\n"), start=1):
        in_code ^= bool(_FENCE.match(line))
        found = None if in_code else _BLOCK_LINE.match(line)
        if found:
            problems += _meet_block(found[1], number, opened)
    problems += [BlockProblem(line, f"khối “::: {name}” chưa được đóng bằng “:::”") for line, name in opened]
    return problems


def _meet_block(info: str, number: int, opened: list[tuple[int, str]]) -> list[BlockProblem]:
    if not info:
        if opened:
            opened.pop()
            return []
        return [BlockProblem(number, "“:::” này không đóng khối nào")]
    name = info.split()[0]
    problems = []
    if name not in BLOCK_NAMES:
        problems.append(BlockProblem(number, f"khối lạ “{name}”; chỉ có: {', '.join(BLOCK_NAMES)}"))
    if opened:
        problems.append(BlockProblem(number, f"khối “{name}” nằm trong khối “{opened[-1][1]}” chưa đóng"))
    opened.append((number, name))
    return problems


def misplaced_checks(tokens: Sequence[Token]) -> Iterator[tuple[int, str]]:
    """(Line in the body, message) of inline checks inside a list or quotation, or with text inside."""
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        if check_of(token) is None:
            continue
        line = (token.map or [0])[0] + 1
        if token.level:
            yield line, "khối kiem-tra phải đứng riêng, không nằm trong danh sách hay trích dẫn"
        elif following is None or following.type != "container_kiem-tra_close":
            yield line, "khối kiem-tra phải rỗng: câu hỏi lấy từ ngân hàng"
