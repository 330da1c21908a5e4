"""What readers of the statistics ask for in the address is checked before it reaches the database."""

from datetime import date

import pytest
from werkzeug.datastructures import MultiDict

from lti_tool.reports.asked import LAST_PAGE, read_asked

TODAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("written", "page"), [("", 1), ("0", 1), ("-3", 1), ("x", 1), ("7", 7), ("9" * 40, LAST_PAGE)]
)
def test_a_page_number_is_brought_into_its_range(written, page):
    assert read_asked(MultiDict({"trang": written}), today=TODAY).page == page
