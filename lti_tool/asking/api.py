"""The public JSON API of the knowledge base, which other web sites may embed. Stable names and codes.

Described by its OpenAPI document; a test holds the two against each other.
"""

from datetime import date
from typing import Any, Final

from flask import Blueprint, Response, jsonify, request, url_for

from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.working_days import local_day
from content_packages.knowledge import (
    Answer,
    Citation,
    Document,
    Filters,
    Hit,
    Suggestion,
    answer,
    find_document,
    find_entry,
    search,
    suggest,
)
from content_packages.knowledge.source.fields import LEVELS
from lti_tool.asking.errors import SearchUnreadable
from lti_tool.asking.looking_up import LONGEST_WORDS
from lti_tool.asking.openapi import describe_knowledge
from lti_tool.asking.public_door import admit_visitor, let_caches_keep, let_origins_read
from lti_tool.asking.showing import answer_html, entry_page
from xapi_bridge.running_app import now, reading

blueprint = Blueprint("knowledge_api", __name__, url_prefix="/api/hoi-dap")
blueprint.before_request(admit_visitor)
blueprint.after_request(let_caches_keep)
blueprint.after_request(let_origins_read)

_MOST_HITS: Final = 50
_MOST_SUGGESTIONS: Final = 20


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """This document."""
    return jsonify(describe_knowledge(server=request.host_url.rstrip("/")))


@blueprint.get("/areas")
def areas() -> Response:
    """Subject areas with their names."""
    return jsonify({"areas": [{"code": code, "name": name} for code, name in AREA_TITLES.items()]})


@blueprint.get("/search")
def find() -> Response:
    """The machine's answer, and the lists of what was found."""
    words, filters, on = _words(), _filters(), _day()
    with reading() as session:
        given = answer(session, words, on=on, filters=filters)
        found = search(session, words, on=on, filters=filters, limit=_number("limit", 10, most=_MOST_HITS))
    return jsonify(
        {
            "question": words,
            "on": on.isoformat(),
            "corrected": found.corrected or None,
            "answer": _answer(given),
            "entries": [_hit(one) for one in found.entries],
            "documents": [_hit(one) for one in found.documents],
            "sections": [_hit(one) for one in found.sections],
            "expired_left_out": found.expired_left_out,
        }
    )


@blueprint.get("/suggest")
def propose() -> Response:
    """Stored questions and documents that begin like what was typed."""
    with reading() as session:
        found = suggest(session, _words(), limit=_number("limit", 8, most=_MOST_SUGGESTIONS))
    return jsonify({"suggestions": [_suggestion(one) for one in found]})


@blueprint.get("/entries/<entry_id>")
def entry(entry_id: str) -> Response:
    """A stored question with its answer."""
    with reading() as session:
        find_entry(session, entry_id)
        shown = entry_page(session, entry_id, today=local_day(now()))
    return jsonify(
        {
            "id": shown.entry.id,
            "question": shown.entry.question,
            "answer": shown.entry.answer,
            "html": str(shown.html),
            "area": shown.entry.area,
            "level": shown.entry.level or None,
            "as_of": shown.entry.as_of.isoformat(),
            "citations": [_citation(one) for one in shown.citations],
            "version": len(shown.versions),
            "url": url_for("public_knowledge.entry", entry_id=entry_id, _external=True),
        }
    )


@blueprint.get("/documents/<path:ref>")
def document(ref: str) -> Response:
    """A document's record with its validity today."""
    with reading() as session:
        record = find_document(session, ref)
    return jsonify(_document(record, on=_day()))


def _words() -> str:
    words = " ".join(request.args.get("q", "").replace("\x00", "").split())
    if not words or len(words) > LONGEST_WORDS:
        raise SearchUnreadable(f"`q` is a text of 1 to {LONGEST_WORDS} characters.")
    return words


def _filters() -> Filters:
    area, level = request.args.get("area", ""), request.args.get("level", "")
    if area not in ("", *AREA_TITLES):
        raise SearchUnreadable(f"`area` is one of {', '.join(AREA_TITLES)}.")
    if level not in LEVELS:
        raise SearchUnreadable(f"`level` is one of {', '.join(filter(None, LEVELS))}.")
    return Filters(area=area, level=level)


def _day() -> date:
    text = request.args.get("on", "")
    try:
        return date.fromisoformat(text) if text else local_day(now())
    except ValueError as malformed:
        raise SearchUnreadable("`on` is a day, written as 2026-11-25.") from malformed


def _number(name: str, otherwise: int, *, most: int) -> int:
    text = request.args.get(name, str(otherwise))
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= most:
        raise SearchUnreadable(f"`{name}` is a number from 1 to {most}.")
    return int(text)


def _answer(given: Answer) -> dict[str, Any]:
    """Always says that a machine answers."""
    html = answer_html(given.hit.entry.answer) if given.hit and given.hit.entry else None
    return {
        "by": "machine",
        "kind": given.kind,
        "confidence": round(given.confidence, 3),
        "band": given.band,
        "text": given.extract.text,
        "html": str(html) if html is not None else None,
        "cautions": list(given.cautions),
        "citations": [_citation(one) for one in given.citations],
        "hit": _hit(given.hit) if given.hit else None,
        "alternatives": [_hit(one) for one in given.alternatives],
    }


def _hit(hit: Hit) -> dict[str, Any]:
    return {
        "kind": hit.kind,
        "key": hit.key,
        "title": hit.title,
        "place": hit.place,
        "text": hit.extract.text,
        "marks": [list(mark) for mark in hit.extract.marks],
        "area": hit.area or None,
        "citations": [_citation(one) for one in hit.citations],
        "url": _address(hit.key),
    }


def _citation(citation: Citation) -> dict[str, Any]:
    record = citation.document
    return {
        "ref": citation.ref,
        "article": citation.article,
        "clause": citation.clause,
        "standing": citation.standing,
        "name": record.name if record else None,
        "title": record.title if record else None,
        "checked_on": citation.checked_on.isoformat() if citation.checked_on else None,
        "url": url_for("public_knowledge.document", ref=citation.ref, _external=True) if record else None,
    }


def _suggestion(suggestion: Suggestion) -> dict[str, Any]:
    return {"key": suggestion.key, "text": suggestion.text, "url": _address(suggestion.key)}


def _address(key: str) -> str | None:
    """Our public page of a hit; a lesson's section has none."""
    kind, _, name = key.partition(":")
    if kind == "entry":
        return url_for("public_knowledge.entry", entry_id=name, _external=True)
    if kind == "document":
        return url_for("public_knowledge.document", ref=name.partition("#")[0], _external=True)
    return None


def _document(record: Document, *, on: date) -> dict[str, Any]:
    days = {
        name: day.isoformat() if (day := getattr(record, name)) else None
        for name in ("signed", "effective", "expires", "checked_on")
    }
    return {
        "ref": record.ref,
        "kind": record.kind,
        "title": record.title,
        "issuer": record.issuer,
        **days,
        "on": on.isoformat(),
        "standing": record.standing_on(on),
        "replaces": list(record.replaces),
        "replaced_by": list(record.replaced_by),
        "amends": list(record.amends),
        "amended_by": list(record.amended_by),
        "area": record.area,
        "grade": record.grade,
        "passages": [
            {"article": one.article, "clause": one.clause, "heading": one.heading, "text": one.text}
            for one in record.passages
        ],
        "url": url_for("public_knowledge.document", ref=record.ref, _external=True),
    }
