"""Whatever is noted in the audit log has words for whoever reads it."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from lti_tool.admin.reading_words import READING_WORDS
from xapi_bridge.store.models import DocumentKind

ROOT = Path(__file__).parents[2]
#: Function that notes a look -> place of the name among its arguments.
NOTING = {
    "note_look": 0,
    "note_teacher_look": 0,
    "note_operator_reading": 0,
    "note_list": 0,
    "note_person": 1,
    "log_reading": 1,
}


def names_noted() -> Iterator[str]:
    for package in ("lti_tool", "sync", "content_packages", "xapi_bridge"):
        for path in (ROOT / package).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in NOTING:
                    place = NOTING[node.func.id]
                    given = node.args[place] if len(node.args) > place else None
                    if isinstance(given, ast.Constant):
                        yield str(given.value)


@pytest.mark.parametrize("name", sorted(set(names_noted())))
def test_a_look_has_words(name):
    assert name in READING_WORDS


def test_every_look_is_found_and_no_words_are_left_over():
    documents = {f"{kind.name.lower()}_documents" for kind in DocumentKind}

    assert {*names_noted(), *documents} == set(READING_WORDS)
