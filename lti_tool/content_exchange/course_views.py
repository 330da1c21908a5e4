"""Console pages of imported courses: bring one in, look at what was found, publish, withdraw."""

from typing import IO, Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from content_packages.active import staging
from content_packages.active.errors import ContentHostMissing, PackageNameRefused
from content_packages.active.files import PackageBlobs
from content_packages.active.outline import lines_of
from content_packages.active.playing import has_player
from content_packages.active.receiving import TakenIn, take_in
from content_packages.active.settings import ActiveSettings
from content_packages.active.staging import findings_of, structure_of
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from xapi_bridge.running_app import borrow, now, reading, section, transaction

blueprint = Blueprint("imported_courses", __name__, url_prefix="/quan-tri/khoa-hoc-nhap")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_LISTED = 100
_LINES_SHOWN = 300


@blueprint.url_value_preprocessor
def take_large_files(endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Raises the limit of a request before anything reads its form; courses are larger than other forms."""
    if endpoint == "imported_courses.receive":
        request.max_content_length = section(ActiveSettings).upload_bytes


@blueprint.get("/")
def overview() -> str:
    """Courses that were brought in, and the form for another."""
    settings = section(ActiveSettings)
    with reading() as session:
        courses = staging.list_courses(session, limit=_LISTED)
    return render_template(
        "content_exchange/courses.html",
        courses=courses,
        has_host=bool(settings.content_origin),
        megabytes=settings.upload_bytes // 1024**2,
    )


@blueprint.post("/")
def receive() -> WerkzeugResponse:
    """Reads a file, keeps it aside and shows what is in it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        say(_("Chọn một tệp rồi bấm “Đọc gói”."), kind="error")
        return redirect(url_for("imported_courses.overview"), code=303)
    try:
        section(ActiveSettings).require_content_origin()
    except ContentHostMissing:
        say(_("Chưa nhận được gói này: hệ thống chưa có tên miền thứ hai (CCHC_CONTENT_URL)."), kind="error")
        return redirect(url_for("imported_courses.overview"), code=303)
    taken = _take_in(sent.stream, sent.filename)
    with transaction() as session:
        package_id = staging.receive_course(
            session,
            taken.read,
            taken.files,
            file_name=sent.filename,
            by=required_operator().username,
            now=now(),
        )
    return redirect(url_for("imported_courses.show", package_id=package_id), code=303)


@blueprint.get("/<package_id>")
def show(package_id: str) -> str:
    """What is in the course, what is wrong with it, and what can be done."""
    with reading() as session:
        row = staging.find_course(session, package_id)
        current = staging.find_published(session, row.name)
    findings = findings_of(row)
    structure = structure_of(row) if row.structure else None
    return render_template(
        "content_exchange/course.html",
        row=row,
        findings=findings,
        errors=[one for one in findings if one.severity == "error"],
        structure=structure,
        lines=lines_of(structure, {})[:_LINES_SHOWN] if structure else [],
        replaces=current if current is not None and current.id != row.id else None,
        has_player=has_player(row.kind, section(ActiveSettings).players),
    )


@blueprint.post("/<package_id>/phat-hanh")
def publish(package_id: str) -> WerkzeugResponse:
    """Lets learners open the course."""
    section(ActiveSettings).require_content_origin()
    try:
        with transaction() as session:
            row = staging.publish_course(
                session,
                package_id,
                name=request.form.get("name", "").strip(),
                title=request.form.get("title", "").strip(),
                by=required_operator().username,
                now=now(),
            )
    except PackageNameRefused:
        say(_("Mã chỉ gồm chữ thường không dấu, số và gạch nối; tên có từ 3 đến 200 chữ."), kind="error")
    else:
        say(_("Đã phát hành %(title)s. Liên kết: content=goi/%(name)s", title=row.title, name=row.name))
    return redirect(url_for("imported_courses.show", package_id=package_id), code=303)


@blueprint.post("/<package_id>/thu-hoi")
def withdraw(package_id: str) -> WerkzeugResponse:
    """Stops the course at once."""
    with transaction() as session:
        staging.withdraw_course(session, package_id, by=required_operator().username, now=now())
    say(_("Đã thu hồi. Không ai mở được khóa học này nữa; kết quả đã có vẫn còn."))
    return redirect(url_for("imported_courses.show", package_id=package_id), code=303)


@blueprint.post("/<package_id>/khoi-phuc")
def restore(package_id: str) -> WerkzeugResponse:
    """Takes a withdrawal back."""
    with transaction() as session:
        staging.restore_course(session, package_id, by=required_operator().username, now=now())
    say(_("Đã khôi phục khóa học."))
    return redirect(url_for("imported_courses.show", package_id=package_id), code=303)


@blueprint.post("/<package_id>/bo")
def discard(package_id: str) -> WerkzeugResponse:
    """Throws a waiting course away, with its bytes."""
    blobs = borrow(PackageBlobs)  # type: ignore[type-abstract]
    with transaction() as session:
        unneeded = staging.discard_course(session, package_id, by=required_operator().username, now=now())
    for sha256 in unneeded:
        blobs.discard(sha256)
    say(_("Đã bỏ gói này."))
    return redirect(url_for("imported_courses.overview"), code=303)


def _take_in(stream: IO[bytes], file_name: str) -> TakenIn:
    blobs = borrow(PackageBlobs)  # type: ignore[type-abstract]
    return take_in(stream, file_name=file_name, limits=section(ActiveSettings).limits, blobs=blobs)
