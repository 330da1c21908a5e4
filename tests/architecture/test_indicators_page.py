"""The page of indicators is what the catalogue says, and every function that it names exists."""

from importlib import import_module

from sync.indicators.catalogue import CATALOGUE
from tools.write_indicators import FUNCTIONS, PAGE, indicators_page


def test_the_page_is_printed_from_the_catalogue():
    assert PAGE.read_text(encoding="utf-8") == indicators_page()


def test_every_indicator_is_measured_by_a_function_that_exists():
    assert set(FUNCTIONS) == {one.code for one in CATALOGUE}
    for path in FUNCTIONS.values():
        module, _, name = path.rpartition(".")
        assert callable(getattr(import_module(module), name))
