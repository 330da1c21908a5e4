"""Console pages of forwarding: targets with their lag, dead letters, the form with its test and preview."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.forwarding_form import TargetForm
from lti_tool.admin.forwarding_words import Words, words_of
from lti_tool.admin.guard import keep_private, only_as_permitted, say
from lti_tool.reports.statement_words import StatementWords, explain_statement
from sync.errors import ForwardingRefused
from sync.forwarding import dead_letters
from sync.forwarding.models import ForwardingTarget
from sync.forwarding.state import FilterPreview, look_at_target, look_at_targets, preview_filter
from sync.forwarding.targets import (
    account_at,
    change_target,
    create_target,
    described_account,
    find_target,
    pause_target,
    resume_target,
)
from sync.ports import RemoteLrs
from sync.reports.programme import read_programme
from sync.settings import ForwardingSettings
from xapi_bridge.lrs_account import LrsAccount, LrsCheck
from xapi_bridge.remote_errors import RemoteLrsRefused
from xapi_bridge.running_app import borrow, now, reading, section, transaction
from xapi_bridge.store.follow import last_sequence
from xapi_bridge.store.sequence import sequence_at

blueprint = Blueprint("forwarding", __name__, url_prefix="/quan-tri/chuyen-tiep")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.app_template_global("forwarding_words")(words_of)

_LETTERS_PER_PAGE = 50
#: A sequence number has more digits than the other numbers in addresses.
_LETTER = "/<int:target_id>/thu/<int(max=9223372036854775807):seq>"


@dataclass(frozen=True)
class Tried:
    """What a press on "test" or "preview" found; shown above the form."""

    check: LrsCheck | None = None
    trouble: Words | None = None
    detail: str = ""
    preview: FilterPreview | None = None


@blueprint.get("/")
def overview() -> str:
    """Every target with its state."""
    with reading() as session:
        states = look_at_targets(session, now=now())
    return render_template("admin/forwarding.html", states=states)


@blueprint.get("/them")
def new() -> str:
    """The empty form."""
    return _show_form(TargetForm())


@blueprint.post("/them")
def create() -> Response | str:
    """Tests, previews or makes a target, by the button that was pressed."""
    form = TargetForm.from_request(request.form)
    return _answer_form(form, lambda: _create(form), target=None)


@blueprint.get("/<int:target_id>")
def show(target_id: int) -> str:
    """One target: state, what went wrong, dead letters."""
    reason = request.args.get("ly-do", "")
    discarded = "da-bo" in request.args
    page = max(1, request.args.get("trang", 1, type=int))
    with reading() as session:
        state = look_at_target(session, find_target(session, target_id), now=now())
        counts = dead_letters.count_dead_letters(session, target_id, discarded=discarded)
        letters = dead_letters.list_dead_letters(
            session,
            target_id,
            reason=reason,
            discarded=discarded,
            offset=(page - 1) * _LETTERS_PER_PAGE,
            limit=_LETTERS_PER_PAGE,
        )
        sentences = {one.outgoing.seq: _explained(session, one) for one in letters}
    total = sum(one.letters for one in counts if not reason or one.reason == reason)
    return render_template(
        "admin/forwarding_target.html",
        state=state,
        target=state.target,
        counts=counts,
        letters=letters,
        sentences=sentences,
        reason=reason,
        discarded=discarded,
        page=page,
        pages=-(-total // _LETTERS_PER_PAGE),
    )


@blueprint.get("/<int:target_id>/sua")
def edit(target_id: int) -> str:
    """The form of a target."""
    with reading() as session:
        target = find_target(session, target_id)
    return _show_form(TargetForm.from_target(target), target=target)


@blueprint.post("/<int:target_id>/sua")
def change(target_id: int) -> Response | str:
    """Tests, previews or changes a target, by the button that was pressed."""
    with reading() as session:
        target = find_target(session, target_id)
    form = TargetForm.from_request(request.form)
    return _answer_form(form, lambda: _change(target_id, form), target=target)


@blueprint.post("/<int:target_id>/kiem-tra")
def test(target_id: int) -> Response:
    """Asks the target who it is, with our key."""
    with reading() as session:
        target = find_target(session, target_id)
    tried = _try_account(lambda: account_at(target, sealing_secret=section(ForwardingSettings).secret))
    if tried.trouble is not None:
        say(f"{tried.trouble.title}. {tried.trouble.next_step} ({tried.detail})", kind="error")
    else:
        say(_("Nơi nhận trả lời đúng và nhận ra khóa của ta."))
    return _back(target_id)


@blueprint.post("/<int:target_id>/tam-dung")
def pause(target_id: int) -> Response:
    """Nothing goes there until somebody resumes it."""
    with transaction() as session:
        pause_target(session, target_id, now=now())
    say(_("Đã tạm dừng. Bản ghi vẫn nằm trong kho, không mất gì."))
    return _back(target_id)


@blueprint.post("/<int:target_id>/tiep-tuc")
def resume(target_id: int) -> Response:
    """Ends a pause and tries at once."""
    with transaction() as session:
        resume_target(session, target_id, now=now())
    say(_("Đã cho chạy tiếp. Hệ thống gửi thử ngay trong ít giây."))
    return _back(target_id)


@blueprint.post("/<int:target_id>/gui-lai")
def resend_many(target_id: int) -> Response:
    """Sends again all dead letters of one reason, or all."""
    with transaction() as session:
        resent = dead_letters.resend_dead_letters(
            session, target_id, reason=request.form.get("reason", ""), now=now()
        )
    say(ngettext("%(num)d bản ghi sẽ được gửi lại.", "%(num)d bản ghi sẽ được gửi lại.", resent))
    return _back(target_id)


@blueprint.get(_LETTER)
def letter(target_id: int, seq: int) -> str:
    """One dead letter: why, the statement as a sentence and as JSON."""
    with reading() as session:
        target = find_target(session, target_id)
        found = dead_letters.find_dead_letter(session, target_id, seq)
        words = _explained(session, found)
    return render_template("admin/forwarding_letter.html", target=target, letter=found.outgoing, words=words)


@blueprint.post(f"{_LETTER}/gui-lai")
def resend(target_id: int, seq: int) -> Response:
    """Sends one again."""
    with transaction() as session:
        dead_letters.resend_dead_letter(session, target_id, seq, now=now())
    say(_("Bản ghi sẽ được gửi lại trong ít giây."))
    return _back(target_id)


@blueprint.post(f"{_LETTER}/bo")
def discard(target_id: int, seq: int) -> Response:
    """Puts one away, with a note."""
    with transaction() as session:
        dead_letters.discard_dead_letter(
            session, target_id, seq, note=request.form.get("note", ""), now=now()
        )
    say(_("Đã bỏ khỏi danh sách chờ xử lý; ghi chú được giữ lại."))
    return _back(target_id)


def _back(target_id: int) -> Response:
    return redirect(url_for("forwarding.show", target_id=target_id), code=303)


def _explained(session: Session, found: dead_letters.DeadLetter) -> StatementWords | None:
    if found.stored is None:
        return None
    programme = read_programme(session, iri_base=section(ForwardingSettings).iri_base)
    language = str(get_locale())
    return explain_statement(found.stored, None, programme, language=language, with_names=False)


def _answer_form(
    form: TargetForm, save: Callable[[], int], *, target: ForwardingTarget | None
) -> Response | str:
    """What follows the press of a button: a test, a preview, or the saved target."""
    try:
        if request.form.get("action") == "test":
            return _show_form(form, target=target, tried=_try_form(form, target))
        if request.form.get("action") == "preview":
            with reading() as session:
                found = preview_filter(session, form.filters(), iri_base=section(ForwardingSettings).iri_base)
            return _show_form(form, target=target, tried=Tried(preview=found))
        target_id = save()
    except ForwardingRefused as refused:
        tried = Tried(trouble=words_of(refused.code), detail=str(refused))
        return _show_form(form, target=target, tried=tried)
    say(_("Đã lưu nơi nhận."))
    return _back(target_id)


def _show_form(
    form: TargetForm, *, target: ForwardingTarget | None = None, tried: Tried | None = None
) -> str:
    return render_template("admin/forwarding_form.html", form=form, target=target, tried=tried)


def _create(form: TargetForm) -> int:
    instant = form.start_instant(now=now())
    with transaction() as session:
        start = 0 if instant is None else sequence_at(instant) - 1
        if form.start == "now":
            start = last_sequence(session)
        made = create_target(
            session,
            form.fields(),
            start_seq=max(start, 0),
            sealing_secret=section(ForwardingSettings).secret,
            now=now(),
        )
        return made.target_id


def _change(target_id: int, form: TargetForm) -> int:
    with transaction() as session:
        change_target(
            session,
            target_id,
            form.fields(),
            sealing_secret=section(ForwardingSettings).secret,
            now=now(),
        )
    return target_id


def _try_form(form: TargetForm, target: ForwardingTarget | None) -> Tried:
    """Tests what stands in the form; an empty password means the known one."""

    secret = section(ForwardingSettings).secret
    return _try_account(lambda: described_account(form.fields(), known=target, sealing_secret=secret))


def _try_account(account: Callable[[], LrsAccount]) -> Tried:
    # As for Gradebook.
    remote = borrow(RemoteLrs)  # type: ignore[type-abstract]
    try:
        return Tried(check=remote.check(account()))
    except (RemoteLrsRefused, ForwardingRefused) as refused:
        return Tried(trouble=words_of(refused.code), detail=str(refused))
