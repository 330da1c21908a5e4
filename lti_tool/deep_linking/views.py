"""The pages in which a teacher chooses content; all of them work without a script."""

from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import structlog
from flask import Blueprint, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.active.staging import find_published
from content_packages.active.tickets import LINK_PREFIX, item_of
from content_packages.experts.areas import CHANNEL
from content_packages.library import find_current_version
from content_packages.player.ticket import Ticket, seal_ticket
from lti_tool.deep_linking import basket as baskets
from lti_tool.deep_linking.answer import Answer, ToolAddress, answer_choice, cancel_choice
from lti_tool.deep_linking.catalogue import (
    IMPORTED,
    KINDS,
    ContentEntry,
    Wanted,
    areas_in,
    find_content,
    kind_of,
    list_contents,
    propose_item,
    skills_in,
)
from lti_tool.deep_linking.choices import Choice, change_basket, refuse_over
from lti_tool.deep_linking.door import admitted_choice, guard, settings
from lti_tool.deep_linking.errors import BasketRefused, ContentNotOffered
from lti_tool.deep_linking.item_form import ItemForm, read_item, show_item
from lti_tool.deep_linking.response import Messages
from lti_tool.deep_linking.words import area_name, kind_name, skill_name
from lti_tool.error_pages import answer_refusal, explanation_of, wants_json
from lti_tool.launch.open_content import CHANNEL_VERSION
from lti_tool.security_headers import allow_posting_to
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.vocabulary.cchc import imported_package_id

blueprint = Blueprint("deep_linking", __name__, url_prefix="/chon/<key>")
guard(blueprint)

log = structlog.get_logger()

_ON_A_PAGE: Final = 20
_LONGEST_WORDS: Final = 200


