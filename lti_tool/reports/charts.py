"""Charts as pictures: what is drawn is declared (Vega-Lite), rendered here to SVG, and cached by its content.

A picture holds no script and loads nothing; a page shows it as an image with words in its place and the table
behind it. Each chart is drawn twice, wide and narrow, so that its letters stay readable on a phone.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final
from xml.sax.saxutils import escape

import vl_convert
from flask_babel import get_locale

from sync.reports.comparison import Bin

Spec = dict[str, Any]

_ACTUAL: Final = "#1f5f8b"
_PATH: Final = "#9b1c1f"
_TEXT: Final = "#1e2126"
_GRID: Final = "#d9d4cb"
_FONT: Final = "DejaVu Sans, Noto Sans, Arial, sans-serif"
_VIETNAMESE: Final = {"decimal": ",", "thousands": ".", "grouping": [3], "currency": ["", "\u00a0₫"]}
_ENGLISH: Final = {"decimal": ".", "thousands": ",", "grouping": [3], "currency": ["", "\u00a0₫"]}
#: Width and height of what is drawn, without axes.
_WIDE: Final = (960, 300)
_NARROW: Final = (270, 230)
_CACHED: Final = 500


@dataclass(frozen=True)
class Picture:
    """A chart as a page shows it.

    Attributes:
        title: for the heading of the figure.
        description: what a reader who does not see it should know.
        wide, narrow: addresses of the two images, with the images inside them.
    """

    title: str
    description: str
    wide: str
    narrow: str


@dataclass(frozen=True)
class Mark:
    """A target in a chart: a point with words."""

    day: date
    percent: float
    words: str


@dataclass(frozen=True)
class AxisWords:
    """What stands at the axes and in the legend, in the reader's language."""

    across: str
    up: str
    actual: str
    path: str = ""


def draw_path(
    actual: Sequence[tuple[date, float]],
    *,
    path: Sequence[tuple[date, float]],
    marks: Sequence[Mark],
    words: AxisWords,
    title: str,
    description: str,
) -> Picture:
    """Rates over days, with the path to the targets when there is one; percent, 0 to 100."""
    values = [_point(day, percent, words.actual) for day, percent in actual]
    values += [_point(day, percent, words.path) for day, percent in path]
    series = [words.actual, words.path] if path else [words.actual]
    colour = {
        "field": "series",
        "type": "nominal",
        "title": None,
        "scale": {"domain": series, "range": [_ACTUAL, _PATH][: len(series)]},
        "legend": {"orient": "top", "labelLimit": 400} if path else None,
    }
    dash = {
        "field": "series",
        "type": "nominal",
        "legend": None,
        "scale": {"domain": series, "range": [[1, 0], [6, 4]][: len(series)]},
    }
    lines: list[Spec] = [
        {
            "data": {"values": values},
            "mark": {"type": "line", "strokeWidth": 2.5, "interpolate": "linear"},
            "encoding": _axes(words) | {"color": colour, "strokeDash": dash},
        },
        {
            "data": {"values": [one for one in values if one["series"] == words.actual]},
            "mark": {"type": "point", "filled": True, "size": 42, "color": _ACTUAL, "opacity": 1},
            "encoding": _axes(words),
        },
    ]
    if marks:
        lines += _target_layers(marks, words)
    return _picture({"layer": lines}, title, description)


def draw_distribution(bins: Sequence[Bin], *, words: AxisWords, title: str, description: str) -> Picture:
    """How many units have which rate."""
    values = [{"low": one.low, "high": one.high, "units": one.units} for one in bins]
    bars = {
        "data": {"values": values},
        "mark": {"type": "bar", "color": _ACTUAL, "stroke": "#ffffff"},
        "encoding": {
            "x": {
                "field": "low",
                "type": "quantitative",
                "scale": {"domain": [0, 100]},
                "axis": {"values": list(range(0, 101, 10)), "title": words.across},
                "bin": {"binned": True, "step": 10},
            },
            "x2": {"field": "high"},
            "y": {
                "field": "units",
                "type": "quantitative",
                "axis": {"title": words.up, "tickMinStep": 1, "format": ",d"},
            },
        },
    }
    return _picture(bars, title, description)


