"""Console pages of content: versions, what changed between two, going back, law that will not hold."""

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from content_packages.assessment.legal_validity import (
    CitedLaw,
    DueReview,
    list_due_reviews,
    list_expiring_law,
)
from content_packages.authoring.change_words import change_lines, change_title
from content_packages.authoring.differences import Weight, compare_packages, heaviest
from content_packages.errors import PackageNotFound
from content_packages.library import (
    PublishedVersion,
    find_current_version,
    find_numbered_version,
    list_current_packages,
    list_releases,
    list_versions,
    read_canonical,
    read_findings,
    read_package,
    roll_back,
)
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from sync.calendars import local_day
from xapi_bridge.running_app import now, reading, transaction
from xapi_bridge.store.audit import note_action

blueprint = Blueprint("content_console", __name__, url_prefix="/quan-tri/noi-dung")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)
blueprint.app_template_global("change_title")(change_title)
blueprint.app_template_global("change_lines")(change_lines)

_REASON_LENGTH = 300


@dataclass(frozen=True)
class PackageState:
    """The current version of a package, and what its author must look at."""

    current: PublishedVersion
    laws: tuple[CitedLaw, ...]
    reviews: tuple[DueReview, ...]


@blueprint.get("")
def listing() -> str:
    """All packages with their current version."""
    with reading() as session:
        states = [_state(session, current, _today()) for current in list_current_packages(session)]
    return render_template("admin/content.html", states=states)


@blueprint.get("/<package_id>")
def show(package_id: str) -> str:
    """Versions, history, warnings and expiring law of a package."""
    with reading() as session:
        current = _current(session, package_id)
        return render_template(
            "admin/content_package.html",
            state=_state(session, current, _today()),
            versions=list_versions(session, package_id),
            releases=list_releases(session, package_id),
            findings=read_findings(session, current.digest),
        )


@blueprint.get("/<package_id>/so-sanh")
def compare(package_id: str) -> str:
    """What changed from one version (`cu`) to another (`moi`)."""
    with reading() as session:
        versions = list_versions(session, package_id)
        current = _current(session, package_id)
        old = find_numbered_version(session, package_id, request.args.get("cu", versions[-1].version))
        new = find_numbered_version(session, package_id, request.args.get("moi", current.version))
        changes = compare_packages(read_canonical(session, old.digest), read_canonical(session, new.digest))
    by_weight = {
        weight: [change for change in changes if change.weight == weight] for weight in reversed(Weight)
    }
    return render_template(
        "admin/content_changes.html",
        package_id=package_id,
        versions=versions,
        old=old,
        new=new,
        by_weight={weight.name: found for weight, found in by_weight.items() if found},
        weight=heaviest(changes),
    )


@blueprint.get("/<package_id>/quay-lai/<version>")
def ask_to_roll_back(package_id: str, version: str) -> str:
    """Asks once more, with what going back changes for learners."""
    with reading() as session:
        current = _current(session, package_id)
        chosen = find_numbered_version(session, package_id, version)
        changes = compare_packages(
            read_canonical(session, current.digest), read_canonical(session, chosen.digest)
        )
    return render_template(
        "admin/content_rollback.html",
        current=current,
        chosen=chosen,
        count=len(changes),
        weight=heaviest(changes),
        reason_length=_REASON_LENGTH,
    )


@blueprint.post("/<package_id>/quay-lai/<version>")
def go_back(package_id: str, version: str) -> Response:
    """Makes an earlier version current; undone by the same form with the other number."""
    operator, reason = required_operator().username, request.form.get("reason", "").strip()[:_REASON_LENGTH]
    with transaction() as session:
        chosen = roll_back(session, package_id, version=version, now=now(), by=operator, reason=reason)
        note_action(
            session,
            "content_rolled_back",
            operator=operator,
            subject=package_id,
            now=now(),
            version=version,
            digest=chosen.digest,
        )
    say(_("Phiên bản hiện hành là %(version)s. Người học mới nhận phiên bản này.", version=version))
    return redirect(url_for("content_console.show", package_id=package_id), code=303)


def _current(session: Session, package_id: str) -> PublishedVersion:
    current = find_current_version(session, package_id)
    if current is None:
        raise PackageNotFound(f"No package {package_id} is published here.")
    return current


def _state(session: Session, current: PublishedVersion, day: date) -> PackageState:
    package = read_package(session, current.digest)
    return PackageState(current, list_expiring_law(package, on=day), list_due_reviews(package, on=day))


def _today() -> date:
    return local_day(now())
