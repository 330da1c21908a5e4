"""A statement as a sentence in Vietnamese, for the person whom it is about."""

from dataclasses import dataclass
from typing import Any

import msgspec

from sync.calendars import VIET_NAM
from sync.statement_outline import believable_instant
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.vocabulary.concepts import VERB_DISPLAY


@dataclass(frozen=True)
class RecordInWords:
    """What a statement says of its actor.

    Attributes:
        at: instant in Viet Nam, dd/mm/yyyy hh:mm:ss.
        result: score, success and completion in words; may be empty.
    """

    at: str
    sentence: str
    activity_iri: str
    result: str
    response: str


def record_in_words(stored: StoredStatement) -> RecordInWords:
    """The statement in words; whatever it holds, there is a sentence."""
    written = msgspec.json.decode(stored.payload)
    instant = believable_instant(written.get("timestamp", ""), stored=stored.stored)
    thing = written["object"]
    verb, name = _verb(written["verb"]), _name(thing)
    result = written.get("result", {})
    at = instant.astimezone(VIET_NAM).strftime("%d/%m/%Y %H:%M:%S")
    taken_back = " (bản ghi đã bị hủy)" if stored.voided else ""
    return RecordInWords(
        at=at,
        sentence=f"Bạn {verb} “{name}”{taken_back}.",
        activity_iri=str(thing.get("id", "")),
        result=_result(result),
        response=str(result.get("response", "")),
    )


def _verb(verb: dict[str, Any]) -> str:
    shown = VERB_DISPLAY.get(verb["id"]) or verb.get("display") or {}
    return _in_vietnamese(shown) or verb["id"].rstrip("/").rpartition("/")[2]


def _name(thing: dict[str, Any]) -> str:
    named = _in_vietnamese(thing.get("definition", {}).get("name", {}))
    return named or str(thing.get("id") or thing.get("objectType", ""))


def _in_vietnamese(texts: Any) -> str:
    vietnamese = [text for tag, text in texts.items() if tag.split("-")[0] == "vi"]
    return str(next(iter([*vietnamese, *texts.values()]), ""))


def _result(result: dict[str, Any]) -> str:
    parts = []
    scaled = result.get("score", {}).get("scaled")
    if scaled is not None:
        parts.append(f"điểm {scaled * 100:.1f} %".replace(".", ","))
    if "success" in result:
        parts.append("đạt" if result["success"] else "chưa đạt")
    if "completion" in result:
        parts.append("đã xong" if result["completion"] else "chưa xong")
    return ", ".join(parts)
