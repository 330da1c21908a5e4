"""Console pages of official lists of units: hand in, compare, approve on a day, take back."""

from datetime import date
from typing import Final

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import (
    keep_private,
    only_as_permitted,
    require_confirmed,
    required_operator,
    say,
)
from lti_tool.staff.finding_words import STATE_WORDS
from lti_tool.staff.unit_words import CHANGE_WORDS, problem_sentence
from sync.organization.unit_files import NOW
from sync.organization.unit_import.applying import apply_unit_list
from sync.organization.unit_import.difference import ChangeKind
from sync.organization.unit_import.lists import CONVERSION_COLUMNS, LIST_COLUMNS
from sync.organization.unit_import.staging import (
    ListTerms,
    discard_unit_import,
    get_unit_import,
    list_unit_imports,
    look_ahead,
    stage_unit_list,
)
from sync.organization.unit_import.undoing import undo_unit_list
from sync.organization_errors import SheetUnreadable
from sync.sheets import day_from_text, write_template
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("unit_lists", __name__, url_prefix="/quan-tri/danh-muc-don-vi")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_CHANGES_SHOWN: Final = 200
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_TEMPLATES: Final = {
    "danh-muc": (
        LIST_COLUMNS,
        [("08", "Tuyên Quang", "Tỉnh", "", ""), ("02545", "Tân Trào", "Xã", "08", "")],
    ),
    "chuyen-doi": (CONVERSION_COLUMNS, [("02572", "02545", "Nhập toàn bộ", "Có", "")]),
}


@blueprint.get("/")
def listing() -> str:
    """Lists that were handed in, and the form to hand one in."""
    with reading() as session:
        return render_template(
            "staff/unit_lists.html", imports=list_unit_imports(session), state_words=STATE_WORDS, scheme=NOW
        )


@blueprint.get("/mau/<name>.xlsx")
def template_file(name: str) -> Response:
    """The empty form of a list or of a conversion table."""
    columns, examples = _TEMPLATES.get(name) or abort(404)
    answer = Response(write_template(columns, title="Danh mục", examples=examples), mimetype=_XLSX)
    answer.headers["Content-Disposition"] = f'attachment; filename="mau-{name}.xlsx"'
    return answer


@blueprint.post("/")
def hand_in() -> WerkzeugResponse:
    """Keeps a list and shows the difference; no unit is touched."""
    listed, table = request.files.get("list"), request.files.get("conversion")
    on_date = day_from_text(request.form.get("on", "").strip())
    if listed is None or not listed.filename or on_date is None:
        raise SheetUnreadable("Choose the file of the list and the first day on which it holds.")
    with transaction() as session:
        staged = stage_unit_list(
            session,
            listed.read(),
            table.read() if table is not None and table.filename else None,
            terms=_terms(on_date),
            file_name=listed.filename,
            by=required_operator().username,
            now=now(),
        )
        import_id = staged.import_id
    return redirect(url_for("unit_lists.difference", import_id=import_id), code=303)


@blueprint.get("/<int:import_id>")
def difference(import_id: int) -> str:
    """What the list would do, or did."""
    chosen = next((one for one in ChangeKind if one.value == request.args.get("loai")), None)
    with reading() as session:
        staged = get_unit_import(session, import_id)
        outlook = look_ahead(session, staged) if staged.state == "staged" else None
    changes = [one for one in outlook.difference.changes if chosen in {None, one.kind}] if outlook else []
    return render_template(
        "staff/unit_list.html",
        staged=staged,
        outlook=outlook,
        changes=changes[:_CHANGES_SHOWN],
        total=len(changes),
        chosen=chosen,
        change_words=CHANGE_WORDS,
        state_words=STATE_WORDS,
        problem_sentence=problem_sentence,
    )


@blueprint.post("/<int:import_id>/duyet")
def approve(import_id: int) -> WerkzeugResponse:
    """Applies the list."""
    require_confirmed()
    operator = required_operator().username
    with transaction() as session:
        applied = apply_unit_list(session, get_unit_import(session, import_id), by=operator, now=now())
        note_action(session, "unit_list_applied", operator=operator, subject=f"list {import_id}", now=now())
    say(
        _(
            "Đã áp dụng: %(made)s đơn vị mới, %(closed)s kết thúc, %(posts)s vị trí công tác chuyển theo.",
            made=applied.made,
            closed=applied.closed,
            posts=applied.posts,
        )
    )
    return _back(import_id)


@blueprint.post("/<int:import_id>/bo")
def discard(import_id: int) -> WerkzeugResponse:
    """Throws the list away."""
    with transaction() as session:
        discard_unit_import(session, get_unit_import(session, import_id))
    return _back(import_id)


@blueprint.post("/<int:import_id>/hoan-tac")
def undo(import_id: int) -> WerkzeugResponse:
    """Takes an applied list back."""
    require_confirmed()
    operator = required_operator().username
    with transaction() as session:
        undo_unit_list(session, get_unit_import(session, import_id), by=operator, now=now())
        note_action(session, "unit_list_undone", operator=operator, subject=f"list {import_id}", now=now())
    say(_("Đã hoàn tác: danh mục trở về như trước."))
    return _back(import_id)


def _terms(on_date: date) -> ListTerms:
    scheme = request.form.get("scheme", "").strip()[:16] or NOW
    return ListTerms(
        scheme=scheme,
        replaces=request.form.get("replaces", "").strip()[:16] or scheme,
        on_date=on_date,
        legal_basis=request.form.get("legal_basis", "").strip()[:120],
        within_code=request.form.get("within", "").strip()[:35],
    )


def _back(import_id: int) -> WerkzeugResponse:
    return redirect(url_for("unit_lists.difference", import_id=import_id), code=303)
