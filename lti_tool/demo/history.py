"""The earlier record: a system in use before the LMS, whose statements are taken in as those of a source.

They are dated 2024, so the district level, which ended on 30 June 2025, has a history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from lti_tool.demo.people import Official
from xapi_bridge.statement import Account
from xapi_bridge.vocabulary import adl
from xapi_bridge.vocabulary.concepts import VERB_DISPLAY

OLD_SYSTEM: Final = "https://boi-duong-cu.example"


@dataclass(frozen=True)
class TaughtModule:
    """A module of the package, as statements name it."""

    iri: str
    title: str


@dataclass(frozen=True)
class LrsKey:
    """A key and its secret for the xAPI door."""

    key: str
    secret: str


def old_account(official: Official) -> Account:
    """The account that the official had in the earlier system: opaque, the same at every start."""
    return Account(home_page=OLD_SYSTEM, name=uuid5(NAMESPACE_URL, f"{OLD_SYSTEM}/{official.staff_code}").hex)


def earlier_statements(
    officials: Sequence[Official], modules: Sequence[TaughtModule]
) -> list[dict[str, Any]]:
    """What the earlier system has on record, oldest first; ids follow from their content."""
    statements = [
        statement
        for official in officials
        for record in official.earlier
        for statement in (
            _statement(official, adl.INITIALIZED, modules[record.module], at=record.begun_at),
            _statement(official, adl.COMPLETED, modules[record.module], at=record.completed_at),
        )
    ]
    return sorted(statements, key=lambda statement: statement["timestamp"])


def _statement(official: Official, verb: str, module: TaughtModule, *, at: datetime) -> dict[str, Any]:
    account = old_account(official)
    return {
        "id": str(uuid5(NAMESPACE_URL, f"{OLD_SYSTEM}/{account.name}/{verb}/{module.iri}")),
        "actor": {"objectType": "Agent", "account": {"homePage": account.home_page, "name": account.name}},
        "verb": {"id": verb, "display": dict(VERB_DISPLAY[verb])},
        "object": {
            "objectType": "Activity",
            "id": module.iri,
            "definition": {"type": adl.MODULE, "name": {"vi": module.title}},
        },
        "context": {"platform": "Hệ thống bồi dưỡng cũ", "language": "vi"},
        "timestamp": at.isoformat(),
    }
