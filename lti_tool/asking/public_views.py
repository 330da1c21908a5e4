"""The public page of the knowledge base: the same search, read only, without anybody's data."""

from flask import Blueprint, Response, jsonify, render_template, request

from content_packages.experts.areas import AREA_TITLES
from content_packages.experts.working_days import local_day
from content_packages.knowledge import find_document, suggest
from lti_tool.asking.looking_up import look_up, read_words
from lti_tool.asking.public_door import admit_visitor, let_caches_keep
from lti_tool.asking.showing import entry_page, suggestion_address
from lti_tool.asking.words import lend_words
from xapi_bridge.running_app import now, reading

blueprint = Blueprint("public_knowledge", __name__, url_prefix="/hoi-dap")
blueprint.before_request(admit_visitor)
blueprint.after_request(let_caches_keep)
blueprint.context_processor(lend_words)

_FRAME = "asking/public.html"


# People type addresses with a slash at the end, too.
@blueprint.get("", strict_slashes=False)
def search() -> str:
    """The search with its answer; without a question what is often asked."""
    asked = read_words(request.args, today=local_day(now()))
    with reading() as session:
        looked_up = look_up(session, asked)
    return _page("search", asked=asked, looked_up=looked_up, worded=None, vote="")


@blueprint.get("/goi-y")
def suggestions() -> Response:
    """Stored questions and documents that begin like what was typed."""
    asked = read_words(request.args, today=local_day(now()))
    with reading() as session:
        found = suggest(session, asked.words, limit=6)
    return jsonify([{"text": one.text, "url": suggestion_address(one)} for one in found])


@blueprint.get("/muc/<entry_id>")
def entry(entry_id: str) -> str:
    """A stored question with its answer."""
    with reading() as session:
        shown = entry_page(session, entry_id, today=local_day(now()))
    return _page("entry", shown=shown, vote="")


@blueprint.get("/van-ban/<path:ref>")
def document(ref: str) -> str:
    """A document's record and its passages."""
    with reading() as session:
        record = find_document(session, ref)
    return _page("document", record=record, today=local_day(now()))


def _page(name: str, **shown: object) -> str:
    return render_template(
        f"asking/{name}.html",
        frame=_FRAME,
        areas=AREA_TITLES,
        may_ask=False,
        lesson_title="",
        ticket=None,
        news=0,
        **shown,
    )
