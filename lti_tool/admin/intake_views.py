"""Console pages of intake: the sources of statements, and what was rejected; for administrators only."""

import json

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, say
from lti_tool.error_pages import explanation_of
from lti_tool.settings import Settings
from sync.errors import IntakeRefused
from sync.intake import rejected, sources
from sync.intake.models import RejectedStatement
from sync.ports import RemoteLrs
from xapi_bridge.errors import RuleBroken
from xapi_bridge.remote_errors import RemoteLrsRefused
from xapi_bridge.running_app import borrow, now, reading, transaction

blueprint = Blueprint("intake", __name__, url_prefix="/quan-tri/nguon-ban-ghi")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_PER_PAGE = 20
#: Statements tried again at once by one press of a button.
_MOST_AT_ONCE = 200


@blueprint.get("/")
def overview() -> str:
    """The sources of statements: how far they are read, and what went wrong last."""
    with reading() as session:
        found = sources.list_sources(session, now=now())
    return render_template("admin/sources.html", sources=found, words_for=_words_for)


@blueprint.get("/<name>")
def show_source(name: str) -> str:
    """One source and its rejected statements, a page at a time."""
    after_id, code = request.args.get("sau", 0, type=int), request.args.get("ly-do", "")
    with reading() as session:
        row = sources.find_source(session, name)
        found = rejected.list_rejected(session, row, after_id=after_id, limit=_PER_PAGE + 1, code=code)
        return render_template(
            "admin/source.html",
            source=row,
            reasons=rejected.count_reasons(session, row),
            rejected=found[:_PER_PAGE],
            next_id=found[_PER_PAGE - 1].rejected_id if len(found) > _PER_PAGE else None,
            code=code,
            words_for=_words_for,
            laid_out=_laid_out,
        )


@blueprint.post("/<name>/ngung")
def pause(name: str) -> Response:
    """Stops reading a source."""
    with transaction() as session:
        sources.pause_source(session, name, now=now())
    say(_("Đã ngừng đọc nguồn này. Bản ghi đến bằng khóa vẫn được nhận."))
    return _back(name)


@blueprint.post("/<name>/doc-tiep")
def resume(name: str) -> Response:
    """Reads a source again."""
    with transaction() as session:
        sources.resume_source(session, name, now=now())
    say(_("Nguồn được đọc tiếp từ chỗ đã dừng."))
    return _back(name)


@blueprint.post("/<name>/thu")
def try_source(name: str) -> Response:
    """Asks the source whether address and key are good."""
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    try:
        with reading() as session:
            account = sources.account_of(
                sources.find_source(session, name), secret=settings.secret_key.get_secret_value()
            )
        # A port is asked for by its Protocol, which mypy allows for concrete classes only.
        found = borrow(RemoteLrs).check(account)  # type: ignore[type-abstract]
    except (RemoteLrsRefused, IntakeRefused) as refused:
        words = explanation_of(type(refused))
        say(f"{words.title}. {words.next_step} [{refused.code}] {refused}", kind="error")
        return _back(name)
    if found.may_read:
        say(_("Kết nối tốt, khóa đọc được bản ghi. Kho nói xAPI %(v)s.", v=", ".join(found.versions) or "?"))
    else:
        say(_("Kho trả lời, nhưng khóa không có quyền đọc bản ghi. Xin cấp khóa đọc."), kind="warn")
    return _back(name)


@blueprint.post("/<name>/ghi-lai")
def retry(name: str) -> Response:
    """Tries rejected statements again: one, or all of one reason."""
    with transaction() as session:
        outcome = rejected.retry_rejected(session, _chosen(session, name), iri_base=_iri_base(), now=now())
    kind = "warn" if outcome.still_rejected else "good"
    say(
        _("%(good)s đã ghi, %(bad)s vẫn bị từ chối.", good=outcome.recorded, bad=outcome.still_rejected),
        kind=kind,
    )
    return _back(name)


@blueprint.post("/<name>/bo")
def discard(name: str) -> Response:
    """Puts rejected statements aside for good, with a note why."""
    note = request.form.get("note", "").strip()
    if not note:
        say(_("Ghi lý do trước khi bỏ."), kind="error")
        return _back(name)
    with transaction() as session:
        count = rejected.discard_rejected(session, _chosen(session, name), note=note, now=now())
    say(_("Đã bỏ %(count)s bản ghi; nội dung vẫn được giữ.", count=count))
    return _back(name)


def _chosen(session: Session, name: str) -> list[RejectedStatement]:
    """The statement with the number in the form, or those of the reason in it; only of this source."""
    row = sources.find_source(session, name)
    number = request.form.get("rejected_id", type=int)
    if number is None:
        code = request.form.get("code", "")
        return list(rejected.list_rejected(session, row, code=code, limit=_MOST_AT_ONCE)) if code else []
    found = rejected.list_rejected(session, row, after_id=number - 1, limit=1)
    return [one for one in found if one.rejected_id == number]


def _words_for(code: str) -> str:
    """What an operator reads for the stable code of a refusal: what happened, and what to do."""
    kinds: list[type[RuleBroken]] = [
        IntakeRefused,
        *_below(IntakeRefused),
        RemoteLrsRefused,
        *_below(RemoteLrsRefused),
    ]
    for kind in kinds:
        if kind.code == code:
            words = explanation_of(kind)
            return f"{words.title}. {words.next_step}"
    return ""


def _below(kind: type[RuleBroken]) -> list[type[RuleBroken]]:
    return [one for child in kind.__subclasses__() for one in (child, *_below(child))]


def _laid_out(raw: bytes) -> str:
    """The JSON for reading; text that is none as it came."""
    try:
        return json.dumps(json.loads(raw), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return raw.decode(errors="replace")


def _iri_base() -> str:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return str(settings.iri_base)


def _back(name: str) -> Response:
    return redirect(url_for("intake.show_source", name=name), code=303)
