"""Why official reports are refused.

OfficialReportRefused           (sync.errors.SyncRefused)
├── OfficialReportUnknown       no such report, or one of a unit that is not yours: which is not told
├── OfficialReportMalformed     a form, year, text or letterhead that cannot be
├── OfficialReportTaken         the unit has this report already
├── OfficialReportNotReady      it is in another state than the step needs
├── ReportPeriodOpen            its period has not ended, so its figures cannot be final
├── ReportSectionChanged        somebody else saved the section meanwhile
├── ReportFileUnknown           no such file, or it was deleted after its time
├── ReportTemplateRefused       a template that cannot be filled in, or does what it may not
├── ReportTemplateUnknown
├── ReportScheduleRefused       a schedule with no form of file, or out of its limits
└── ReportScheduleUnknown
"""

from sync.errors import SyncRefused


class OfficialReportRefused(SyncRefused):
    """Root of the refusals of official reports."""

    code = "official_report_refused"


class OfficialReportUnknown(OfficialReportRefused):
    """No report has this number among those that the reader may see."""

    code = "official_report_unknown"


class OfficialReportMalformed(OfficialReportRefused):
    """A form, year, text or letterhead that cannot be."""

    code = "official_report_malformed"


class OfficialReportTaken(OfficialReportRefused):
    """A unit has one report of each form and year."""

    code = "official_report_taken"


class OfficialReportNotReady(OfficialReportRefused):
    """Drafts are sent; sent reports are received or returned; nothing else."""

    code = "official_report_not_ready"


class ReportPeriodOpen(OfficialReportRefused):
    """A report is sent after its last day."""

    code = "report_period_open"


class ReportSectionChanged(OfficialReportRefused):
    """Two people wrote the same section; the later one decides with both texts in view."""

    code = "report_section_changed"


class ReportFileUnknown(OfficialReportRefused):
    """No such file of this report, or its time is over."""

    code = "report_file_unknown"


class ReportTemplateRefused(OfficialReportRefused):
    """A template is a DOCX without macros whose fields are all known."""

    code = "report_template_refused"


class ReportTemplateUnknown(OfficialReportRefused):
    """No template has this number, or it is past this step."""

    code = "report_template_unknown"


class ReportScheduleRefused(OfficialReportRefused):
    """A schedule has a rhythm, at least one form of file, and keeps files for 1 to 400 days."""

    code = "report_schedule_refused"


class ReportScheduleUnknown(OfficialReportRefused):
    """No schedule has this number among those that the reader may see."""

    code = "report_schedule_unknown"
