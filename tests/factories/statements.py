"""Statements as others send them."""

import json
from typing import Any
from uuid import UUID, uuid4

from xapi_bridge.statement import Account, Statement, parse_statement
from xapi_bridge.vocabulary import adl

AUTHORITY = Account(home_page="https://cchc.example/", name="tester")
LESSON = "https://cchc.example/p/cchc/m/gioi-thieu"


def make_properties(**given: Any) -> dict[str, Any]:
    """The JSON properties of an ordinary statement; what is given replaces or joins them."""
    return {
        "actor": make_agent("hoc-vien-1"),
        "verb": {"id": adl.COMPLETED},
        "object": {"id": LESSON},
        **given,
    }


def make_agent(name: str) -> dict[str, Any]:
    """A pseudonymous account at an LMS."""
    return {"account": {"homePage": "https://lms.example", "name": name}}


def make_statement(**given: Any) -> Statement:
    """An ordinary statement with an id; what is given replaces or joins its properties."""
    return parse_statement(json.dumps(make_properties(**{"id": str(uuid4()), **given})).encode())


def make_reference(target: UUID, **given: Any) -> Statement:
    """A statement about another statement."""
    return make_statement(object={"objectType": "StatementRef", "id": str(target)}, **given)


def make_voiding(target: UUID, **given: Any) -> Statement:
    """A statement that takes another one back."""
    return make_reference(target, **{"verb": {"id": adl.VOIDED}, **given})
