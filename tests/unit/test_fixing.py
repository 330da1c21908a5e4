"""`lint --fix` mends how a file is written, never what it says."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_packages.authoring import build
from content_packages.authoring.fixing import fixed_text, unformatted_files
from content_packages.authoring.markup import parse_markdown, render_section
from tests.factories.content import PACKAGE, write_package

_LINES = st.sampled_from(
    [
        "## Mục",
        "##   Mục  ",
        "#",
        "chữ thường",
        "chữ có hai dấu cách  ",
        "chữ có một dấu cách ",
        "- mục một ",
        "  - mục con",
        "    khối thụt ",
        "```",
        "``` python",
        "~~~",
        "````",
        "> trích ",
        "<div>",
        "</div>",
        "| a | b |",
        "|---|---|",
        "::: luu-y",
        ":::",
        "---",
        "===",
        "1. một",
        "\tthụt",
        "",
        "   ",
        "a`b ",
    ]
)
TEXTS = st.lists(_LINES, max_size=12).map("\n".join)


@given(TEXTS)
def test_fixing_twice_is_fixing_once(text):
    once = fixed_text(text, is_markdown=True)

    assert fixed_text(once, is_markdown=True) == once


@given(TEXTS)
def test_a_fixed_text_renders_to_the_same_page(text):
    body = f"\n{text}\n"  # Not a front matter, which a page does not show.

    fixed = fixed_text(body, is_markdown=True)

    assert render_section(parse_markdown(fixed)) == render_section(parse_markdown(body))


@given(st.text(), st.booleans())
def test_any_text_at_all_comes_to_rest(text, is_markdown):
    once = fixed_text(text, is_markdown=is_markdown)

    assert fixed_text(once, is_markdown=is_markdown) == once


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("chữ \n", "chữ\n"),
        ("chữ  \nsau\n", "chữ  \nsau\n"),
        ("a\n##  B\nc", "a\n\n## B\nc\n"),
        ("```\nx \n## y\n```\n", "```\nx \n## y\n```\n"),
        ("\ufeffa\r\nb\n\n\n", "a\nb\n"),
        ("a`b \nc` d\n\nsau \n", "a`b \nc` d\n\nsau\n"),
    ],
)
def test_what_is_mended_in_markdown(before, after):
    assert fixed_text(before, is_markdown=True) == after


def test_blanks_in_a_yaml_block_belong_to_the_value():
    text = "a: |\n  b  \n"

    assert fixed_text(text, is_markdown=False) == text


def test_an_untidy_package_compiles_to_the_same_bytes_after_fixing(tmp_path):
    plain = build(write_package(tmp_path / "a"))
    folder = write_package(tmp_path / "b")
    for path, text in PACKAGE.items():
        untidy = unicodedata.normalize("NFD", text.replace("## ", "##  ")).replace("\n", " \r\n")
        (folder / path).write_bytes(untidy.replace("--- \r\n", "---\r\n").encode())

    for file, fixed in list(unformatted_files(folder)):
        file.write_text(fixed, encoding="utf-8")

    assert list(unformatted_files(folder)) == []
    assert build(folder).digest == plain.digest
