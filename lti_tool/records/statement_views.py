"""One statement: its sentence, its facts, its JSON, and what it hangs together with."""

import json
from uuid import UUID

import msgspec
from flask import Response, render_template

from lti_tool.admin.guard import required_operator
from lti_tool.records.pages import blueprint, iri_base, note_operator_reading, today
from lti_tool.records.reach import require_statement
from lti_tool.records.related import find_related
from lti_tool.records.search_views import people_for
from lti_tool.records.sentences import in_language, read_stored, say_statement
from sync.reports.evidence import find_evidence
from sync.reports.programme import read_programme
from xapi_bridge.running_app import reading
from xapi_bridge.statement.nameless import without_names
from xapi_bridge.store.follow import StoredStatement


@blueprint.get("/<uuid:statement_id>")
def statement(statement_id: UUID) -> str:
    """One statement as a sentence, as facts and as JSON."""
    operator = required_operator()
    with reading() as session:
        stored = require_statement(session, operator, statement_id, on=today())
        related = find_related(session, stored, operator, on=today())
        people = people_for(session, [stored, *related.everything()], operator)
        say = {
            one.statement_id: say_statement(one, people=people, with_names=operator.sees_names)
            for one in (stored, *related.everything())
        }
        parsed = read_stored(stored)
        page = render_template(
            "records/statement.html",
            stored=stored,
            parsed=parsed,
            say=say,
            related=related,
            evidence=find_evidence(session, statement_id),
            programme=read_programme(session, iri_base=iri_base()),
            attachments=[(in_language(one.display), one) for one in parsed.attachments],
            json_text=_json_for_reader(stored, with_names=operator.sees_names),
            operator=operator,
        )
    note_operator_reading("statement", asked={"statementId": statement_id}, count=1)
    return page


@blueprint.get("/<uuid:statement_id>.json")
def statement_json(statement_id: UUID) -> Response:
    """The JSON of one statement as a file."""
    operator = required_operator()
    with reading() as session:
        stored = require_statement(session, operator, statement_id, on=today())
    note_operator_reading("statement", asked={"statementId": statement_id}, count=1)
    body = stored.payload if operator.sees_names else _json_for_reader(stored, with_names=False)
    answer = Response(body, mimetype="application/json")
    answer.headers["Content-Disposition"] = f'attachment; filename="{statement_id}.json"'
    return answer


def _json_for_reader(stored: StoredStatement, *, with_names: bool) -> str:
    written = msgspec.json.decode(stored.payload)
    return json.dumps(written if with_names else without_names(written), ensure_ascii=False, indent=2)
