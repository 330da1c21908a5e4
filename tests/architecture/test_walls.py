"""The house keeps its shape: no circle, no arrow upwards, no room too long to find one's way in."""

import ast
import graphlib
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = ("lti_tool", "sync", "content_packages", "xapi_bridge")
LONGEST_FILE = 400
LONGEST_FUNCTION = 50


@pytest.fixture(scope="module")
def import_graph() -> grimp.ImportGraph:
    return grimp.build_graph(*PACKAGES)


def source_files() -> list[Path]:
    return [
        path
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "migrations/versions" not in path.as_posix()
    ]


def test_no_module_imports_itself_by_a_detour(import_graph):
    imports = {name: import_graph.find_modules_directly_imported_by(name) for name in import_graph.modules}

    # Raises CycleError with the circle, when there is one.
    graphlib.TopologicalSorter(imports).prepare()


@pytest.mark.parametrize("path", source_files(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_room_is_not_too_long(path):
    text = path.read_text(encoding="utf-8")

    assert len(text.splitlines()) <= LONGEST_FILE
    assert [name for name, length in function_lengths(text) if length > LONGEST_FUNCTION] == []


def function_lengths(text: str) -> Iterator[tuple[str, int]]:
    """Lines of each function, its docstring left out."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            docstring = ast.get_docstring(node, clean=False)
            yield node.name, (node.end_lineno or 0) - node.lineno + 1 - len((docstring or "").splitlines())


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_says_what_it_is(package):
    silent = [
        init.relative_to(ROOT).as_posix()
        for init in (ROOT / package).rglob("__init__.py")
        if not ast.get_docstring(ast.parse(init.read_text(encoding="utf-8")))
    ]

    assert silent == []


def test_no_room_is_called_utils():
    vague = {"utils", "util", "helpers", "helper", "common", "misc"}

    assert [path for path in source_files() if path.stem in vague] == []
