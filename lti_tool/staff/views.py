"""Console pages of the registry of staff: a list handed in, looked at, entered, taken back."""

from typing import Final

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.looks import note_look
from lti_tool.reports.access import require_unit
from lti_tool.reports.names import names_for_reader
from lti_tool.staff.finding_words import EFFECT_WORDS, FINDING_WORDS, KEPT_WORDS, STATE_WORDS, sentence
from sync.calendars import local_day
from sync.csv_files import write_csv
from sync.organization.planned_moves import list_planned_moves
from sync.organization.staff_import.applying import apply_next_rows, start_applying
from sync.organization.staff_import.duplicates import merge_people, suggest_twins
from sync.organization.staff_import.entries import COLUMNS, EXAMPLES
from sync.organization.staff_import.models import StaffBatch
from sync.organization.staff_import.planning import Effect
from sync.organization.staff_import.staging import (
    count_effects,
    count_findings,
    discard_batch,
    find_same_file,
    get_batch,
    list_batches,
    list_rows,
    stage_staff_file,
)
from sync.organization.staff_import.undoing import list_changes, undo_batch
from sync.organization.units import find_nation, label_on
from sync.organization_errors import SheetUnreadable
from sync.sheets import write_template
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("staff", __name__, url_prefix="/quan-tri/can-bo")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_ROWS_PER_PAGE: Final = 50
_BATCHES_SHOWN: Final = 30
_XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@blueprint.get("/")
def listing() -> str:
    """Lists that were handed in, and the form to hand one in."""
    with reading() as session:
        batches = list_batches(session, scope_unit_id=required_operator().unit_id, limit=_BATCHES_SHOWN)
        return render_template("staff/listing.html", batches=batches, state_words=STATE_WORDS)


@blueprint.get("/mau.xlsx")
def template_file() -> Response:
    """The empty list to fill in."""
    answer = Response(write_template(COLUMNS, title="Cán bộ", examples=EXAMPLES), mimetype=_XLSX)
    answer.headers["Content-Disposition"] = 'attachment; filename="mau-danh-sach-can-bo.xlsx"'
    return answer


