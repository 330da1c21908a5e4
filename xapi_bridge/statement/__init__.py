"""The grammar of a statement: parse, validate, canonicalise, compare (pure)."""

from xapi_bridge.statement.activities import Activity, ActivityDefinition, Verb
from xapi_bridge.statement.actors import Account, Actor
from xapi_bridge.statement.comparison import canonical_form, equivalent
from xapi_bridge.statement.contexts import Context, ContextActivities, StatementRef, listed
from xapi_bridge.statement.objects import StatementObject, SubStatement
from xapi_bridge.statement.parse import (
    Statement,
    parse_statement,
    parse_statements,
    statement_from_properties,
)
from xapi_bridge.statement.results import Result, Score

__all__ = [
    "Account",
    "Activity",
    "ActivityDefinition",
    "Actor",
    "Context",
    "ContextActivities",
    "Result",
    "Score",
    "Statement",
    "StatementObject",
    "StatementRef",
    "SubStatement",
    "Verb",
    "canonical_form",
    "equivalent",
    "listed",
    "parse_statement",
    "parse_statements",
    "statement_from_properties",
]
