"""Statistics for operators, from the country down to one statement: several files of pages, one blueprint."""

from lti_tool.reports import (
    attention_views,
    comparison_views,
    indicator_views,
    map_views,
    matrix_views,
    people_views,
    trend_views,
    unit_views,
)
from lti_tool.reports.pages import blueprint

__all__ = [
    "attention_views",
    "blueprint",
    "comparison_views",
    "indicator_views",
    "map_views",
    "matrix_views",
    "people_views",
    "trend_views",
    "unit_views",
]
