"""Pages that hold units side by side: ranking, distribution, chosen units."""

from typing import Final

from flask import Response, request
from sqlalchemy.orm import Session

from lti_tool.admin.guard import required_operator
from lti_tool.reports import csv_tables
from lti_tool.reports.access import may_see_unit, require_unit
from lti_tool.reports.asked import Asked
from lti_tool.reports.chart_words import picture_of_distribution
from lti_tool.reports.pages import (
    FORMS,
    answer_table,
    asked_now,
    blueprint,
    current_programme,
    reading_unit,
    show,
)
from lti_tool.reports.stock_asked import stock_question, units_of_level
from lti_tool.reports.unit_figures import judge_knowledge
from lti_tool.reports.unit_views import unit_trail
from sync.organization.units import LEVELS, label_on, search_units
from sync.reports.comparison import distribute, median_rate, rank_units
from sync.reports.coverage import PartStock
from sync.reports.leaves import count_leaves
from sync.reports.stock import Stock
from xapi_bridge.running_app import reading

_MOST_COMPARED: Final = 8
_FOUND: Final = 12


@blueprint.get("/don-vi/<int:unit_id>/xep-hang")
def ranking(unit_id: int) -> str:
    """The units of one level below a unit by their rate, and how the rates are distributed."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        trail = unit_trail(session, unit_id, on=asked.tree_day)
        level, levels = _asked_level(trail[-1].level, asked)
        programme = current_programme(session)
        units = units_of_level(session, stock_question(unit_id, asked, programme), level)
        return show(
            "reports/ranking.html",
            session,
            asked,
            programme,
            trail=trail,
            level=level,
            levels=levels,
            ranked=rank_units(units),
            median=median_rate(units),
            bins=(bins := distribute(units)),
            judge_knowledge=judge_knowledge,
            picture=picture_of_distribution(bins, trail[-1].name),
        )


@blueprint.get(f"/don-vi/<int:unit_id>/xep-hang.{FORMS}")
def ranking_table(unit_id: int, form: str) -> Response:
    """The ranking as a file."""
    asked = asked_now()
    with reading_unit(unit_id) as session:
        top = unit_trail(session, unit_id, on=asked.tree_day)[-1]
        level, _levels = _asked_level(top.level, asked)
        units = units_of_level(session, stock_question(unit_id, asked, current_programme(session)), level)
    return answer_table(
        f"xep-hang-{unit_id}", csv_tables.tabulate_ranking(rank_units(units)), asked, form=form
    )


@blueprint.get("/so-sanh")
def comparison() -> str:
    """Chosen units beside each other, and a search for the next one."""
    asked, text = asked_now(), request.args.get("ten", "").strip()
    with reading() as session:
        chosen = _chosen(session, asked)
        found = [
            one
            for one in search_units(session, text, on_date=asked.tree_day, limit=_FOUND)
            if may_see_unit(session, required_operator(), one.unit.unit_id)
        ]
        return show(
            "reports/comparison.html",
            session,
            asked,
            current_programme(session),
            chosen=chosen,
            ids=[part.unit.unit_id for part in chosen],
            most=_MOST_COMPARED,
            text=text,
            found=found,
            judge_knowledge=judge_knowledge,
        )


@blueprint.get(f"/so-sanh.{FORMS}")
def comparison_table(form: str) -> Response:
    """The chosen units as a file."""
    asked = asked_now()
    with reading() as session:
        table = csv_tables.tabulate_ranking(rank_units(_chosen(session, asked)))
    return answer_table("so-sanh", table, asked, form=form)


def _chosen(session: Session, asked: Asked) -> list[PartStock]:
    """The units in the address, in its order.

    Raises:
        AccessRefused: one of them lies outside the reader's subtree.
    """
    ids = list(dict.fromkeys(request.args.getlist("don-vi", type=int)))[:_MOST_COMPARED]
    for unit_id in ids:
        require_unit(session, required_operator(), unit_id)
    units = label_on(session, ids, on_date=asked.tree_day)
    programme = current_programme(session)
    return [
        PartStock(
            units[unit_id],
            sum(count_leaves(session, stock_question(unit_id, asked, programme)).values(), Stock()),
        )
        for unit_id in ids
        if unit_id in units
    ]


def _asked_level(top: str, asked: Asked) -> tuple[str, list[str]]:
    """The level to rank, and those that can be chosen: below the unit, none that the day does not have."""
    below = LEVELS[LEVELS.index(top) + 1 :] if top != "central" else ("central",)
    levels = [level for level in below if level != "district" or asked.tree_day.isoformat() < "2025-07-01"]
    if top == "province":
        levels = [level for level in levels if level != "central"]
    default = "province" if "province" in levels else (levels or [top])[0]
    return (asked.level if asked.level in levels else default), levels or [top]
