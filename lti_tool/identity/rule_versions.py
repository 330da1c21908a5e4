"""The rules of a registration: the ones in force, their history, a new version, and back to an older one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from lti_tool.identity.errors import RulesChangedMeanwhile, RuleVersionUnknown
from lti_tool.identity.models import IdentityRules
from lti_tool.identity.rules import NO_RULES, Rule, rules_as_json, rules_from_json
from xapi_bridge.store.audit import note_action

_LONGEST_NOTE = 200


@dataclass(frozen=True)
class RuleVersion:
    """One version; version 0 stands for a registration that never had rules."""

    version: int
    rules: tuple[Rule, ...]
    note: str
    made_by: str
    made_at: datetime | None


def rules_in_force(session: Session, registration_id: int) -> RuleVersion:
    """The newest version; version 0 without rules for a registration that never had any."""
    row = session.scalar(
        select(IdentityRules)
        .where(IdentityRules.registration_id == registration_id)
        .order_by(IdentityRules.version.desc())
        .limit(1)
    )
    return _version(row) if row else RuleVersion(0, NO_RULES, "", "", None)


def list_rule_versions(session: Session, registration_id: int) -> list[RuleVersion]:
    """All versions, newest first."""
    rows = session.scalars(
        select(IdentityRules)
        .where(IdentityRules.registration_id == registration_id)
        .order_by(IdentityRules.version.desc())
    )
    return [_version(row) for row in rows]


def save_rules(
    session: Session,
    registration_id: int,
    rules: Sequence[Rule],
    *,
    seen_version: int,
    note: str,
    by: str,
    now: datetime,
) -> RuleVersion:
    """Puts rules into force as a new version.

    Args:
        seen_version: the version that was in force when its author began.

    Raises:
        RulesChangedMeanwhile: somebody saved another version since.
    """
    if rules_in_force(session, registration_id).version != seen_version:
        raise RulesChangedMeanwhile("The rules were changed meanwhile. Look at the newest version first.")
    row = IdentityRules(
        registration_id=registration_id,
        version=seen_version + 1,
        rules=rules_as_json(rules),
        note=note.strip()[:_LONGEST_NOTE],
        made_by=by,
        made_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError as taken:
        raise RulesChangedMeanwhile(
            "The rules were changed meanwhile. Look at the newest version first."
        ) from taken
    note_action(
        session,
        "identity_rules_changed",
        operator=by,
        subject=f"registration {registration_id}",
        now=now,
        version=row.version,
        rules=len(rules),
    )
    return _version(row)


def restore_rules(
    session: Session, registration_id: int, *, version: int, seen_version: int, by: str, now: datetime
) -> RuleVersion:
    """Puts an older version into force again, as a new version: the history stays as it happened.

    Args:
        version: 0: no rules.

    Raises:
        RuleVersionUnknown, RulesChangedMeanwhile.
    """
    known = {one.version: one.rules for one in list_rule_versions(session, registration_id)} | {0: NO_RULES}
    if version not in known:
        raise RuleVersionUnknown(f"The registration has no rules of version {version}.")
    return save_rules(
        session,
        registration_id,
        known[version],
        seen_version=seen_version,
        note=f"= {version}",
        by=by,
        now=now,
    )


def _version(row: IdentityRules) -> RuleVersion:
    return RuleVersion(row.version, rules_from_json(row.rules), row.note, row.made_by, row.made_at)
