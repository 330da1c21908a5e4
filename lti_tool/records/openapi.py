"""The OpenAPI 3.1 document of our extensions, with a short description of the xAPI resources that are served.

The paths below /xapi/extensions are written here by hand; a test compares them with the routes of the
application, both ways. What the resources of xAPI take is the standard's to say, so they are only named.
"""

from collections.abc import Mapping
from typing import Any, Final

from flask import current_app

from lti_tool.page_formats import service_version
from sync.exports.forms import MEDIA_TYPES
from xapi_bridge.store.search import Validity

EXTENSIONS: Final = "/xapi/extensions"
#: Says 404 below /xapi; it is no resource to describe.
ANY_OTHER_ADDRESS: Final = "xapi.say_not_found"

_STATES: Final = ["waiting", "running", "finished", "cancelled", "failed", "expired"]
_ID: Final = {
    "name": "export_id", "in": "path", "required": True, "schema": {"type": "string", "format": "uuid"},
}  # fmt: skip
_REFUSAL: Final = {
    "description": "Refused: the rule that was broken, and what to do next.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}},
}
#: What any address may answer instead; 503 and 507 name when to come back. There is no other 5xx.
_REFUSALS: Final = {"4XX": _REFUSAL, "503": _REFUSAL, "507": _REFUSAL}
_EXPORT: Final = {
    "description": "The export.",
    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Export"}}},
}

_SCHEMAS: Final[dict[str, Any]] = {
    "Refusal": {
        "type": "object",
        "required": ["code", "title", "detail", "next_step"],
        "properties": {
            "code": {"type": "string", "description": "Stable; programs may test it (docs/error-codes.md)."},
            "title": {"type": "string"},
            "detail": {"type": "string"},
            "next_step": {"type": "string"},
        },
    },
    "ExportRequest": {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "form": {"type": "string", "enum": list(MEDIA_TYPES), "default": "ndjson"},
            "person": {
                "type": "string",
                "description": "A person's pseudonym, or the name of one account.",
            },
            "verb": {"type": "string", "format": "iri"},
            "activity": {"type": "string", "format": "iri"},
            "related_activities": {"type": "boolean", "default": False},
            "registration": {"type": "string", "format": "uuid"},
            "since": {"type": "string", "format": "date-time", "description": "First instant of `stored`."},
            "before": {
                "type": "string",
                "format": "date-time",
                "description": "First instant of `stored` no more.",
            },
            "validity": {"type": "string", "enum": [one.value for one in Validity], "default": "valid"},
        },
    },
    "Export": {
        "type": "object",
        "required": [
            "id", "form", "state", "rows_done", "rows_expected", "more_expected", "percent", "size_bytes",
            "failure", "consistent_through", "requested_at", "expires_at", "file",
        ],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "form": {"type": "string", "enum": list(MEDIA_TYPES)},
            "state": {"type": "string", "enum": _STATES},
            "rows_done": {"type": "integer", "minimum": 0},
            "rows_expected": {"type": "integer", "minimum": 0, "description": "Counted up to 10,000."},
            "more_expected": {"type": "boolean"},
            "percent": {
                "type": ["integer", "null"],
                "description": "null while the number of rows is unknown.",
            },
            "size_bytes": {"type": ["integer", "null"]},
            "failure": {"type": ["string", "null"]},
            "consistent_through": {
                "type": "string",
                "format": "date-time",
                "description": "Everything stored up to this instant is in the file; use it as the next "
                "`since`, a microsecond later.",
            },
            "requested_at": {"type": "string", "format": "date-time"},
            "expires_at": {"type": ["string", "null"], "format": "date-time"},
            "file": {"type": ["string", "null"], "description": "Where the file is, when it is finished."},
        },
    },
}  # fmt: skip


def describe_extensions(*, server: str) -> dict[str, Any]:
    """The whole document.

    Args:
        server: scheme and host under which it was asked for.
    """
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CCHC learning record store",
            "version": service_version() or "0",
            "description": "xAPI 1.0.3 and 2.0.0 at /xapi, and exports for programs at /xapi/extensions.",
        },
        "servers": [{"url": server}],
        "security": [{"key": []}],
        "paths": {**_extension_paths(), **_xapi_paths()},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "basic"}},
            "schemas": _SCHEMAS,
        },
    }


def _extension_paths() -> dict[str, Any]:
    one = f"{EXTENSIONS}/exports/{{export_id}}"
    return {
        f"{EXTENSIONS}/openapi.json": {
            "get": _operation("openapi", "This document.", {"200": {"description": "OpenAPI."}}, is_open=True)
        },
        f"{EXTENSIONS}/health": {
            "get": _operation("health", "Whether the store answers.", {"200": _health()}, is_open=True)
        },
        f"{EXTENSIONS}/exports": {
            "get": _operation("listExports", "Exports of this key.", {"200": _listed()}),
            "post": {
                **_operation("createExport", "Asks for an export.", {"202": _EXPORT}),
                "requestBody": {
                    "required": False,
                    "content": {
                        "application/json": {"schema": {"$ref": "#/components/schemas/ExportRequest"}}
                    },
                },
            },
        },
        one: {
            "parameters": [_ID],
            "get": _operation("showExport", "How far an export is.", {"200": _EXPORT}),
            "delete": _operation(
                "cancelExport", "Cancels an unfinished export.", {"204": {"description": "Cancelled."}}
            ),
        },
        f"{one}/file": {
            "parameters": [_ID],
            "get": _operation("fetchExport", "The finished file; takes Range.", _file()),
        },
    }


def _operation(
    name: str, summary: str, answers: Mapping[str, Any], *, is_open: bool = False
) -> dict[str, Any]:
    described = {"operationId": name, "summary": summary, "responses": {**answers, **_REFUSALS}}
    return {**described, "security": []} if is_open else described


def _health() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["status", "consistent_through"],
        "properties": {
            "status": {"const": "ok"},
            "consistent_through": {"type": ["string", "null"], "format": "date-time"},
        },
    }
    return {"description": "It does.", "content": {"application/json": {"schema": schema}}}


def _listed() -> dict[str, Any]:
    schema = {
        "type": "object",
        "required": ["exports"],
        "properties": {"exports": {"type": "array", "items": {"$ref": "#/components/schemas/Export"}}},
    }
    return {"description": "Newest first.", "content": {"application/json": {"schema": schema}}}


def _file() -> dict[str, Any]:
    content: dict[str, Any] = {media_type: {} for media_type in MEDIA_TYPES.values()}
    return {
        "200": {"description": "The file.", "content": content},
        "206": {"description": "The part of it that Range asked for.", "content": content},
    }


def _xapi_paths() -> dict[str, Any]:
    """The resources of xAPI that this application serves, from its own routes, so that none is forgotten."""
    paths: dict[str, Any] = {}
    for rule in current_app.url_map.iter_rules():
        if not rule.rule.startswith("/xapi") or rule.rule.startswith(EXTENSIONS):
            continue
        if rule.endpoint == ANY_OTHER_ADDRESS:
            continue
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            view = current_app.view_functions[rule.endpoint]
            summary = (view.__doc__ or "").strip().partition("\n")[0]
            paths.setdefault(rule.rule, {})[method.lower()] = {
                "operationId": f"{method.lower()}_{rule.endpoint}",
                "summary": summary,
                "externalDocs": {"url": "https://github.com/adlnet/xAPI-Spec"},
                "responses": {"2XX": {"description": "As the standard says."}, **_REFUSALS},
            }
    return paths
