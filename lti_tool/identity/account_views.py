"""Console pages of accounts that may belong to one person: suggestions, what a move changes, undo."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.admin.looks import note_look
from lti_tool.identity.likeness import suggest_links
from sync.errors import PersonUnknown
from sync.organization.account_moves import list_moves, move_account, preview_move, undo_move
from sync.organization.models import Person
from sync.organization.staff import find_person_by_staff_code
from sync.reports.people import find_names
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("people_accounts", __name__, url_prefix="/quan-tri/gop-tai-khoan")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_MOVES_SHOWN = 50


@blueprint.get("/")
def listing() -> str:
    """Suggestions, and the last moves."""
    with reading() as session:
        suggestions = suggest_links(session)
        moves = list_moves(session, limit=_MOVES_SHOWN)
        people = {one.person_id for one in suggestions}
        people |= {person for move in moves for person in (move.from_person_id, move.to_person_id) if person}
        note_look("people_accounts", people=len(people))
        return render_template(
            "admin/people_accounts.html",
            suggestions=suggestions,
            moves=moves,
            undone={move.undoes_id for move in moves},
            names=find_names(session, sorted(people)),
        )


@blueprint.get("/<int:identity_id>")
def preview(identity_id: int) -> str:
    """What changes when the account goes to the person with a staff code; an empty code: to nobody."""
    staff_code = request.args.get("ma", "").replace("\x00", "").strip()
    with reading() as session:
        person_id = None
        if staff_code:
            person = find_person_by_staff_code(session, staff_code)
            if person is None:
                raise PersonUnknown("Nobody in the staff list has this code.")
            person_id = person.person_id
        found = preview_move(session, identity_id, person_id=person_id)
        people = [one for one in (found.from_person_id, found.to_person_id) if one is not None]
        note_look("people_accounts", people=len(people), account=identity_id)
        return render_template(
            "admin/people_account.html",
            preview=found,
            names=find_names(session, people),
            staff_code=staff_code,
        )


@blueprint.post("/<int:identity_id>")
def move(identity_id: int) -> Response:
    """Gives the account to the person that the preview showed."""
    value = request.form.get("person_id", "")
    person_id = int(value) if value.isascii() and value.isdigit() and len(value) < 10 else None
    operator = required_operator().username
    with transaction() as session:
        if value and (person_id is None or session.get(Person, person_id) is None):
            raise PersonUnknown("There is no such person.")
        moved = move_account(
            session,
            identity_id,
            person_id=person_id,
            by=operator,
            reason=request.form.get("reason", "").replace("\x00", ""),
            now=now(),
        )
        if moved is not None:
            note_action(
                session, "account_moved", operator=operator, subject=f"account {identity_id}", now=now()
            )
    say(_("Đã chuyển tài khoản. Số liệu của các đơn vị liên quan được tính lại sau ít giây."))
    return redirect(url_for("people_accounts.listing"), code=303)


@blueprint.post("/hoan-tac/<int:move_id>")
def undo(move_id: int) -> Response:
    """Gives the account back to whom it belonged before."""
    operator = required_operator().username
    with transaction() as session:
        undo_move(session, move_id, by=operator, now=now())
        note_action(session, "account_move_undone", operator=operator, subject=f"move {move_id}", now=now())
    say(_("Đã hoàn tác. Số liệu được tính lại sau ít giây."))
    return redirect(url_for("people_accounts.listing"), code=303)
