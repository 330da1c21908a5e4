"""The OpenAPI 3.1 document of the public API; a test compares it with the routes and with real answers."""

from collections.abc import Mapping
from typing import Any, Final

from content_packages.experts.areas import AREA_TITLES
from content_packages.knowledge.source.fields import LEVELS
from lti_tool.asking.looking_up import LONGEST_WORDS
from lti_tool.page_formats import service_version

API: Final = "/api/hoi-dap"

_TEXT: Final = {"type": "string"}
_MAYBE_TEXT: Final = {"type": ["string", "null"]}
_MAYBE_DAY: Final = {"type": ["string", "null"], "format": "date"}
_TEXTS: Final = {"type": "array", "items": _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    """An object all of whose properties are always there."""
    return {"type": "object", "required": list(properties), "properties": properties}


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


_SCHEMAS: Final[dict[str, Any]] = {
    "Refusal": {
        **_object(code=_TEXT, title=_TEXT, detail=_TEXT, next_step=_TEXT),
        "description": "`code` is stable; programs may test it (docs/error-codes.md).",
    },
    "Citation": _object(
        ref=_TEXT,
        article=_TEXT,
        clause=_TEXT,
        standing={"type": "string", "enum": ["in_force", "not_yet", "expired", "unknown"]},
        name=_MAYBE_TEXT,
        title=_MAYBE_TEXT,
        checked_on=_MAYBE_DAY,
        url=_MAYBE_TEXT,
    ),
    "Hit": _object(
        kind={"type": "string", "enum": ["entry", "document", "section"]},
        key={**_TEXT, "description": "Stable name; may be stored."},
        title=_TEXT,
        place={**_TEXT, "description": "`Điều 5, Khoản 2`; empty: the whole."},
        text=_TEXT,
        marks={
            "type": "array",
            "description": "[start, end) in `text`: what of the question stands there.",
            "items": {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2},
        },
        area=_MAYBE_TEXT,
        citations=_list_of("Citation"),
        url=_MAYBE_TEXT,
    ),
    "Answer": _object(
        by={"const": "machine", "description": "Say so where you show it."},
        kind={"type": "string", "enum": ["entry", "document", "section", "validity", "unknown"]},
        confidence={"type": "number", "minimum": 0, "maximum": 1},
        band={"type": "string", "enum": ["high", "medium", "low"]},
        text={**_TEXT, "description": "Empty when `kind` is `unknown`: say that you do not know."},
        html=_MAYBE_TEXT,
        cautions={
            "type": "array",
            "items": {
                "type": "string",
                "enum": [
                    "basis_expired",
                    "basis_not_yet",
                    "basis_unknown",
                    "basis_amended",
                    "named_expired",
                ],
            },
        },
        citations=_list_of("Citation"),
        hit={"oneOf": [{"$ref": "#/components/schemas/Hit"}, {"type": "null"}]},
        alternatives=_list_of("Hit"),
    ),
    "Found": _object(
        question=_TEXT,
        on={"type": "string", "format": "date"},
        corrected=_MAYBE_TEXT,
        answer={"$ref": "#/components/schemas/Answer"},
        entries=_list_of("Hit"),
        documents=_list_of("Hit"),
        sections=_list_of("Hit"),
        expired_left_out={"type": "integer", "minimum": 0},
    ),
    "Suggestions": _object(
        suggestions={"type": "array", "items": _object(key=_TEXT, text=_TEXT, url=_MAYBE_TEXT)}
    ),
    "Areas": _object(areas={"type": "array", "items": _object(code=_TEXT, name=_TEXT)}),
    "Entry": _object(
        id=_TEXT,
        question=_TEXT,
        answer={**_TEXT, "description": "Markdown."},
        html=_TEXT,
        area=_TEXT,
        level=_MAYBE_TEXT,
        as_of={"type": "string", "format": "date"},
        citations=_list_of("Citation"),
        version={"type": "integer", "minimum": 1},
        url=_TEXT,
    ),
    "Document": _object(
        ref=_TEXT,
        kind=_TEXT,
        title=_TEXT,
        issuer=_TEXT,
        signed=_MAYBE_DAY,
        effective=_MAYBE_DAY,
        expires=_MAYBE_DAY,
        checked_on=_MAYBE_DAY,
        on={"type": "string", "format": "date"},
        standing={"type": "string", "enum": ["in_force", "not_yet", "expired", "unknown"]},
        replaces=_TEXTS,
        replaced_by=_TEXTS,
        amends=_TEXTS,
        amended_by=_TEXTS,
        area=_TEXT,
        grade={"type": "string", "enum": ["A", "B", "C"]},
        passages={
            "type": "array",
            "items": _object(article=_TEXT, clause=_TEXT, heading=_TEXT, text=_TEXT),
        },
        url=_TEXT,
    ),
}


def describe_knowledge(*, server: str) -> dict[str, Any]:
    """The whole document.

    Args:
        server: scheme and host under which it was asked for.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CCHC knowledge base",
            "version": service_version() or "0",
            "description": "Search and answers about public administration reform in Viet Nam. Read only, no "
            "key, nobody's data. Answers may be kept for five minutes.",
        },
        "servers": [{"url": server}],
        "paths": _paths(),
        "components": {"schemas": _SCHEMAS},
    }


def _paths() -> dict[str, Any]:
    words = _query("q", {"type": "string", "minLength": 1, "maxLength": LONGEST_WORDS}, required=True)
    area = _query("area", {"type": "string", "enum": ["", *AREA_TITLES]})
    level = _query("level", {"type": "string", "enum": list(LEVELS)})
    on = _query("on", {"type": "string", "format": "date"}, "Day as of which documents are looked at.")
    return {
        f"{API}/openapi.json": {"get": _operation("openapi", "This document.", {})},
        f"{API}/areas": {"get": _operation("listAreas", "Subject areas.", _ref("Areas"))},
        f"{API}/search": {
            "get": _operation(
                "search",
                "The machine's answer and what was found.",
                _ref("Found"),
                words,
                area,
                level,
                on,
                _limit(50, 10),
            )
        },
        f"{API}/suggest": {
            "get": _operation(
                "suggest", "Questions and documents that begin so.", _ref("Suggestions"), words, _limit(20, 8)
            )
        },
        f"{API}/entries/{{entry_id}}": {
            "get": _operation("showEntry", "A stored question.", _ref("Entry"), _place("entry_id"))
        },
        f"{API}/documents/{{ref}}": {
            "get": _operation(
                "showDocument",
                "A document's record; slashes of its number stand as they are.",
                _ref("Document"),
                _place("ref"),
                on,
            )
        },
    }


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _query(
    name: str, schema: Mapping[str, Any], description: str = "", *, required: bool = False
) -> dict[str, Any]:
    parameter = {"name": name, "in": "query", "required": required, "schema": dict(schema)}
    return {**parameter, "description": description} if description else parameter


def _limit(most: int, otherwise: int) -> dict[str, Any]:
    return _query("limit", {"type": "integer", "minimum": 1, "maximum": most, "default": otherwise})


def _place(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def _operation(
    name: str, summary: str, schema: Mapping[str, Any], *parameters: Mapping[str, Any]
) -> dict[str, Any]:
    refusal = {
        "description": "Refused: the rule that was broken, and what to do next.",
        "content": {"application/json": {"schema": _ref("Refusal")}},
    }
    answered = {"description": summary, "content": {"application/json": {"schema": dict(schema)}}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": answered, "default": refusal},
    }
