"""Figures as JSON: the shapes that the OpenAPI document describes."""

from datetime import datetime
from typing import Any

from sync.analysis.unit_list import ListedUnit
from sync.followers import Freshness
from sync.indicators.catalogue import IndicatorDefinition
from sync.indicators.forms import FormCount
from sync.indicators.measures import Share
from sync.indicators.pairs import PairGain
from sync.organization.units import Succession, UnitOnDay
from sync.reports.coverage import Coverage, Stock
from sync.reports.flow import MonthFlow
from sync.rollups.definitions import Population, Target


def describe_unit(unit: UnitOnDay) -> dict[str, Any]:
    """A unit as it was called on the day."""
    return {
        "unit_id": unit.unit_id,
        "scheme": unit.scheme,
        "code": unit.code,
        "level": unit.level,
        "kind": unit.kind,
        "name": unit.name,
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": unit.valid_to.isoformat(),
    }


def describe_listed(listed: ListedUnit) -> dict[str, Any]:
    """A unit of a list."""
    return {**describe_unit(listed.unit), "parent_id": listed.parent_id}


def describe_succession(step: Succession) -> dict[str, Any]:
    """One step to a predecessor or successor."""
    return {
        "unit": describe_unit(step.unit),
        "on_date": step.on_date.isoformat(),
        "mode": step.mode,
        "is_default": step.is_default,
        "legal_basis": step.legal_basis,
    }


def describe_stock(stock: Stock) -> dict[str, Any]:
    """People on the day, and how many had done what by then."""
    return {
        "people": stock.people,
        "accessed": stock.accessed,
        "completed": stock.completed,
        "completed_programme": stock.completed_all,
    }


def describe_coverage(coverage: Coverage) -> dict[str, Any]:
    """A unit with its parts and levels; the total is `own` plus all parts."""
    return {
        "unit": describe_unit(coverage.unit),
        "on": coverage.on.isoformat(),
        "timing": "stock",
        "total": describe_stock(coverage.total),
        "own": describe_stock(coverage.own),
        "parts": [{"unit": describe_unit(one.unit), **describe_stock(one.stock)} for one in coverage.parts],
        "levels": [{"level": level, **describe_stock(stock)} for level, stock in coverage.levels],
    }


def describe_month(month: MonthFlow) -> dict[str, Any]:
    """One month of a series."""
    return {
        "period_start": month.period.first_day.isoformat(),
        "period_end": month.period.last_day.isoformat(),
        "label": month.period.label,
        "accessed": month.accessed,
        "completed": month.completed,
    }


def describe_population(population: Population) -> dict[str, Any]:
    """Who is counted."""
    return {
        "code": population.code,
        "version": population.version,
        "title": population.title,
        "legal_basis": population.legal_basis,
    }


def describe_indicator(indicator: IndicatorDefinition) -> dict[str, Any]:
    """What an indicator measures."""
    return {
        "code": indicator.code,
        "title": indicator.title,
        "timing": indicator.timing.value,
        "direction": indicator.direction.value,
        "formula": indicator.formula,
        "numerator": indicator.numerator,
        "denominator": indicator.denominator,
        "legal_basis": indicator.legal_basis,
        "population": describe_population(indicator.population),
        "targets": [describe_target(one) for one in indicator.targets],
    }


def describe_target(target: Target) -> dict[str, Any]:
    """A share to be reached by a day."""
    return {"due_on": target.due_on.isoformat(), "percent": target.percent, "exceeds": target.exceeds}


def describe_share(indicator: IndicatorDefinition, share: Share) -> dict[str, Any]:
    """One indicator of a unit; no share has a reason instead."""
    return {
        "code": indicator.code,
        "timing": indicator.timing.value,
        "numerator": share.people,
        "denominator": share.of,
        "percent": None if share.value is None else round(float(share.value) * 100, 4),
        "unmeasured": share.because.value if share.because else None,
        "targets": [
            {**describe_target(one), "is_reached": one.is_reached(share.people, of=share.of)}
            for one in indicator.targets
        ],
    }


def describe_gain(measured: PairGain) -> dict[str, Any]:
    """A gain between a pre-test and its post-test, in points of 100."""
    gain = measured.gain
    points = {
        "mean_before": gain.mean_before,
        "mean_after": gain.mean_after,
        "mean_gain": gain.mean_gain,
        "low": gain.low,
        "high": gain.high,
    }
    return {
        "title": measured.pair.title,
        "before_iri": measured.pair.before_iri,
        "after_iri": measured.pair.after_iri,
        "people": gain.pairs,
        **{name: None if value is None else round(value, 4) for name, value in points.items()},
    }


def describe_form(counted: FormCount) -> dict[str, Any]:
    """One form of training in the reporting year."""
    return {
        "form": counted.form.value,
        "people": counted.share.people,
        "of": counted.share.of,
        "turns": counted.turns,
    }


def describe_freshness(fresh: Freshness) -> dict[str, Any]:
    """How current the figures are."""
    as_of: datetime | None = fresh.as_of
    return {"as_of": as_of.isoformat() if as_of else None, "waiting": fresh.waiting}
