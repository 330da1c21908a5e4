"""A statement explained to a person, and its JSON laid out for reading."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sync.reports.evidence import Evidence
from sync.reports.programme import Programme
from xapi_bridge.statement import Activity, Statement, StatementRef, parse_statement
from xapi_bridge.statement.nameless import without_names
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.vocabulary.concepts import VERB_DISPLAY


@dataclass(frozen=True)
class StatementWords:
    """What a statement says.

    Attributes:
        account_name: of the actor; empty when the actor is not named by an account.
        verb: in the reader's language where known, else the verb's IRI.
        object_name: name of the activity, or its IRI.
        scaled: quiz result, -1.0 to 1.0.
        module_title: the module that it counts for; empty when it is not counted.
        json_text: the whole statement, indented.
    """

    account_name: str
    home_page: str
    verb: str
    object_name: str
    object_iri: str
    occurred_at: datetime
    stored_at: datetime
    scaled: float | None
    success: bool | None
    voided: bool
    module_title: str
    json_text: str


def explain_statement(
    stored: StoredStatement,
    evidence: Evidence | None,
    programme: Programme,
    *,
    language: str,
    with_names: bool,
) -> StatementWords:
    """The statement for a page.

    Args:
        with_names: without, names and e-mail addresses that other systems wrote into it are left out.
    """
    written = json.loads(stored.payload)
    statement = parse_statement(stored.payload, version=_spoken_version(written))
    account = statement.actor.account
    score = statement.result.score if statement.result else None
    object_name, object_iri = _object(statement, language)
    return StatementWords(
        account_name=account.name if account else "",
        home_page=account.home_page if account else "",
        verb=_verb(statement, language),
        object_name=object_name,
        object_iri=object_iri,
        occurred_at=statement.timestamp or stored.stored,
        stored_at=stored.stored,
        scaled=score.scaled if score else None,
        success=statement.result.success if statement.result else None,
        voided=stored.voided,
        module_title=programme.title_of(evidence.module_iri) if evidence else "",
        json_text=json.dumps(written if with_names else without_names(written), ensure_ascii=False, indent=2),
    )


def _spoken_version(written: Mapping[str, Any]) -> str:
    return "2.0.0" if str(written.get("version", "")).startswith("2.") else "1.0.3"


def _verb(statement: Statement, language: str) -> str:
    verb = statement.verb
    return _in_language(VERB_DISPLAY.get(verb.id) or verb.display, language) or verb.id


def _object(statement: Statement, language: str) -> tuple[str, str]:
    """Name and IRI (or statement id) of what it was done with."""
    target = statement.object
    if isinstance(target, Activity):
        names = target.definition.name if target.definition else None
        return _in_language(names, language) or target.id, target.id
    if isinstance(target, StatementRef):
        return str(target.id), str(target.id)
    return type(target).__name__, ""


def _in_language(texts: Mapping[str, str] | None, language: str) -> str:
    """The text in the reader's language, else in Vietnamese, else any."""
    if not texts:
        return ""
    near = [text for tag, text in texts.items() if tag.split("-")[0] == language]
    return next(iter([*near, texts.get("vi", ""), *texts.values()]))
