"""Templates that operators bring: tried on a specimen first, then used, and taken back at any time."""

import hashlib
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.official_reports.document import DRAFT, Letterhead, document_fields
from sync.official_reports.docx_file import shipped_template, write_docx
from sync.official_reports.forms import OUTLINES, ReportForm
from sync.official_reports.models import ReportTemplate
from sync.official_reports.specimen import specimen_figures
from sync.report_errors import ReportTemplateUnknown


def template_for(session: Session, form: ReportForm) -> bytes:
    """The template in use for a form: the newest approved one, or the shipped one."""
    row = _active(session, form)
    return row.content if row else shipped_template()


def stage_template(
    session: Session, form: ReportForm, *, file_name: str, content: bytes, by: str, now: datetime
) -> ReportTemplate:
    """Tries a template and keeps it for approval; nothing is printed with it yet.

    Raises:
        ReportTemplateRefused: it cannot be filled in; the message names the field.
    """
    try_template(form, content)
    row = ReportTemplate(
        form=form.value,
        file_name=file_name.replace("\x00", "")[-200:],
        content=content,
        sha256=hashlib.sha256(content).hexdigest(),
        state="staged",
        brought_by=by,
        brought_at=now,
    )
    session.add(row)
    session.flush()
    return row


def try_template(form: ReportForm, content: bytes) -> bytes:
    """A specimen report made with a template: with everything that a report can have.

    Raises:
        ReportTemplateRefused.
    """
    figures = specimen_figures(form)
    words = {one.code: "Dòng thứ nhất.\nDòng thứ hai." for one in OUTLINES[form]}
    letterhead = Letterhead(number="01/BC-MAU", place="Nơi mẫu", authority="TM. Cơ quan mẫu")
    write_docx(document_fields(figures, {}, Letterhead(), DRAFT), template=content)
    return write_docx(document_fields(figures, words, letterhead, DRAFT), template=content)


def approve_template(session: Session, template_id: int, *, by: str, now: datetime) -> ReportTemplate:
    """Puts a staged template into use; the one before it rests.

    Raises:
        ReportTemplateUnknown.
    """
    row = _get(session, template_id, "staged")
    _settle(session, row, by=by, now=now)
    return row


def discard_template(session: Session, template_id: int, *, by: str, now: datetime) -> None:
    """Throws a staged template away.

    Raises:
        ReportTemplateUnknown.
    """
    row = _get(session, template_id, "staged")
    row.state, row.settled_by, row.settled_at = "discarded", by, now


def revert_template(session: Session, form: ReportForm, *, by: str, now: datetime) -> ReportTemplate | None:
    """Takes the template in use out of use; the one before it comes back, at last the shipped one (`None`).

    Raises:
        ReportTemplateUnknown: the shipped one is in use.
    """
    active = _active(session, form)
    if active is None:
        raise ReportTemplateUnknown("The shipped template is in use; there is nothing to take back.")
    active.state, active.settled_by, active.settled_at = "discarded", by, now
    session.flush()
    before = session.scalars(
        select(ReportTemplate)
        .where(ReportTemplate.form == form.value, ReportTemplate.state == "retired")
        .order_by(ReportTemplate.template_id.desc())
        .limit(1)
    ).first()
    if before is not None:
        before.state = "active"
        session.flush()
    return before


def list_templates(session: Session) -> Sequence[ReportTemplate]:
    """Every template that was ever brought, the newest first."""
    return session.scalars(select(ReportTemplate).order_by(ReportTemplate.template_id.desc())).all()


def get_template(session: Session, template_id: int) -> ReportTemplate:
    """One of them.

    Raises:
        ReportTemplateUnknown.
    """
    row = session.get(ReportTemplate, template_id)
    if row is None:
        raise ReportTemplateUnknown(f"There is no template {template_id}.")
    return row


def _settle(session: Session, row: ReportTemplate, *, by: str, now: datetime) -> None:
    active = _active(session, ReportForm(row.form))
    if active is not None:
        active.state = "retired"
    row.state, row.settled_by, row.settled_at = "active", by, now
    session.flush()


def _active(session: Session, form: ReportForm) -> ReportTemplate | None:
    return session.scalars(
        select(ReportTemplate)
        .where(ReportTemplate.form == form.value, ReportTemplate.state == "active")
        .order_by(ReportTemplate.template_id.desc())
        .limit(1)
    ).first()


def _get(session: Session, template_id: int, state: str) -> ReportTemplate:
    row = session.get(ReportTemplate, template_id, with_for_update=True)
    if row is None or row.state != state:
        raise ReportTemplateUnknown(f"No {state} template has the number {template_id}.")
    return row
