"""Every refusal has a stable code of its own, a sentence, a place in its tree and words for the reader."""

import sys

import pytest

from lti_tool.error_pages import explanation_of
from tools.write_reference import all_refusals
from xapi_bridge.errors import RuleBroken

REFUSALS = sorted(set(all_refusals(RuleBroken)), key=lambda kind: f"{kind.__module__}.{kind.__name__}")


def test_codes_are_unique():
    codes = [kind.code for kind in REFUSALS]

    assert sorted(code for code in set(codes) if codes.count(code) > 1) == []


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_explains_itself(kind):
    assert "code" in vars(kind), "each class sets its own stable code"
    assert (kind.__doc__ or "").strip(), "each class says in one sentence which rule was broken"
    assert 400 <= explanation_of(kind).status < 600


@pytest.mark.parametrize("kind", REFUSALS, ids=lambda kind: kind.__name__)
def test_a_refusal_stands_in_a_tree(kind):
    package = sys.modules[f"{kind.__module__.split('.')[0]}.errors"]
    room = sys.modules[kind.__module__]

    drawn = (package.__doc__ or "") + (room.__doc__ or "" if kind.__module__.endswith("errors") else "")

    assert kind.__name__ in drawn
