"""The charts of the pages with their words: what is drawn, what it is called, what it says."""

from collections.abc import Sequence
from datetime import date, timedelta

from flask_babel import gettext as _

from lti_tool.page_formats import exact_share, show_day, show_number, show_percent
from lti_tool.reports.charts import AxisWords, Mark, Picture, draw_bars, draw_distribution, draw_path
from sync.reports.comparison import Bin
from sync.reports.series import StockOnDay
from sync.reports.targets import FIRST_DAY, path_percent
from sync.rollups.definitions import PROVIDED_WITH_KNOWLEDGE


def picture_of_path(series: Sequence[StockOnDay], unit_name: str) -> Picture | None:
    """The share that was provided with knowledge and the path to the targets until 2030."""
    actual = _rates(series)
    if not actual:
        return None
    indicator = PROVIDED_WITH_KNOWLEDGE
    corners = [FIRST_DAY, *(target.due_on for target in indicator.targets)]
    last = series[-1]
    return draw_path(
        actual,
        path=[(day, float(path_percent(indicator, day))) for day in corners],
        marks=[
            Mark(target.due_on, target.percent, _("trên %(percent)s", percent=f"{target.percent}%"))
            for target in indicator.targets
        ],
        words=AxisWords(
            _("Tháng/năm"), _("Tỷ lệ (%)"), _("Số thực có"), _("Lộ trình đến chỉ tiêu (quy ước)")
        ),
        title=_("Tỷ lệ được cung cấp kiến thức và lộ trình đến năm 2030: %(unit)s", unit=unit_name),
        description=_(
            "Đến ngày %(day)s: %(rate)s (%(completed)s trên %(people)s người). Lộ trình hôm đó: %(path)s.",
            day=show_day(last.day),
            rate=show_percent(exact_share(last.stock.completed, last.stock.people)),
            completed=show_number(last.stock.completed),
            people=show_number(last.stock.people),
            path=show_percent(path_percent(indicator, last.day)),
        ),
    )


def picture_of_series(series: Sequence[StockOnDay], unit_name: str) -> Picture | None:
    """The share over the days asked for, without a path."""
    actual = _rates(series)
    if not actual:
        return None
    first, last = series[0], series[-1]
    return draw_path(
        actual,
        path=(),
        marks=(),
        words=AxisWords(_("Tháng/năm"), _("Tỷ lệ (%)"), _("Số thực có")),
        title=_("Diễn biến tỷ lệ: %(unit)s", unit=unit_name),
        description=_(
            "Từ %(first)s đến %(last)s, tỷ lệ đi từ %(start)s đến %(end)s.",
            first=show_day(first.day),
            last=show_day(last.day),
            start=show_percent(exact_share(first.stock.completed, first.stock.people)),
            end=show_percent(exact_share(last.stock.completed, last.stock.people)),
        ),
    )


def picture_of_distribution(bins: Sequence[Bin], unit_name: str) -> Picture:
    """How many units have which rate."""
    fullest = max(bins, key=lambda one: one.units)
    return draw_distribution(
        bins,
        words=AxisWords(_("Tỷ lệ (%)"), _("Số đơn vị"), ""),
        title=_("Phân bố tỷ lệ của các đơn vị: %(unit)s", unit=unit_name),
        description=_(
            "%(units)s đơn vị có đủ người để xếp hạng; khoảng đông nhất là trên %(low)s đến %(high)s.",
            units=show_number(sum(one.units for one in bins)),
            low=f"{fullest.low}%",
            high=f"{fullest.high}%",
        ),
    )


def picture_of_amounts(amounts: Sequence[tuple[str, int]], *, title: str, across: str) -> Picture:
    """Amounts by name."""
    return draw_bars(
        amounts,
        words=AxisWords(across, "", ""),
        title=title,
        description="; ".join(f"{name}: {show_number(amount)}" for name, amount in amounts),
    )


def days_back(until: date, days: int) -> list[date]:
    """So many days in a row, the last of them `until`, none before the first day of figures."""
    first = max(FIRST_DAY, until - timedelta(days=days - 1))
    return [first + timedelta(days=number) for number in range((until - first).days + 1)]


def _rates(series: Sequence[StockOnDay]) -> list[tuple[date, float]]:
    """Days on which there was nobody have no rate."""
    return [(one.day, one.stock.completed * 100 / one.stock.people) for one in series if one.stock.people]
