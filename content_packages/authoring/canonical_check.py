"""Whether a canonical JSON that came from elsewhere is one that the compiler could have written (pure)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from content_packages.authoring.canonical import FORMAT
from content_packages.authoring.markup import sanitise
from content_packages.authoring.schema_check import SchemaName, schema_violations
from content_packages.contents import CHECK_SLOT
from content_packages.reading import in_language, package_from_canonical_value

Written = Mapping[str, Any]

_MEMBERS: tuple[tuple[str, SchemaName, Callable[[Written], dict[str, Any]]], ...] = (
    ("questions", "question", dict),
    ("qa", "qa_entry", dict),
    ("quizzes", "quiz", lambda one: {**one, "schema": "cchc-quiz/1"}),
    ("surveys", "survey", lambda one: {**one, "schema": "cchc-survey/1"}),
    ("modules", "module", lambda one: {k: v for k, v in one.items() if k not in {"folder", "sections"}}),
)


def canonical_problems(written: Any) -> list[str]:
    """What is wrong with it, in few words; empty when it can be trusted like our own."""
    if not isinstance(written, dict) or written.get("format") != FORMAT:
        return [f"format is not {FORMAT}"]
    try:
        problems = [*_header_problems(written), *_member_problems(written)]
        problems += [] if problems else _reading_problems(written)
    except (KeyError, TypeError, AttributeError, ValueError) as refused:
        return [f"a member is missing or of another kind ({type(refused).__name__})"]
    return problems


def _header_problems(written: Written) -> Iterator[str]:
    header = {name: value for name, value in written["package"].items() if name != "extends"}
    outline = [{entry["kind"]: entry["id"]} for entry in written["outline"]]
    checked = {**header, "schema": "cchc-content/1", "outline": outline}
    yield from (message for _, message in schema_violations(checked, schema="package"))


def _member_problems(written: Written) -> Iterator[str]:
    for member, schema, surface_of in _MEMBERS:
        for one in written.get(member, ()):
            messages = (message for _, message in schema_violations(surface_of(one), schema=schema))
            yield from (f"{member} {one['id']}: {message}" for message in messages)
    for name, module in _all_modules(written):
        if not all(_is_clean(section["html"]) for section in module.get("sections", ())):
            yield f"modules {name}: HTML that the compiler would not write"


def _all_modules(written: Written) -> Iterator[tuple[str, Written]]:
    """Modules in every language, by id."""
    yield from ((module["id"], module) for module in written["modules"])
    for members in written.get("translations", {}).values():
        yield from members.get("modules", {}).items()


def _is_clean(html: str) -> bool:
    """Whether sanitising, apart from the slots of checks, changes nothing."""
    return all(sanitise(piece) == piece for piece in CHECK_SLOT.split(html)[::2])


def _reading_problems(written: Written) -> Iterator[str]:
    package = package_from_canonical_value(written, digest="")
    for language in written.get("translations", {}):
        package_from_canonical_value(in_language(written, language), digest="")
    for entry in package.outline:
        found = {"module": package.modules, "quiz": package.quizzes, "survey": package.surveys}[entry.kind]
        if entry.id not in found:
            yield f"outline: no {entry.kind} {entry.id}"
    for module in package.modules.values():
        yield from (
            f"module {module.id}: no {one}" for one in module.check_ids if one not in package.questions
        )
