"""Official reports in the console: five files of pages, one blueprint."""

from lti_tool.official_reports import (
    file_views,
    report_views,
    schedule_views,
    template_views,
    unit_views,
)
from lti_tool.official_reports.pages import blueprint

__all__ = ["blueprint", "file_views", "report_views", "schedule_views", "template_views", "unit_views"]
