"""Console pages of the exchange: bring a file of questions in, look at it, publish; take content out."""

from datetime import date
from functools import partial
from io import BytesIO

from flask import Blueprint, Response, current_app, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as WerkzeugResponse

from content_packages.authoring.markup import render_phrase, render_text
from content_packages.errors import PackageNotFound
from content_packages.formats.sheet_out import write_sheet_template
from content_packages.formats.word_template import write_word_template
from content_packages.import_errors import ImportChoiceRefused, ImportFormatUnknown
from content_packages.imports import staging
from content_packages.imports.choices import AREAS, ImportChoices, first_choices
from content_packages.imports.reading import source_archive
from content_packages.library import find_current_version, list_current_packages, read_package
from content_packages.library.media import find_media_bytes
from lti_tool.admin.guard import keep_private, only_as_permitted, required_operator, say
from lti_tool.content_exchange.exports import EXPORTS, ExportRequest
from lti_tool.deep_linking.words import area_name
from lti_tool.settings import Settings
from sync.calendars import local_day
from xapi_bridge.running_app import now, reading, transaction

blueprint = Blueprint("content_exchange", __name__, url_prefix="/quan-tri/trao-doi-noi-dung")
blueprint.before_request(only_as_permitted)
blueprint.after_request(keep_private)

_LISTED = 100
_SHOWN_AT_ONCE = 30
_TEMPLATES = {
    "cau-hoi.xlsx": (write_sheet_template, EXPORTS["xlsx"].media_type),
    "cau-hoi.docx": (write_word_template, EXPORTS["docx"].media_type),
}


@blueprint.get("/")
def overview() -> str:
    """Files that were brought in, the form for another, and what can be taken out."""
    with reading() as session:
        rows = staging.list_imports(session, limit=_LISTED)
        packages = [read_package(session, one.digest) for one in list_current_packages(session)]
    return render_template("content_exchange/overview.html", imports=rows, packages=packages, exports=EXPORTS)


@blueprint.post("/")
def receive() -> WerkzeugResponse:
    """Keeps a file aside and shows what is in it."""
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        say(_("Chọn một tệp rồi bấm “Đọc tệp”."), kind="error")
        return redirect(url_for("content_exchange.overview"), code=303)
    content = sent.stream.read()
    try:
        with transaction() as session:
            import_id = staging.receive_file(
                session,
                sent.filename,
                content,
                choices=first_choices(sent.filename),
                by=required_operator().username,
                now=now(),
            )
    except ImportFormatUnknown:
        say(
            _("Tệp này không phải tệp câu hỏi đọc được. Nhận: .xlsx, .docx, .xml, .gift, .txt, .zip."),
            kind="error",
        )
        return redirect(url_for("content_exchange.overview"), code=303)
    return redirect(url_for("content_exchange.show", import_id=import_id), code=303)