def draw_bars(bars: Sequence[tuple[str, int]], *, words: AxisWords, title: str, description: str) -> Picture:
    """Amounts by name, in the order given, each with its number."""
    names = [name for name, _ in bars]
    values = [{"name": name, "amount": amount} for name, amount in bars]
    up: Spec = {
        "field": "name",
        "type": "nominal",
        "sort": names,
        "axis": {"title": None, "labelLimit": 160},
    }
    across: Spec = {
        "field": "amount",
        "type": "quantitative",
        "axis": {"title": words.across, "tickMinStep": 1, "format": ",d"},
    }
    layers: list[Spec] = [
        {"mark": {"type": "bar", "color": _ACTUAL}, "encoding": {"y": up, "x": across}},
        {
            "mark": {"type": "text", "align": "left", "dx": 4, "color": _TEXT, "fontSize": 13},
            "encoding": {
                "y": up,
                "x": across,
                "text": {"field": "amount", "type": "quantitative", "format": ",d"},
            },
        },
    ]
    return _picture({"data": {"values": values}, "layer": layers}, title, description)


def _target_layers(marks: Sequence[Mark], words: AxisWords) -> list[Spec]:
    values = [_point(one.day, one.percent, one.words) for one in marks]
    axes = _axes(words)
    return [
        {
            "data": {"values": values},
            "mark": {"type": "point", "shape": "diamond", "filled": True, "size": 110, "color": _PATH},
            "encoding": axes,
        },
        {
            "data": {"values": values},
            "mark": {"type": "text", "align": "right", "dx": -4, "dy": 20, "color": _PATH, "fontSize": 13},
            "encoding": axes | {"text": {"field": "series", "type": "nominal"}},
        },
    ]


def _point(day: date, percent: float, series: str) -> Spec:
    return {"day": day.isoformat(), "percent": round(percent, 3), "series": series}


def _axes(words: AxisWords) -> Spec:
    return {
        "x": {
            "field": "day",
            "type": "temporal",
            "scale": {"type": "utc"},
            "axis": {"title": words.across, "format": "%m/%Y", "labelOverlap": True, "tickCount": 6},
        },
        "y": {
            "field": "percent",
            "type": "quantitative",
            "scale": {"domain": [0, 100]},
            "axis": {"title": words.up, "format": ",d", "tickCount": 6},
        },
    }


def _picture(drawn: Spec, title: str, description: str) -> Picture:
    in_english = str(get_locale()) == "en"
    wide, narrow = (
        _address(json.dumps(_sized(drawn, size), sort_keys=True), title, description, in_english)
        for size in (_WIDE, _NARROW)
    )
    return Picture(title, description, wide, narrow)


def _sized(drawn: Spec, size: tuple[int, int]) -> Spec:
    width, height = size
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "width": width,
        "height": height,
        "background": "#ffffff",
        "config": _CONFIG,
        **drawn,
    }


_CONFIG: Final[Spec] = {
    "font": _FONT,
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
        "labelColor": _TEXT,
        "titleColor": _TEXT,
        "gridColor": _GRID,
        "domainColor": _TEXT,
        "tickColor": _TEXT,
    },
    "legend": {"labelFontSize": 13, "labelColor": _TEXT, "symbolStrokeWidth": 3, "symbolSize": 300},
    "view": {"stroke": None},
}


@lru_cache(maxsize=_CACHED)
def _address(spec: str, title: str, description: str, in_english: bool) -> str:
    """The image with its words inside, as an address that needs no further request."""
    numbers: Any = _ENGLISH if in_english else _VIETNAMESE
    drawn = vl_convert.vegalite_to_svg(spec, format_locale=numbers)
    named = f"<title>{escape(title)}</title><desc>{escape(description)}</desc>"
    opening, inside = drawn.split(">", 1)
    image = f'{opening} role="img">{named}{inside}'
    return f"data:image/svg+xml;base64,{base64.b64encode(image.encode()).decode()}"
