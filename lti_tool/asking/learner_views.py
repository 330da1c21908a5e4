"""The question channel behind the ticket of a launch: search, answer, ask an expert, own questions, votes.

A learner of a lesson comes here through the panel beside it; a link of its own opens the channel at once.
"""

from typing import Any

from flask import Blueprint, Response, g, jsonify, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.contents import Module
from content_packages.errors import AskingRefused, KnowledgeItemNotFound
from content_packages.experts.areas import AREA_TITLES, CHANNEL
from content_packages.experts.asking import (
    LONGEST_DETAILS,
    LONGEST_QUESTION,
    Asker,
    NewQuestion,
    ask_question,
    count_news,
    entry_of,
    find_similar,
    is_news,
    list_own_questions,
    open_own_question,
    retract_question,
)
from content_packages.experts.queue import was_in_time
from content_packages.experts.settings import ExpertSettings
from content_packages.experts.telling import tell_searched
from content_packages.experts.use import count_answer
from content_packages.experts.voting import own_vote, vote_on_answer
from content_packages.experts.working_days import local_day
from content_packages.knowledge import Entry, find_document, find_entry, suggest, word_answer
from content_packages.knowledge.wording import AnswerWording
from content_packages.library import read_package
from content_packages.player.ticket import Ticket
from content_packages.player.visits import guard, refuse_preview
from lti_tool.asking.looking_up import AskedWords, LookedUp, look_up, read_words
from lti_tool.asking.showing import answer_html, entry_page, suggestion_address
from lti_tool.asking.words import lend_words
from lti_tool.error_pages import explanation_of
from xapi_bridge.running_app import borrow, now, reading, section, transaction

# Under /hoc, because the cookie that binds a ticket to its browser goes to these addresses only.
blueprint = Blueprint("asking", __name__, url_prefix=f"/hoc/<ticket>/{CHANNEL}")
guard(blueprint)
blueprint.context_processor(lend_words)
blueprint.add_app_template_filter(answer_html)

_FRAME = "asking/layout.html"


@blueprint.get("")
def search() -> str:
    """The search with its answer; without a question what is often asked."""
    asked = read_words(request.args, today=local_day(now()), area=_own_area())
    with reading() as session:
        looked_up = look_up(session, asked)
        news = count_news(session, _ticket().learner)
        vote = _vote_on(session, looked_up)
    if looked_up.answer is not None and _ticket().role == "learner":
        _note(asked, looked_up)
    worded = (
        # As for Gradebook: a port is asked for by its Protocol.
        word_answer(looked_up.answer, wording=borrow(AnswerWording))  # type: ignore[type-abstract]
        if looked_up.answer is not None
        else None
    )
    return _page("search", asked=asked, looked_up=looked_up, worded=worded, news=news, vote=vote)


@blueprint.get("/goi-y")
def suggestions() -> Response:
    """Stored questions and documents that begin like what was typed, for the list that opens while typing."""
    asked = read_words(request.args, today=local_day(now()))
    with reading() as session:
        found = suggest(session, asked.words, limit=6)
    return jsonify([{"text": one.text, "url": suggestion_address(one)} for one in found])


@blueprint.get("/muc/<entry_id>")
def entry(entry_id: str) -> str:
    """A stored question with its answer."""
    with reading() as session:
        shown = entry_page(session, entry_id, today=local_day(now()))
        vote = own_vote(session, _ticket().learner, f"entry:{entry_id}")
        news = count_news(session, _ticket().learner)
    return _page("entry", shown=shown, vote=vote, news=news)


@blueprint.get("/van-ban/<path:ref>")
def document(ref: str) -> str:
    """A document's record and its passages."""
    with reading() as session:
        record = find_document(session, ref)
        news = count_news(session, _ticket().learner)
    return _page("document", record=record, today=local_day(now()), news=news)


@blueprint.get("/gui")
def ask() -> str:
    """The form of a question to experts, with stored questions that may answer it already."""
    refuse_preview()
    asked = read_words(request.args, today=local_day(now()), area=_own_area())
    return _ask_page(asked, {"text": asked.words, "area": asked.area, "details": ""})


@blueprint.post("/gui")
def send() -> AnyResponse | tuple[str, int]:
    """Sends the question, unless a stored one that the person has not seen may answer it."""
    refuse_preview()
    form = request.form
    given = {name: form.get(name, "") for name in ("text", "area", "details")}
    asked = read_words({**form, "q": given["text"]}, today=local_day(now()))
    with reading() as session:
        similar = find_similar(session, asked.words, now=now()) if asked.words else ()
    if similar and similar[0].key not in form.get("seen", "").split():
        return _ask_page(asked, given), 200
    try:
        with transaction() as session:
            sent = ask_question(
                session,
                NewQuestion(given["text"], given["area"], given["details"], asked.lesson),
                asker=Asker(_ticket().learner, _ticket().registration),
                settings=section(ExpertSettings),
                now=now(),
            )
            code = sent.question.code
    except AskingRefused as refusal:
        explanation = explanation_of(type(refusal))
        return _ask_page(asked, given, refused=explanation, reason=str(refusal)), explanation.status
    stripped = " ".join(sent.removed)
    return redirect(url_for("asking.own", code=code, bo=stripped or None, moi=1), code=303)


@blueprint.get("/cau-hoi")
def listing() -> str:
    """Everything that this person asked."""
    refuse_preview()
    with reading() as session:
        questions = list_own_questions(session, _ticket().learner)
        new = {one.code for one in questions if is_news(one)}
    return _page("questions", questions=questions, new=new, news=len(new))


