"""The record store for operators: searching, reading, exporting; three files of pages, one blueprint."""

from lti_tool.records import export_views, search_views, statement_views
from lti_tool.records.pages import blueprint

__all__ = ["blueprint", "export_views", "search_views", "statement_views"]
