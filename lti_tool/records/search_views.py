"""The page of searching: filters in the address, sentences, a picture, and ways to both sides."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from flask import jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import required_operator
from lti_tool.admin.sign_in import SignedIn
from lti_tool.records.activity import SAMPLE, ActivityPicture, draw_activity
from lti_tool.records.asked import RecordsAsked, read_records_asked, uuid_from
from lti_tool.records.choices import find_units, settle_names
from lti_tool.records.pages import blueprint, iri_base, note_operator_reading, today
from lti_tool.records.reach import reach_of
from lti_tool.records.sentences import PersonWords, say_statement
from lti_tool.reports.access import require_unit
from sync.activity_titles import search_titles
from sync.exports.rows import find_people
from sync.statement_filters import search_for
from xapi_bridge.running_app import reading
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.search import SearchPlan, count_matches, plan_search, search_statements

PER_PAGE = 50
#: Fewer letters name too much.
_SHORTEST_NAME = 2


@blueprint.get("/")
def search() -> str | Response:
    """Statements that match, newest first, each as a sentence."""
    if request.args.get("ma", "").strip():
        statement_id = uuid_from(request.args["ma"], name="ma")
        return redirect(url_for("records.statement", statement_id=statement_id), code=303)
    operator = required_operator()
    asked = read_records_asked(request.args)
    with reading() as session:
        asked, choices, unknown = settle_names(session, asked, operator)
        if asked.filters.unit_id is not None:
            require_unit(session, operator, asked.filters.unit_id)
        shown: dict[str, Any] = {"page": None, "lines": (), "count": None, "picture": None}
        if not unknown and not choices.is_undecided:
            shown = _answer(session, asked, operator)
        page = render_template(
            "records/search.html",
            asked=asked,
            choices=choices,
            unknown=unknown,
            operator=operator,
            presets=_presets(asked),
            **shown,
        )
    note_operator_reading("search", asked=asked.written, count=len(shown["lines"]))
    return page


@blueprint.get("/goi-y")
def suggest() -> Response:
    """Units or activities by the beginning of a name, for the field that is being typed into."""
    text = request.args.get("q", "").strip()[:200]
    if len(text) < _SHORTEST_NAME:
        return jsonify([])
    with reading() as session:
        if request.args.get("loai") == "don-vi":
            found = [
                {
                    "value": str(one.unit.unit_id),
                    "label": one.unit.name,
                    "note": " · ".join(above.name for above in one.above if above.level != "national"),
                }
                for one in find_units(session, text, required_operator())
            ]
        else:
            titles = search_titles(session, text, iri_base=iri_base())
            found = [{"value": one.iri, "label": one.title, "note": one.iri} for one in titles]
    return jsonify(found)


def people_for(
    session: Session, statements: list[StoredStatement], operator: SignedIn
) -> Mapping[tuple[str, str], PersonWords]:
    """Account → who it is, as far as the operator may know."""
    known = find_people(session, statements, with_names=operator.sees_names)
    return {account: PersonWords(one.pseudonym, one.full_name) for account, one in known.items()}


def _answer(session: Session, asked: RecordsAsked, operator: SignedIn) -> dict[str, Any]:
    reach = reach_of(operator, on=today())
    search = search_for(session, asked.filters, reach=reach, iri_base=iri_base())
    wanted = plan_search(session, search)
    page = search_statements(
        session, wanted, limit=PER_PAGE, older_than=asked.older_than, newer_than=asked.newer_than
    )
    people = people_for(session, list(page.statements), operator)
    return {
        "page": page,
        "lines": [
            (stored, say_statement(stored, people=people, with_names=operator.sees_names))
            for stored in page.statements
        ],
        "count": count_matches(session, wanted),
        "picture": _picture(session, wanted) if asked.is_first_page else None,
    }


def _picture(session: Session, wanted: SearchPlan) -> ActivityPicture | None:
    sample = search_statements(session, wanted, limit=SAMPLE)
    return draw_activity(sample.statements, is_whole=not sample.has_older, other=_("việc khác"))


def _presets(asked: RecordsAsked) -> list[tuple[str, dict[str, str | int], bool]]:
    """Words, arguments of the address, and whether it is the one in force."""
    day = today()
    spans = [
        (_("hôm nay"), day, None),
        (_("7 ngày qua"), day - timedelta(days=6), None),
        (_("30 ngày qua"), day - timedelta(days=29), None),
        (_("năm nay"), day.replace(month=1, day=1), None),
        (_("mọi thời gian"), None, None),
    ]
    return [
        (
            words,
            asked.link(tu=first.isoformat() if first else None, den=None),
            (asked.first_day, asked.last_day) == (first, last),
        )
        for words, first, last in spans
    ]