@blueprint.post("/")
def hand_in() -> WerkzeugResponse:
    """Reads a list and shows what it would do; the registry stays as it is."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise SheetUnreadable("No file was chosen. Choose the XLSX or CSV of the list.")
    operator = required_operator()
    with transaction() as session:
        batch = stage_staff_file(
            session,
            sent.read(),
            file_name=sent.filename,
            scope_unit_id=operator.unit_id,
            by=operator.username,
            now=now(),
        )
        batch_id = batch.batch_id
    return redirect(url_for("staff.batch", batch_id=batch_id), code=303)


@blueprint.get("/nhap/<int:batch_id>")
def batch(batch_id: int) -> str:
    """A list: what its rows do, what was found, how far it has been entered."""
    effect = next((one for one in Effect if one.value == request.args.get("loai")), None)
    after = max(0, request.args.get("sau", 0, type=int))
    with reading() as session:
        found = get_batch(session, batch_id, scope_unit_id=required_operator().unit_id)
        rows = list_rows(session, batch_id, effect=effect, after=after, limit=_ROWS_PER_PAGE + 1)
        changes = list_changes(session, batch_id) if found.state == "undone" else []
        note_look("staff_list", people=min(len(rows), _ROWS_PER_PAGE), list=batch_id)
        return render_template(
            "staff/batch.html",
            batch=found,
            same_file=find_same_file(session, found),
            effects=count_effects(session, batch_id),
            findings=count_findings(session, batch_id),
            rows=rows[:_ROWS_PER_PAGE],
            next_row=rows[_ROWS_PER_PAGE - 1].number if len(rows) > _ROWS_PER_PAGE else None,
            kept=[change for change in changes if change.kept_because],
            names=names_for_reader(session, [change.person_id for change in changes]),
            chosen=effect,
            sentence=sentence,
            effect_words=EFFECT_WORDS,
            finding_words=FINDING_WORDS,
            state_words=STATE_WORDS,
            kept_words=KEPT_WORDS,
        )


@blueprint.get("/nhap/<int:batch_id>/ket-qua.csv")
def findings_file(batch_id: int) -> Response:
    """Every row with something to look at, to correct the list by."""
    with reading() as session:
        get_batch(session, batch_id, scope_unit_id=required_operator().unit_id)
        rows = [
            (row.number, str(EFFECT_WORDS[row.effect]), one.code, sentence(one))
            for row in list_rows(session, batch_id, only_found=True)
            for one in row.findings
        ]
    answer = Response(
        write_csv((_("Dòng"), _("Kết quả"), _("Mã"), _("Nội dung")), rows), mimetype="text/csv; charset=utf-8"
    )
    answer.headers["Content-Disposition"] = f'attachment; filename="ket-qua-{batch_id}.csv"'
    return answer


@blueprint.post("/nhap/<int:batch_id>/duyet")
def approve(batch_id: int) -> WerkzeugResponse:
    """Enters the first rows at once; the background goes on with the others."""
    with transaction() as session:
        found = _own_batch(session, batch_id)
        start_applying(session, found, now=now())
        apply_next_rows(session, batch_id=batch_id, now=now())
        _note(session, "staff_list_entered", batch_id)
    return _back(batch_id)


@blueprint.post("/nhap/<int:batch_id>/bo")
def discard(batch_id: int) -> WerkzeugResponse:
    """Throws a list away that was not entered."""
    with transaction() as session:
        discard_batch(session, _own_batch(session, batch_id))
    say(_("Đã bỏ danh sách; nội dung đã xóa."))
    return redirect(url_for("staff.listing"), code=303)


@blueprint.post("/nhap/<int:batch_id>/hoan-tac")
def undo(batch_id: int) -> WerkzeugResponse:
    """Takes back everything that the list changed."""
    with transaction() as session:
        result = undo_batch(
            session, _own_batch(session, batch_id), by=required_operator().username, now=now()
        )
        _note(session, "staff_list_undone", batch_id)
        undone, kept = result.undone, len(result.kept)
    say(
        _(
            "Đã hoàn tác %(undone)s thay đổi; giữ lại %(kept)s thay đổi đã được sửa sau đó.",
            undone=undone,
            kept=kept,
        )
    )
    return _back(batch_id)


@blueprint.get("/trung")
def twins() -> str:
    """People who may stand in the registry twice."""
    with reading() as session:
        suggestions = suggest_twins(session, root_id=required_operator().unit_id)
        note_look("staff_twins", people=2 * len(suggestions))
        today = local_day(now())
        return render_template(
            "staff/twins.html",
            suggestions=suggestions,
            units=label_on(session, [one.unit_id for one in suggestions], on_date=today),
        )


@blueprint.post("/trung")
def merge() -> WerkzeugResponse:
    """Makes one person of two."""
    keep_id, drop_id = (request.form.get(name, 0, type=int) for name in ("keep", "drop"))
    operator = required_operator()
    with transaction() as session:
        made = merge_people(
            session, keep_id=keep_id, drop_id=drop_id, scope_unit_id=None, by=operator.username, now=now()
        )
        batch_id = made.batch_id
        _note(session, "people_merged", batch_id)
    say(_("Đã gộp hai mục thành một người. Có thể hoàn tác ở trang này."))
    return _back(batch_id)


@blueprint.get("/du-kien")
def planned() -> str:
    """Moves that are planned in the reader's unit."""
    today = local_day(now())
    with reading() as session:
        unit_id = required_operator().unit_id or find_nation(session).unit_id
        require_unit(session, required_operator(), unit_id)
        moves = list_planned_moves(session, unit_id, after=today)
        unit_ids = {one for move in moves for one in (move.from_unit_id, move.to_unit_id) if one}
        note_look("planned_moves", people=len(moves), unit=unit_id)
        return render_template(
            "staff/planned.html",
            moves=moves,
            units=label_on(session, unit_ids, on_date=today),
            names=names_for_reader(session, [move.person_id for move in moves]),
        )


def _own_batch(session: Session, batch_id: int) -> StaffBatch:
    return get_batch(session, batch_id, scope_unit_id=required_operator().unit_id)


def _note(session: Session, action: str, batch_id: int) -> None:
    note_action(
        session, action, operator=required_operator().username, subject=f"staff batch {batch_id}", now=now()
    )


def _back(batch_id: int) -> WerkzeugResponse:
    return redirect(url_for("staff.batch", batch_id=batch_id), code=303)