@blueprint.get("/cau-hoi/<code>")
def own(code: str) -> str:
    """One own question with its answer; from now on it counts as read."""
    refuse_preview()
    with transaction() as session:
        question = open_own_question(session, _ticket().learner, code, now=now())
        answered_by = entry_of(session, question)
        found = _entry_or_none(session, answered_by)
        shown = entry_page(session, found.id, today=local_day(now())) if found else None
        vote = own_vote(session, _ticket().learner, f"entry:{answered_by}") if found else ""
        news = count_news(session, _ticket().learner)
    removed = [kind for kind in request.args.get("bo", "").split() if kind in ("email", "phone", "number")]
    return _page(
        "question",
        question=question,
        shown=shown,
        vote=vote,
        news=news,
        removed=removed,
        is_new="moi" in request.args,
        in_time=was_in_time(question),
    )


@blueprint.post("/cau-hoi/<code>/rut")
def retract(code: str) -> AnyResponse:
    """The answer is not needed any more."""
    refuse_preview()
    with transaction() as session:
        retract_question(session, _ticket().learner, code, now=now())
    return redirect(url_for("asking.listing"), code=303)


@blueprint.post("/binh-chon")
def vote() -> AnyResponse:
    """Thanks, not helpful, or wrong; back to where the vote was given."""
    refuse_preview()
    key = request.form.get("key", "").replace("\x00", "")[:200]
    with transaction() as session:
        vote_on_answer(
            session,
            _ticket().learner,
            key,
            request.form.get("vote", ""),
            remark=request.form.get("remark", ""),
            settings=section(ExpertSettings),
            now=now(),
        )
    kind, _sign, name = key.partition(":")
    if kind == "document":
        return redirect(url_for("asking.document", ref=name, _anchor="danh-gia"), code=303)
    return redirect(url_for("asking.entry", entry_id=name, _anchor="danh-gia"), code=303)


@blueprint.app_context_processor
def offer_asking() -> dict[str, object]:
    """The panel beside a lesson asks for these; elsewhere nothing is looked up."""
    ticket = g.get("ticket")
    if ticket is None or ticket.is_sample or ticket.package_id == CHANNEL:
        return {}
    return {
        "ask_url": url_for("asking.search"),
        "ask_address": _ask_address,
        "ask_news": _ask_news,
        "own_questions_url": url_for("asking.listing"),
    }


def _ask_address(module: Module, number: int) -> str:
    """The channel with the lesson's area first."""
    place: dict[str, Any] = {"goi": _ticket().package_id, "bai": module.id, "muc": number}
    if module.area:
        place["linh-vuc"] = module.area
    return url_for("asking.search", **place)


def _ask_news() -> int:
    with reading() as session:
        return count_news(session, _ticket().learner)


def _note(asked: AskedWords, looked_up: LookedUp) -> None:
    """What was searched is told and counted; a page that only reads does neither."""
    given = looked_up.answer
    if given is None:
        return
    found = 0 if given.kind == "unknown" else 1 + len(given.alternatives)
    with transaction() as session:
        count_answer(session, given, area=asked.area, now=now())
        tell_searched(
            session,
            _ticket().learner,
            registration=_ticket().registration,
            words=asked.words,
            found=found,
            settings=section(ExpertSettings),
            now=now(),
        )


def _vote_on(session: Session, looked_up: LookedUp) -> str:
    hit = looked_up.answer.hit if looked_up.answer else None
    if hit is None or hit.kind == "section":
        return ""
    return own_vote(session, _ticket().learner, hit.key.partition("#")[0])


def _ask_page(asked: AskedWords, given: dict[str, str], **shown: object) -> str:
    with reading() as session:
        similar = find_similar(session, asked.words, now=now()) if asked.words else ()
        news = count_news(session, _ticket().learner)
    return _page(
        "ask",
        asked=asked,
        given=given,
        similar=similar,
        news=news,
        longest_question=LONGEST_QUESTION,
        longest_details=LONGEST_DETAILS,
        answer_days=section(ExpertSettings).answer_days,
        **shown,
    )


def _page(name: str, **shown: object) -> str:
    return render_template(
        f"asking/{name}.html",
        frame=_FRAME,
        ticket=_ticket(),
        areas=AREA_TITLES,
        may_ask=_ticket().role == "learner",
        **_lesson(),
        **shown,
    )


def _lesson() -> dict[str, str]:
    """The lesson beside which the channel was opened, and the way back to it."""
    ticket, module_id = _ticket(), request.values.get("bai", "")
    if ticket.package_id == CHANNEL:
        return {"lesson_title": "", "lesson_url": ""}
    with reading() as session:
        module = read_package(session, ticket.package_digest).modules.get(module_id)
    if module is None:
        return {"lesson_title": "", "lesson_url": url_for("player.show_entry")}
    number = max(1, read_words(request.values, today=local_day(now())).lesson.section)
    return {
        "lesson_title": module.title,
        "lesson_url": url_for("player.show_section", module_id=module.id, number=number),
    }


def _entry_or_none(session: Session, entry_id: str) -> Entry | None:
    try:
        return find_entry(session, entry_id) if entry_id else None
    except KnowledgeItemNotFound:
        return None


def _own_area() -> str:
    """The area of the link, when the launch opened the channel."""
    ticket = _ticket()
    return ticket.item if ticket.package_id == CHANNEL else ""


def _ticket() -> Ticket:
    ticket: Ticket = g.ticket
    return ticket
