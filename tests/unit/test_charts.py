"""Charts: valid Vega-Lite, pictures without scripts, words and Vietnamese numbers inside."""

import base64
import re
from datetime import date

import altair
import pytest
from flask import Flask
from flask_babel import Babel

from lti_tool.reports import charts
from lti_tool.reports.charts import AxisWords, Mark, draw_bars, draw_distribution, draw_path
from sync.reports.comparison import Bin

WORDS = AxisWords("Tháng/năm", "Tỷ lệ (%)", "Số thực có", "Lộ trình đến chỉ tiêu")
TITLE, DESCRIPTION = "Tỉnh Đồng Nai <&>", "Đến ngày 24/11/2026: 90,7%."


@pytest.fixture(autouse=True)
def vietnamese():
    app = Flask("charts")
    Babel(app, default_locale="vi")
    with app.test_request_context():
        yield


@pytest.fixture(params=["path", "distribution", "bars"])
def picture(request):
    if request.param == "path":
        return draw_path(
            [(date(2023, 12, 14), 12.5), (date(2024, 12, 14), 40.0)],
            path=[(date(2022, 11, 17), 0.0), (date(2025, 12, 31), 85.0)],
            marks=[Mark(date(2025, 12, 31), 85, "trên 85%")],
            words=WORDS,
            title=TITLE,
            description=DESCRIPTION,
        )
    if request.param == "distribution":
        bins = [Bin(low, low + 10, low) for low in range(0, 100, 10)]
        return draw_distribution(bins, words=WORDS, title=TITLE, description=DESCRIPTION)
    return draw_bars([("Tự học qua mạng", 12345)], words=WORDS, title=TITLE, description=DESCRIPTION)


def svg_of(address: str) -> str:
    scheme, _, content = address.partition(",")
    assert scheme == "data:image/svg+xml;base64"
    return base64.b64decode(content).decode()


def test_a_picture_holds_no_script_and_loads_nothing(picture):
    for address in (picture.wide, picture.narrow):
        svg = svg_of(address)
        assert not re.search(r"<script|\son\w+=|javascript:|<foreignObject|<image|@import|url\(http", svg)
        assert not re.search(r'href="(?!#)', svg)


def test_a_picture_says_in_words_what_it_is(picture):
    svg = svg_of(picture.wide)

    assert 'role="img"><title>Tỉnh Đồng Nai &lt;&amp;&gt;</title>' in svg
    assert f"<desc>{DESCRIPTION}</desc>" in svg


def test_numbers_have_vietnamese_signs():
    drawn = draw_bars([("Tự học", 12345)], words=WORDS, title=TITLE, description=DESCRIPTION)

    assert ">12.345<" in svg_of(drawn.wide)


def test_what_is_drawn_keeps_to_the_grammar_of_vega_lite(monkeypatch):
    specs = []
    monkeypatch.setattr(charts, "_address", lambda spec, *_: specs.append(spec) or "")
    draw_bars([("a", 1)], words=WORDS, title="", description="")
    draw_distribution([Bin(0, 10, 1)], words=WORDS, title="", description="")
    draw_path([(date(2024, 1, 1), 1.0)], path=[], marks=[], words=WORDS, title="", description="")

    assert len(specs) == 6
    for spec in specs:
        altair.Chart.from_json(spec)


def test_the_same_chart_is_rendered_once():
    one = draw_bars([("a", 1)], words=WORDS, title=TITLE, description=DESCRIPTION)
    hits = charts._address.cache_info().hits
    other = draw_bars([("a", 1)], words=WORDS, title=TITLE, description=DESCRIPTION)

    assert one == other
    assert charts._address.cache_info().hits == hits + 2
