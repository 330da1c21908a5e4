"""The OpenAPI 3.1 document of the figures for programs; tests hold routes and answers against it."""

from collections.abc import Mapping
from typing import Any, Final

from lti_tool.page_formats import service_version
from lti_tool.statistics_api.asked import MOST_PER_PAGE, TREES
from sync.calendars import Calendar
from sync.organization.units import LEVELS
from sync.rollups.definitions import TrainingForm

PREFIX: Final = "/api/thong-ke"
_DAY: Final = {"type": "string", "format": "date"}
_COUNT: Final = {"type": "integer", "minimum": 0}
_TEXT: Final = {"type": "string"}


def _object(**properties: Any) -> dict[str, Any]:
    """An object of which every property is always there, and no other."""
    return {
        "type": "object",
        "required": list(properties),
        "additionalProperties": False,
        "properties": properties,
    }


def _list_of(name: str) -> dict[str, Any]:
    return {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


_UNIT: Final = {
    "unit_id": _COUNT,
    "scheme": _TEXT,
    "code": _TEXT,
    "level": {"type": "string", "enum": list(LEVELS)},
    "kind": _TEXT,
    "name": _TEXT,
    "valid_from": _DAY,
    "valid_to": {**_DAY, "description": "First day on which it no longer exists; 9999-12-31 while open."},
}
_STOCK: Final = {
    "people": {**_COUNT, "description": "In the unit or below it on the day."},
    "accessed": {**_COUNT, "description": "Had opened a module by the day."},
    "completed": {**_COUNT, "description": "Had completed a module by the day."},
    "completed_programme": {**_COUNT, "description": "Had completed every required module by the day."},
}
_TARGET: Final = {
    "due_on": _DAY,
    "percent": _COUNT,
    "exceeds": {"type": "boolean", "description": "The share must lie above the percentage."},
}
_TIMING: Final = {"type": "string", "enum": ["stock", "flow"]}
_TREE: Final = {
    "type": "string", "enum": list(TREES), "default": TREES[0],
    "description": "as-was: in the units of the day; today: the same people in today's units.",
}  # fmt: skip
_POINTS: Final = {"type": ["number", "null"], "description": "Of 100; null when nobody has both results."}
_MODULE: Final = {"type": ["string", "null"], "description": "The module counted; null: any."}

_SCHEMAS: Final[dict[str, Any]] = {
    "Refusal": {
        "type": "object",
        "required": ["code", "title", "detail", "next_step"],
        "properties": {"code": _TEXT, "title": _TEXT, "detail": _TEXT, "next_step": _TEXT},
    },
    "Unit": _object(**_UNIT),
    "ListedUnit": _object(**_UNIT, parent_id={"type": ["integer", "null"]}),
    "Succession": _object(
        unit=_ref("Unit"), on_date=_DAY, mode=_TEXT, is_default={"type": "boolean"}, legal_basis=_TEXT
    ),
    "Stock": _object(**_STOCK),
    "PartStock": _object(unit=_ref("Unit"), **_STOCK),
    "LevelStock": _object(level=_TEXT, **_STOCK),
    "Freshness": _object(as_of={"type": ["string", "null"], "format": "date-time"}, waiting=_COUNT),
    "Population": _object(code=_TEXT, version=_COUNT, title=_TEXT, legal_basis=_TEXT),
    "Month": _object(period_start=_DAY, period_end=_DAY, label=_TEXT, accessed=_COUNT, completed=_COUNT),
    "Target": _object(**_TARGET),
    "JudgedTarget": _object(**_TARGET, is_reached={"type": "boolean"}),
    "Indicator": _object(
        code=_TEXT, title=_TEXT, timing=_TIMING,
        direction={"type": "string", "enum": ["higher", "lower", "neither"]},
        formula=_TEXT, numerator=_TEXT, denominator=_TEXT, legal_basis=_TEXT,
        population=_ref("Population"), targets=_list_of("Target"),
    ),
    "Measured": _object(
        code=_TEXT, timing=_TIMING, numerator=_COUNT, denominator=_COUNT,
        percent={"type": ["number", "null"]},
        unmeasured={"type": ["string", "null"], "description": "Why there is no share."},
        targets=_list_of("JudgedTarget"),
    ),
    "Gain": _object(
        title=_TEXT, before_iri=_TEXT, after_iri=_TEXT, people=_COUNT, mean_before=_POINTS,
        mean_after=_POINTS, mean_gain=_POINTS, low=_POINTS, high=_POINTS,
    ),
    "Form": _object(
        form={"type": "string", "enum": [one.value for one in TrainingForm]}, people=_COUNT, of=_COUNT,
        turns=_COUNT,
    ),
}  # fmt: skip

#: Address -> name of its view, summary, answer.
_ADDRESSES: Final[Mapping[str, tuple[str, str, dict[str, Any]]]] = {
    "/units": ("units", "Units in force on a day.", _object(
        on=_DAY, total=_COUNT, page=_COUNT, per_page=_COUNT, next={"type": ["string", "null"]},
        units=_list_of("ListedUnit"),
    )),
    "/units/{unit_id}": ("unit", "One unit, what is above it, before it and after it.", _object(
        unit=_ref("Unit"), above=_list_of("Unit"), predecessors=_list_of("Succession"),
        successors=_list_of("Succession"), freshness=_ref("Freshness"),
    )),
    "/units/{unit_id}/figures": ("figures", "Stock of a unit on a day, with parts and levels.", _object(
        unit=_ref("Unit"), on=_DAY, tree=_TREE, timing=_TIMING, population=_ref("Population"), module=_MODULE,
        total=_ref("Stock"), own=_ref("Stock"), parts=_list_of("PartStock"), levels=_list_of("LevelStock"),
        freshness=_ref("Freshness"),
    )),
    "/units/{unit_id}/series": ("series", "Flow by month, credited to the unit of that day.", _object(
        unit=_ref("Unit"), timing=_TIMING, year=_COUNT, calendar=_TEXT, module=_MODULE,
        months=_list_of("Month"), freshness=_ref("Freshness"),
    )),
    "/units/{unit_id}/indicators": ("unit_indicators", "Indicators of a unit on a day.", _object(
        unit=_ref("Unit"), on=_DAY, population=_ref("Population"), indicators=_list_of("Measured"),
        gains=_list_of("Gain"), forms=_list_of("Form"), freshness=_ref("Freshness"),
    )),
    "/units/{unit_id}/people-counts": ("people_counts", "How many people are how far.", _object(
        unit=_ref("Unit"), on=_DAY, timing=_TIMING, population=_ref("Population"), people=_COUNT,
        by_progress=_object(not_started=_COUNT, started=_COUNT, completed=_COUNT),
        freshness=_ref("Freshness"),
    )),
    "/indicators": ("indicators", "Every indicator with its definition.", _object(
        indicators=_list_of("Indicator"),
    )),
    "/populations": ("populations", "The rules of who is counted.", _object(
        populations=_list_of("Population"),
    )),
}  # fmt: skip

_PARAMETERS: Final[Mapping[str, dict[str, Any]]] = {
    "on": {**_DAY, "description": "The day; today unless given."},
    "module": {"type": "string", "description": "IRI of one module.", "maxLength": 400},
    "population": {"type": "string", "description": "Code of a rule of /populations.", "maxLength": 40},
    "level": {"type": "string", "enum": list(LEVELS)},
    "below": {"type": "integer", "minimum": 1, "description": "This unit and everything below it."},
    "name": {"type": "string", "description": "Part of a name, without regard to tones.", "maxLength": 400},
    "tree": _TREE,
    "year": {"type": "integer", "minimum": 2000, "maximum": 2200},
    "calendar": {"type": "string", "enum": [one.value for one in Calendar], "default": "official"},
    "page": {"type": "integer", "minimum": 1, "default": 1},
    "per_page": {"type": "integer", "minimum": 1, "maximum": MOST_PER_PAGE, "default": 100},
}
_REFUSAL: Final = {
    "description": "Refused: the rule that was broken, and what to do next.",
    "content": {"application/json": {"schema": _ref("Refusal")}},
}


def describe_statistics(*, server: str, parameters: Mapping[str, frozenset[str]]) -> dict[str, Any]:
    """The whole document.

    Args:
        server: scheme and host under which it was asked for.
        parameters: what each view may be asked by.
    """
    paths = {
        PREFIX + path: {"get": _operation(path, *described, parameters[described[0]])}
        for path, described in _ADDRESSES.items()
    }
    own = {"operationId": "openapi", "summary": "This document.", "security": []}
    paths[f"{PREFIX}/openapi.json"] = {"get": {**own, "responses": {"200": {"description": "OpenAPI."}}}}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CCHC statistics",
            "version": service_version() or "0",
            "description": "Figures of the statistics pages, for programs. Stock and flow are never mixed.",
        },
        "servers": [{"url": server}],
        "security": [{"key": []}, {"operator": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "key": {"type": "http", "scheme": "basic"},
                "operator": {"type": "apiKey", "in": "cookie", "name": "cchc_operator"},
            },
            "schemas": _SCHEMAS,
        },
    }


def _operation(
    path: str, name: str, summary: str, answer: dict[str, Any], parameters: frozenset[str]
) -> dict[str, Any]:
    asked = [
        {"name": one, "in": "query", "required": False, "schema": _PARAMETERS[one]}
        for one in sorted(parameters)
    ]
    if "{unit_id}" in path:
        schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
        asked.append({"name": "unit_id", "in": "path", "required": True, "schema": schema})
    content = {"application/json": {"schema": answer}}
    return {
        "operationId": name,
        "summary": summary,
        "parameters": asked,
        "responses": {"200": {"description": summary, "content": content}, "default": _REFUSAL},
    }
