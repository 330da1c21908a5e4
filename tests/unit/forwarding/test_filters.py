"""Which statements a target's filter lets pass."""

import pytest

from sync.errors import ForwardingFilterRefused
from sync.forwarding.filters import StatementFilter, lets_pass, read_filter, write_filter
from tests.factories.statements import LESSON, make_agent, make_properties
from xapi_bridge.vocabulary import adl

IRI_BASE = "https://cchc.example/"
OTHER = "https://cchc.example/p/khac/m/x"
REGISTRATION = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
VOUCHING = {"authority": {"account": {"homePage": "https://cchc.example/", "name": "cchc-tool"}}}


def passes(text, **given):
    return lets_pass(read_filter(text), make_properties(**given), iri_base=IRI_BASE)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("{}", {}),
        (f'{{"verbs": ["{adl.PASSED}", "{adl.COMPLETED}"]}}', {}),
        (f'{{"activities": ["{LESSON}"]}}', {}),
        ('{"packages": ["cchc"]}', {}),
        ('{"packages": ["cchc"]}', {"object": {"id": "https://cchc.example/p/cchc"}}),
        ('{"home_pages": ["https://lms.example"]}', {}),
        (f'{{"registrations": ["{REGISTRATION}"]}}', {"context": {"registration": REGISTRATION.upper()}}),
        ('{"authorities": [{"homePage": "https://cchc.example/", "name": "cchc-tool"}]}', VOUCHING),
        (
            f'{{"activities": ["{OTHER}"], "related_activities": true}}',
            {"context": {"contextActivities": {"grouping": [{"id": OTHER}]}}},
        ),
        (
            f'{{"activities": ["{OTHER}"], "related_activities": true}}',
            {"context": {"contextActivities": {"parent": {"id": OTHER}}}},
        ),
        (
            f'{{"activities": ["{OTHER}"], "related_activities": true}}',
            {"object": {"objectType": "SubStatement", **make_properties(object={"id": OTHER})}},
        ),
    ],
)
def test_a_statement_that_meets_every_condition_passes(text, given):
    assert passes(text, **given)


@pytest.mark.parametrize(
    ("text", "given"),
    [
        (f'{{"verbs": ["{adl.PASSED}"]}}', {}),
        ('{"packages": ["cch"]}', {}),
        ('{"packages": ["cchc"]}', {"object": make_agent("x") | {"objectType": "Agent"}}),
        ('{"home_pages": ["https://lms.example"]}', {"actor": {"mbox": "mailto:a@lms.example"}}),
        (f'{{"registrations": ["{REGISTRATION}"]}}', {}),
        ('{"authorities": [{"homePage": "https://cchc.example/", "name": "x"}]}', VOUCHING),
        (
            f'{{"activities": ["{OTHER}"]}}',
            {"context": {"contextActivities": {"grouping": [{"id": OTHER}]}}},
        ),
        (f'{{"verbs": ["{adl.COMPLETED}"], "packages": ["khac"]}}', {}),
    ],
)
def test_a_statement_that_misses_one_condition_does_not_pass(text, given):
    assert not passes(text, **given)


@pytest.mark.parametrize(
    "text",
    [
        '{"verb": []}',
        '{"verbs": "x"}',
        '{"registrations": ["x"]}',
        "[]",
        "{",
        '{"authorities": [{"name": "x"}]}',
    ],
)
def test_a_filter_that_is_not_understood_is_refused(text):
    with pytest.raises(ForwardingFilterRefused, match="related_activities"):
        read_filter(text)


def test_a_filter_is_written_as_it_was_read():
    chosen = StatementFilter(packages=("cchc",), related_activities=True)

    assert read_filter(write_filter(chosen)) == chosen
    assert write_filter(StatementFilter()) == "{}"
