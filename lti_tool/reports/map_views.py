"""The country at a glance: a map of tiles, and units of the own kind beside each other, for every reader.

Readers from outside see protected figures of closing days (`lti_tool.reports.outside`); nothing here leads to
people.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from flask import Response, render_template

from lti_tool.admin.guard import required_operator
from lti_tool.page_formats import exact_share
from lti_tool.reports import csv_tables
from lti_tool.reports.access import may_see_unit
from lti_tool.reports.outside import OutsideView, view_peers, view_provinces
from lti_tool.reports.pages import FORMS, answer_table, asked_now, blueprint, current_programme, show
from lti_tool.reports.tile_grid import SCHEME, SEA_TILES, TILES, SeaTile, Tile
from sync.errors import UnitUnknown
from sync.organization.units import UnitOnDay, find_unit
from sync.reports.disclosure import Shown
from sync.reports.vietnamese_order import vietnamese_key
from xapi_bridge.running_app import reading

#: Lower limits of the steps of colour, in percent; the number stands in every tile as well.
_STEPS: Final = (0, 25, 50, 70, 85, 95)


@dataclass(frozen=True)
class ProvinceTile:
    """A tile with its province; without figures when nobody is counted there."""

    tile: Tile
    unit: UnitOnDay
    shown: Shown | None
    may_open: bool

    @property
    def percent(self) -> Fraction | None:
        """The rate; `None`: nobody, or hidden."""
        if self.shown is None or self.shown.completed is None:
            return None
        return exact_share(self.shown.completed, self.shown.people)

    @property
    def step(self) -> int | None:
        """Step of the colour, 0 for the lowest."""
        return None if self.percent is None else sum(self.percent > limit for limit in _STEPS[1:])


@dataclass(frozen=True)
class ZoneTile:
    """A special zone at sea with its province."""

    tile: SeaTile
    province: UnitOnDay
    unit: UnitOnDay | None
    may_open: bool


@blueprint.get("/ban-do")
def country_map() -> str:
    """The 34 provinces as tiles."""
    asked = asked_now()
    with reading() as session:
        programme = current_programme(session)
        try:
            view = view_provinces(session, required_operator(), asked, programme)
        except UnitUnknown:
            return render_template("reports/no_units.html")
        shown = {unit.unit_id: one for unit, one in view.rows}
        provinces = {
            tile.code: unit
            for tile in TILES
            if (unit := find_unit(session, scheme=SCHEME, code=tile.code, on_date=asked.today))
        }
        tiles = [
            ProvinceTile(
                tile,
                unit,
                shown.get(unit.unit_id),
                may_see_unit(session, required_operator(), unit.unit_id),
            )
            for tile in TILES
            if (unit := provinces.get(tile.code))
        ]
        zones = []
        for sea in SEA_TILES:
            if sea.province_code in provinces:
                unit = find_unit(session, scheme=SCHEME, code=sea.code, on_date=asked.today)
                opens = unit is not None and may_see_unit(session, required_operator(), unit.unit_id)
                zones.append(ZoneTile(sea, provinces[sea.province_code], unit, opens))
        return show(
            "reports/map.html",
            session,
            asked,
            programme,
            view=view,
            tiles=tiles,
            zones=zones,
            by_name=sorted(tiles, key=lambda one: vietnamese_key(one.unit.short_name)),
            steps=_STEPS,
        )


@blueprint.get(f"/ban-do.{FORMS}")
def country_map_table(form: str) -> Response:
    """The provinces as a file."""
    asked = asked_now()
    with reading() as session:
        view = view_provinces(session, required_operator(), asked, current_programme(session))
    return answer_table("cac-tinh", csv_tables.tabulate_shown(_sorted(view), on=view.on), asked, form=form)


@blueprint.get("/cung-cap")
def peers() -> str:
    """The units of the same kind as the reader's own."""
    asked = asked_now()
    with reading() as session:
        programme = current_programme(session)
        try:
            view = view_peers(session, required_operator(), asked, programme)
        except UnitUnknown:
            return render_template("reports/no_units.html")
        return show("reports/peers.html", session, asked, programme, view=view, rows=_sorted(view))


@blueprint.get(f"/cung-cap.{FORMS}")
def peers_table(form: str) -> Response:
    """The same units as a file."""
    asked = asked_now()
    with reading() as session:
        view = view_peers(session, required_operator(), asked, current_programme(session))
    return answer_table("cung-cap", csv_tables.tabulate_shown(_sorted(view), on=view.on), asked, form=form)


def _sorted(view: OutsideView) -> list[tuple[UnitOnDay, Shown]]:
    return sorted(view.rows, key=lambda row: vietnamese_key(row[0].short_name))
