"""The earlier record: a system in use before the LMS hands its statements over through the xAPI door.

They are dated 2024, so the district level, which ended on 30 June 2025, has a history.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

import requests

from lti_tool.demo.errors import PageNotAsExpected
from lti_tool.demo.people import Official
from xapi_bridge.statement import Account
from xapi_bridge.vocabulary import adl

OLD_SYSTEM: Final = "https://boi-duong-cu.example"
_TIMEOUT_SECONDS: Final = 30.0


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
        "verb": {"id": verb, "display": dict(adl.VERB_DISPLAY[verb])},
        "object": {
            "objectType": "Activity",
            "id": module.iri,
            "definition": {"type": adl.MODULE, "name": {"vi": module.title}},
        },
        "context": {"platform": "Hệ thống bồi dưỡng cũ", "language": "vi"},
        "timestamp": at.isoformat(),
    }


def is_recorded(statement: dict[str, Any], *, lrs_url: str, key: LrsKey) -> bool:
    """Whether the store holds a statement with that id."""
    answer = _ask("GET", lrs_url, key, params={"statementId": statement["id"]})
    return answer.status_code == 200


def hand_over(statements: Sequence[dict[str, Any]], *, lrs_url: str, key: LrsKey) -> None:
    """Posts all statements in one request: the store takes all or none, and takes none twice.

    Raises:
        PageNotAsExpected: the store refuses them.
    """
    answer = _ask("POST", lrs_url, key, json=list(statements))
    if not answer.ok:
        raise PageNotAsExpected(f"The xAPI door answered {answer.status_code}: {answer.text[:300]}")


def _ask(method: str, lrs_url: str, key: LrsKey, **options: Any) -> requests.Response:
    with requests.Session() as session:
        session.trust_env = False
        return session.request(
            method,
            f"{lrs_url}/statements",
            auth=(key.key, key.secret),
            headers={"X-Experience-API-Version": "1.0.3"},
            timeout=_TIMEOUT_SECONDS,
            **options,
        )