@blueprint.get("/")
def pick(key: str) -> str:
    """The list of contents with search and filters, and what was chosen so far."""
    choice = admitted_choice()
    refuse_over(choice, now=now())
    with reading() as session:
        everything = list_contents(session)
    wanted = _wanted()
    found = [entry for entry in everything if wanted.admits(entry)]
    page = _page_number(len(found))
    return render_template(
        "deep_linking/pick.html",
        choice=choice,
        chosen=_chosen(choice, everything),
        everything=everything,
        found=found[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE],
        found_count=len(found),
        page=page,
        page_count=max(1, -(-len(found) // _ON_A_PAGE)),
        wanted=wanted,
        asked=_asked(),
        kinds=[
            kind.code for kind in (*KINDS, IMPORTED) if any(entry.kind == kind.code for entry in everything)
        ],
        areas=areas_in(everything),
        skills=skills_in(everything),
        key=key,
    )


@blueprint.post("/gio")
def fill_basket(key: str) -> AnyResponse:
    """Puts a content into the basket or takes it out, and shows the list again where it was."""
    content = request.form.get("content", "")
    several = admitted_choice().takes_several
    with transaction() as session:
        if request.form.get("do") == "remove":
            change_basket(session, key, lambda basket: baskets.remove_item(basket, content), now=now())
        else:
            item = propose_item(_offered(session, content))
            change_basket(
                session, key, lambda basket: baskets.add_item(basket, item, several=several), now=now()
            )
    if request.form.get("next") == "settings":
        return redirect(url_for("deep_linking.set_up", key=key), code=303)
    return redirect(url_for("deep_linking.pick", key=key, **_asked()), code=303)


@blueprint.get("/cai-dat")
def set_up(key: str) -> str | AnyResponse:
    """The settings of everything chosen, in its order."""
    choice = admitted_choice()
    refuse_over(choice, now=now())
    if not choice.basket:
        return redirect(url_for("deep_linking.pick", key=key), code=303)
    return _settings_page(choice, [show_item(item) for item in choice.basket])


@blueprint.post("/cai-dat")
def change_settings(key: str) -> str | AnyResponse | tuple[str, int]:
    """Keeps the settings, then does what the pressed button says: move, remove, choose more, or add."""
    do, _colon, content = request.form.get("do", "save").partition(":")
    choice = admitted_choice()
    if choice.answered_at is not None and do == "add":
        return _send_back(_answer(key))
    refuse_over(choice, now=now())
    forms = [read_item(item, request.form)[1] for item in choice.basket]
    # What is being taken out need not be right.
    if any(form.troubles and (do, content) != ("remove", form.content) for form in forms):
        return _settings_page(choice, forms), 400
    with transaction() as session:
        change_basket(session, key, lambda basket: _moved(_read_items(basket), do, content), now=now())
    if do == "add":
        return _send_back(_answer(key))
    if do == "more":
        return redirect(url_for("deep_linking.pick", key=key), code=303)
    return redirect(url_for("deep_linking.set_up", key=key, _anchor=_anchor(do, content)), code=303)


@blueprint.get("/xem/<path:content>")
def preview(key: str, content: str) -> str:
    """What learners will see of a content, marked as a preview."""
    choice = admitted_choice()
    refuse_over(choice, now=now())
    with reading() as session:
        entry = _offered(session, content)
        sealed = seal_ticket(
            _preview_ticket(session, choice, content), secret=settings().secret_key.get_secret_value()
        )
    return render_template(
        "deep_linking/preview.html",
        choice=choice,
        entry=entry,
        player_url=f"/hoc/{sealed}/{CHANNEL if entry.kind == 'questions' else ''}",
        key=key,
        asked=_asked(),
    )


@blueprint.post("/huy")
def cancel(key: str) -> AnyResponse:
    """Back to the LMS without adding anything."""
    choice = admitted_choice()
    messages = Messages(shown=_("Không thêm nội dung nào."), logged="Cancelled by the teacher.")
    if not choice.takes_links:
        messages = Messages(
            error_shown=_("Hệ thống LMS không nhận loại liên kết của công cụ này."),
            error_logged="accept_types lacks ltiResourceLink, the only type of item that this tool has.",
        )
    with transaction() as session:
        answer = cancel_choice(session, key, tool=_tool(), messages=messages, now=now())
    log.info("deep_linking_cancelled", registration_id=choice.registration_id)
    return _send_back(answer)


@blueprint.errorhandler(RuleBroken)
def explain_refusal(refusal: RuleBroken) -> AnyResponse:
    """The page of a refusal, with the way back to the list where there is one."""
    if wants_json():
        return make_response(answer_refusal(refusal))
    explanation = explanation_of(type(refusal))
    page = render_template(
        "deep_linking/refused.html",
        status=explanation.status,
        code=refusal.code,
        title=explanation.title,
        detail=str(refusal),
        next_step=explanation.next_step,
        back_url=_back_url(refusal),
    )
    return make_response(page, explanation.status)


def _back_url(refusal: RuleBroken) -> str:
    """The list, when the choice goes on."""
    goes_on = isinstance(refusal, BasketRefused) and "choice" in g
    return url_for("deep_linking.pick", key=admitted_choice().id) if goes_on else ""


@blueprint.app_context_processor
def lend_words() -> dict[str, object]:
    """How the templates call kinds, areas and skills."""
    return {"content_kind": kind_name, "content_area": area_name, "content_skill": skill_name}


def _answer(key: str) -> Answer:
    choice = admitted_choice()
    count = len(choice.basket)
    messages = Messages(
        shown=ngettext("Đã gửi %(num)d nội dung.", "Đã gửi %(num)d nội dung.", count),
        logged=f"{count} items chosen.",
    )
    with transaction() as session:
        answer = answer_choice(
            session, key, tool=_tool(), messages=messages, review_label=_("Xem bài làm"), now=now()
        )
    log.info("deep_linking_answered", registration_id=choice.registration_id, items=answer.item_count)
    return answer


def _send_back(answer: Answer) -> AnyResponse:
    """The page whose form carries the answer to the LMS; a script sends it at once."""
    page = render_template("deep_linking/send_back.html", answer=answer)
    return allow_posting_to(make_response(page), answer.frame_origin)


def _settings_page(choice: Choice, forms: list[ItemForm]) -> str:
    with reading() as session:
        everything = {entry.content: entry for entry in list_contents(session)}
    return render_template(
        "deep_linking/settings.html",
        choice=choice,
        items=[(form, everything.get(form.content)) for form in forms],
        is_test={content: kind_of(entry).is_test for content, entry in everything.items()},
        has_troubles=any(form.troubles for form in forms),
        key=choice.id,
    )


def _read_items(basket: baskets.Basket) -> baskets.Basket:
    return tuple(read_item(item, request.form)[0] for item in basket)


def _moved(basket: baskets.Basket, do: str, content: str) -> baskets.Basket:
    if do == "remove":
        return baskets.remove_item(basket, content)
    return baskets.move_item(basket, content, by={"up": -1, "down": 1}.get(do, 0))


def _anchor(do: str, content: str) -> str | None:
    """Back to the item that was moved, so that the keyboard goes on there."""
    return f"muc-{content.replace('/', '-')}" if do in {"up", "down"} else None


def _chosen(choice: Choice, everything: list[ContentEntry]) -> list[tuple[baskets.BasketItem, str]]:
    """The basket's items with the codes of their kinds; "" for one that was withdrawn."""
    kinds = {entry.content: entry.kind for entry in everything}
    return [(item, kinds.get(item.content, "")) for item in choice.basket]


def _offered(session: Session, content: str) -> ContentEntry:
    entry = find_content(session, content)
    if entry is None:
        raise ContentNotOffered("The content is not published here. Choose one from the list.")
    return entry


def _preview_ticket(session: Session, choice: Choice, content: str) -> Ticket:
    package_id, item, digest = _offered_version(session, content)
    origins = f"{choice.frame_origin} {settings().tool_origin}".replace("'none' ", "")
    return Ticket(
        launch_session_id=choice.id,
        learner=choice.teacher,
        learner_name="",
        role="teacher",
        package_id=package_id,
        package_digest=digest,
        item=item,
        registration=uuid5(NAMESPACE_URL, f"preview {choice.id}"),
        course_id=choice.course_id,
        course_title=choice.course_title,
        return_url="",
        frame_origin=origins,
        expires_at=choice.expires_at,
        bound=choice.bound,
        is_sample=True,
    )


def _offered_version(session: Session, content: str) -> tuple[str, str, str]:
    """Package id, item and digest as a ticket names them."""
    package_id, _slash, item = content.partition("/")
    if content.startswith(LINK_PREFIX):
        course = find_published(session, item)
        if course is not None:
            return imported_package_id(item), item_of(item), course.id
    version = CHANNEL_VERSION if package_id == CHANNEL else find_current_version(session, package_id)
    if version is None:
        raise ContentNotOffered("The content is not published here. Choose one from the list.")
    return package_id, item, version.digest


def _wanted() -> Wanted:
    sent = request.args
    return Wanted(
        words=sent.get("q", "")[:_LONGEST_WORDS],
        kind=sent.get("loai", ""),
        area=sent.get("linh-vuc", ""),
        skill=sent.get("ky-nang", ""),
    )


def _asked() -> dict[str, Any]:
    """The search as it stands in the address, so that every way back finds it again."""
    names = ("q", "loai", "linh-vuc", "ky-nang", "trang")
    sent = request.args if request.method == "GET" else request.form
    return {name: sent[name][:_LONGEST_WORDS] for name in names if sent.get(name)}


def _page_number(found_count: int) -> int:
    asked = request.args.get("trang", "1")
    last = max(1, -(-found_count // _ON_A_PAGE))
    return min(max(1, int(asked)), last) if asked.isascii() and asked.isdigit() and len(asked) < 6 else 1


def _tool() -> ToolAddress:
    return ToolAddress(settings().tool_origin, settings().secret_key.get_secret_value())
