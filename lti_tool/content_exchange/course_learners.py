"""Console pages of an imported course's learners: how far each is, units waived, sessions ended by hand."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as WerkzeugResponse

from content_packages.active import staging
from content_packages.active.followers import (
    WAIVING_REASONS,
    count_followers,
    find_follower,
    list_followers,
    list_running,
    waive_for,
)
from content_packages.active.outline import lines_of
from content_packages.active.sessions import abandon_session
from content_packages.active.settings import ActiveSettings
from content_packages.active.staging import structure_of
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from sync.organization.models import ActorIdentity
from sync.reports.people import PersonName, find_names
from xapi_bridge.reading_log import log_reading
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.audit import Reader

blueprint = Blueprint(
    "imported_learners", __name__, url_prefix="/quan-tri/khoa-hoc-nhap/<package_id>/nguoi-hoc"
)
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_PER_PAGE = 50


@blueprint.get("/")
def listing(package_id: str) -> str:
    """The learners of this version, who came last first."""
    page = max(1, request.args.get("trang", 1, type=int))
    with reading() as session:
        row = staging.find_course(session, package_id)
        structure = structure_of(row) if row.structure else None
        total = count_followers(session, package_id)
        followers = (
            list_followers(session, package_id, structure, limit=_PER_PAGE, offset=(page - 1) * _PER_PAGE)
            if structure
            else []
        )
        names = _names_of(session, [one.learner for one in followers])
        _note(package_id, len(followers))
    return render_template(
        "content_exchange/learners.html",
        row=row,
        followers=followers,
        names=names,
        units=len(structure.units) if structure else 0,
        total=total,
        page=page,
        pages=-(-total // _PER_PAGE),
    )


@blueprint.get("/<uuid:registration_id>")
def show(package_id: str, registration_id: UUID) -> str:
    """One learner: each unit, what may be waived, and the sessions that have not ended."""
    with reading() as session:
        following = find_follower(session, registration_id, package_id, iri_base=_iri_base())
        names = _names_of(session, [following.learner])
        running = list_running(session, registration_id)
        _note(package_id, 1, person=("account", following.learner.home_page, following.learner.name))
    course = following.course
    return render_template(
        "content_exchange/learner.html",
        row=course.package,
        following=following,
        name=names.get(following.learner),
        lines=lines_of(course.structure, following.progress),
        running=[(one, course.find_unit(one.place)) for one in running],
        reasons=_reason_words(),
    )


@blueprint.post("/<uuid:registration_id>/bai/<int:place>/mien")
def waive(package_id: str, registration_id: UUID, place: int) -> WerkzeugResponse:
    """Lets a unit count without being run."""
    with transaction() as session:
        waive_for(
            session,
            registration_id,
            package_id,
            place,
            reason=request.form.get("reason", ""),
            by=required_operator().username,
            iri_base=_iri_base(),
            now=now(),
        )
    say(_("Đã miễn bài này cho người học."))
    return _back(package_id, registration_id)


@blueprint.post("/<uuid:registration_id>/phien/<uuid:session_id>/ket-thuc")
def end_session(package_id: str, registration_id: UUID, session_id: UUID) -> WerkzeugResponse:
    """Ends a session that did not end itself; what it recorded stays."""
    with transaction() as session:
        following = find_follower(session, registration_id, package_id, iri_base=_iri_base())
        if session_id in {one.id for one in list_running(session, following.row.id)}:
            abandon_session(session, session_id, iri_base=_iri_base(), now=now())
    say(_("Đã kết thúc phiên học."))
    return _back(package_id, registration_id)


def _back(package_id: str, registration_id: UUID) -> WerkzeugResponse:
    address = url_for("imported_learners.show", package_id=package_id, registration_id=registration_id)
    return redirect(address, code=303)


def _iri_base() -> str:
    return section(ActiveSettings).iri_base


def _note(package_id: str, records: int, *, person: tuple[str, ...] | None = None) -> None:
    """Every look at people is in the audit log before the page is answered."""
    reader = Reader("operator", required_operator().username)
    log_reading(reader, "course_learners", asked={"course": package_id}, records=records, person=person)


def _names_of(session: Session, accounts: Sequence[Account]) -> dict[Account, PersonName]:
    """Names of those accounts that the registry of staff knows."""
    pairs = [(one.home_page, one.name) for one in accounts]
    known = session.execute(
        select(ActorIdentity.home_page, ActorIdentity.account_name, ActorIdentity.person_id).where(
            tuple_(ActorIdentity.home_page, ActorIdentity.account_name).in_(pairs),
            ActorIdentity.person_id.is_not(None),
        )
    ).all()
    names = find_names(session, [one.person_id for one in known if one.person_id is not None])
    return {
        Account(home_page=home_page, name=name): names[person_id]
        for home_page, name, person_id in known
        if person_id in names
    }


def _reason_words() -> dict[str, str]:
    """Each reason of cmi5 in words."""
    words = (
        _("Đã đạt bài kiểm tra thay thế"),
        _("Đã học bài tương đương trong khóa"),
        _("Đã học nội dung tương đương ngoài khóa"),
        _("Theo quyết định của quản trị viên"),
    )
    return dict(zip(WAIVING_REASONS, words, strict=True))
