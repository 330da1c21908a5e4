"""Indicators in the reader's language: `sync` defines them in Vietnamese, the catalogue translates."""

from collections.abc import Iterator
from dataclasses import replace

from flask_babel import gettext

from sync.indicators.catalogue import CATALOGUE, IndicatorDefinition
from sync.rollups.definitions import INDICATORS, Indicator


def indicator_for_reader(indicator: Indicator) -> Indicator:
    """The same indicator, its words in the language of the present request."""
    return replace(
        indicator,
        title=gettext(indicator.title),
        numerator=gettext(indicator.numerator),
        denominator=gettext(indicator.denominator),
        population=replace(indicator.population, title=gettext(indicator.population.title)),
        legal_basis=gettext(indicator.legal_basis),
        source=gettext(indicator.source),
    )


def definition_for_reader(definition: IndicatorDefinition) -> IndicatorDefinition:
    """A definition of the catalogue, its words in the language of the present request."""
    return replace(
        definition,
        title=gettext(definition.title),
        formula=gettext(definition.formula),
        numerator=gettext(definition.numerator),
        denominator=gettext(definition.denominator),
        population=replace(definition.population, title=gettext(definition.population.title)),
        legal_basis=gettext(definition.legal_basis),
    )


def indicator_messages() -> Iterator[str]:
    """Every Vietnamese text of the indicators, for the collection of messages."""
    for one in INDICATORS:
        yield from (one.title, one.numerator, one.denominator, one.population.title)
        yield from (one.legal_basis, one.source)
    for definition in CATALOGUE:
        yield from (definition.title, definition.formula, definition.numerator)
        yield from (definition.denominator, definition.legal_basis, definition.population.title)