@blueprint.get("/<import_id>")
def show(import_id: str) -> str:
    """What is in the file, what is wrong with it, and the choices; a page of questions at a time."""
    page = max(1, request.args.get("trang", 1, type=int))
    with reading() as session:
        preview = staging.look(session, import_id, today=_today())
    first = (page - 1) * _SHOWN_AT_ONCE
    return render_template(
        "content_exchange/import.html",
        preview=preview,
        questions=preview.read.questions[first : first + _SHOWN_AT_ONCE],
        first=first,
        page=page,
        pages=-(-len(preview.read.questions) // _SHOWN_AT_ONCE),
        areas={area: area_name(area) for area in AREAS},
        render_text=render_text,
        render_phrase=render_phrase,
    )


@blueprint.post("/<import_id>/lua-chon")
def choose(import_id: str) -> WerkzeugResponse:
    """Keeps the choices and shows the file again with them."""
    try:
        with transaction() as session:
            staging.choose(session, import_id, _choices_sent())
    except ImportChoiceRefused as refused:
        say(_FAULTS[refused.field](), kind="error")
    return redirect(url_for("content_exchange.show", import_id=import_id), code=303)


@blueprint.post("/<import_id>/phat-hanh")
def publish(import_id: str) -> WerkzeugResponse:
    """Publishes what is in the file as a package."""
    try:
        with transaction() as session:
            published = staging.publish_import(
                session, import_id, by=required_operator().username, now=now(), today=_today()
            )
    except ImportChoiceRefused as refused:
        say(_FAULTS[refused.field](), kind="error")
        return redirect(url_for("content_exchange.show", import_id=import_id), code=303)
    say(_("Đã phát hành %(title)s, phiên bản %(version)s.", title=published.title, version=published.version))
    return redirect(url_for("content_exchange.overview"), code=303)


@blueprint.post("/<import_id>/bo")
def discard(import_id: str) -> WerkzeugResponse:
    """Throws a waiting file away."""
    with transaction() as session:
        staging.discard_import(session, import_id, by=required_operator().username, now=now())
    say(_("Đã bỏ tệp này."))
    return redirect(url_for("content_exchange.overview"), code=303)


@blueprint.get("/<import_id>/nguon.zip")
def source(import_id: str) -> Response:
    """The native source of what was read, for an author to go on with."""
    with reading() as session:
        preview = staging.look(session, import_id, today=_today())
    content = source_archive(preview.read.source)
    return _file(content, f"{preview.choices.package_id}.zip", "application/zip")


@blueprint.get("/tai-ve/<package_id>/<name>")
def export(package_id: str, name: str) -> Response:
    """The package's current version in one of the formats; `?ngan-hang=` takes one bank."""
    if name not in EXPORTS:
        raise PackageNotFound(f"There is no export {name!r}. Known: {', '.join(EXPORTS)}.")
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    chosen, bank = EXPORTS[name], request.args.get("ngan-hang", "")
    with reading() as session:
        current = find_current_version(session, package_id)
        if current is None:
            raise PackageNotFound(f"No version of {package_id!r} is published.")
        package = read_package(session, current.digest)
        asked = ExportRequest(
            package,
            bank,
            f"{settings.tool_origin}/lti/launch",
            _("Bồi dưỡng CCHC"),
            str(settings.iri_base),
            partial(find_media_bytes, session),
        )
        content = chosen.write(asked)
    stem = f"{package.id}-{bank}" if bank else package.id
    return _file(content, f"{stem}-{package.version}{chosen.ending}", chosen.media_type)


@blueprint.get("/mau/<name>")
def template(name: str) -> Response:
    """An empty file to fill in."""
    if name not in _TEMPLATES:
        raise PackageNotFound(f"There is no template {name!r}. Known: {', '.join(_TEMPLATES)}.")
    write, media_type = _TEMPLATES[name]
    return _file(write(), name, media_type)


def _file(content: bytes, name: str, media_type: str) -> Response:
    return send_file(BytesIO(content), mimetype=media_type, as_attachment=True, download_name=name)


def _choices_sent() -> ImportChoices:
    sent = request.form
    day = sent.get("source_date", "")
    try:
        source_date = date.fromisoformat(day) if day else None
    except ValueError as refused:
        raise ImportChoiceRefused("The date is not a day.", field="source_date") from refused
    return ImportChoices(
        package_id=sent.get("package_id", "").strip(),
        title=sent.get("title", "").strip(),
        area=sent.get("area", ""),
        source=sent.get("source", "").strip(),
        source_date=source_date,
        source_title=sent.get("source_title", "").strip(),
        leave_out_broken="leave_out_broken" in sent,
    )


_FAULTS = {
    "package_id": lambda: _("Mã gói chỉ gồm chữ thường không dấu, số và gạch nối."),
    "title": lambda: _("Ghi tên gói, ít nhất ba chữ."),
    "area": lambda: _("Chọn một lĩnh vực trong danh sách."),
    "source": lambda: _("Ghi số, ký hiệu văn bản làm căn cứ cho các câu chưa ghi nguồn."),
    "source_date": lambda: _("Ngày của văn bản chưa đúng."),
}


def _today() -> date:
    return local_day(now())
