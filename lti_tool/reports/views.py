"""Statistics for operators, from the country down to one statement: two files of pages, one blueprint."""

from lti_tool.reports import people_views, unit_views
from lti_tool.reports.pages import blueprint

__all__ = ["blueprint", "people_views", "unit_views"]
