"""Retention rules as data: kind, scope, age, action. Rules that would change counts are refused.

Counts stand on who did what with which activity, when, with which score. `reduce` keeps all of that; nothing
else may be done to statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.privacy.models import RetentionRule, RetentionRun
from sync.privacy_errors import RetentionRuleRefused, RetentionRuleUnknown

#: What a rule may do with which kind of record.
ACTIONS: Final[dict[str, tuple[str, ...]]] = {
    "statements": ("reduce",),
    "attachments": ("delete",),
    "documents": ("delete",),
    "dead_letters": ("delete",),
    "study_records": ("delete",),
}
#: Parts of a scope that each kind of record knows.
_SCOPES: Final[dict[str, frozenset[str]]] = {
    "statements": frozenset({"verb", "activity_type", "source_home_page", "source_name"}),
    "attachments": frozenset({"usage_type"}),
    "documents": frozenset({"resource"}),
    "dead_letters": frozenset(),
    "study_records": frozenset(),
}
RESOURCES: Final = ("state", "agent_profile", "activity_profile")
#: Younger records are needed to resume, to deliver and to correct.
FEWEST_DAYS: Final = 30
MOST_DAYS: Final = 36_500

_WHY_NOT: Final[dict[tuple[str, str], str]] = {
    ("statements", "delete"): "Deleting statements would change counts, which are recounted from them. "
    "Reduce them: everything is gone that no count needs.",
    ("statements", "pseudonymise"): "A pseudonym by age would take learning from the person it is credited "
    "to and change counts. Reduce statements, or erase one person by a request.",
    ("documents", "reduce"): "A document has no parts that are known; it can only be deleted.",
}


class Scope(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """Which records of the kind; empty parts mean all.

    Attributes:
        verb: IRI of the verb of statements.
        activity_type: IRI of the type of the activity that statements are about.
        source_home_page, source_name: the account that vouches for statements.
        usage_type: IRI of the usage type of attachments.
        resource: state, agent_profile or activity_profile.
    """

    verb: str = ""
    activity_type: str = ""
    source_home_page: str = ""
    source_name: str = ""
    usage_type: str = ""
    resource: str = ""

    @property
    def given(self) -> dict[str, str]:
        """The parts that are not empty."""
        return {name: value for name in self.__struct_fields__ if (value := getattr(self, name))}


EVERYTHING: Final = Scope()


@dataclass(frozen=True)
class NewRule:
    """A rule before it is kept."""

    title: str
    kind: str
    action: str
    keep_days: int
    scope: Scope = EVERYTHING


#: Proposals, all off until an operator turns them on.
DEFAULTS: Final = (
    NewRule("Rút gọn bản ghi trả lời câu hỏi sau 3 năm", "statements", "reduce", 1095,
            Scope(verb="http://adlnet.gov/expapi/verbs/answered")),
    NewRule("Xóa trạng thái học dở sau 2 năm", "documents", "delete", 730, Scope(resource="state")),
    NewRule("Xóa tệp đính kèm sau 5 năm", "attachments", "delete", 1825),
    NewRule("Xóa bản ghi gửi hỏng sau 1 năm", "dead_letters", "delete", 365),
    NewRule("Xóa tiến độ đọc sau 5 năm không học", "study_records", "delete", 1825),
)  # fmt: skip


def create_rule(session: Session, rule: NewRule, *, by: str, now: datetime) -> RetentionRule:
    """Keeps a rule; it is off until it is turned on.

    Raises:
        RetentionRuleRefused: it would change counts, or its parts do not fit together.
    """
    refuse_unfit(rule)
    kept = RetentionRule(
        title=rule.title.strip(),
        kind=rule.kind,
        scope=msgspec.json.encode(rule.scope).decode(),
        keep_days=rule.keep_days,
        action=rule.action,
        active_since=None,
        created_by=by,
        changed_at=now,
    )
    session.add(kept)
    session.flush()
    return kept


def create_default_rules(session: Session, *, by: str, now: datetime) -> int:
    """Enters the proposals that are not there yet, turned off; returns how many."""
    known = set(session.scalars(select(RetentionRule.title)))
    fresh = [rule for rule in DEFAULTS if rule.title not in known]
    for rule in fresh:
        create_rule(session, rule, by=by, now=now)
    return len(fresh)


def switch_rule(session: Session, rule_id: int, *, on: bool, now: datetime) -> None:
    """Lets the timetable run the rule, or stops it.

    Raises:
        RetentionRuleUnknown: there is no such rule.
    """
    rule = get_rule(session, rule_id)
    rule.active_since, rule.changed_at = (now if on else None), now
    session.flush()


def delete_rule(session: Session, rule_id: int) -> None:
    """Removes a rule that never ran.

    Raises:
        RetentionRuleUnknown: there is no such rule.
        RetentionRuleRefused: it ran, and what it did must stay to be read; turn it off instead.
    """
    rule = get_rule(session, rule_id)
    if session.scalar(select(RetentionRun.rule_id).where(RetentionRun.rule_id == rule_id).limit(1)):
        raise RetentionRuleRefused("This rule ran. Turn it off; what it did stays on record.")
    session.delete(rule)
    session.flush()


def get_rule(session: Session, rule_id: int) -> RetentionRule:
    """The rule.

    Raises:
        RetentionRuleUnknown: there is none with this number.
    """
    rule = session.get(RetentionRule, rule_id)
    if rule is None:
        raise RetentionRuleUnknown(f"There is no retention rule {rule_id}.")
    return rule


def list_rules(session: Session) -> list[RetentionRule]:
    """All rules, oldest first."""
    return list(session.scalars(select(RetentionRule).order_by(RetentionRule.rule_id)))


def list_runs(session: Session, *, limit: int = 100) -> list[RetentionRun]:
    """What rules did, the newest day first."""
    newest = select(RetentionRun).order_by(RetentionRun.ran_on.desc(), RetentionRun.rule_id)
    return list(session.scalars(newest.limit(limit)))


def scope_of(rule: RetentionRule) -> Scope:
    """Which records a kept rule is about."""
    return msgspec.json.decode(rule.scope, type=Scope)


def refuse_unfit(rule: NewRule) -> None:
    """Refuses a rule that would change counts or cannot be meant.

    Raises:
        RetentionRuleRefused: with the reason.
    """
    if rule.kind not in ACTIONS:
        raise RetentionRuleRefused(f"The kind is one of {', '.join(ACTIONS)}.")
    if rule.action not in ACTIONS[rule.kind]:
        allowed: Sequence[str] = ACTIONS[rule.kind]
        why = _WHY_NOT.get((rule.kind, rule.action), f"Records of this kind allow: {', '.join(allowed)}.")
        raise RetentionRuleRefused(why)
    if not 0 < len(rule.title.strip()) <= (RetentionRule.title.type.length or 0):
        raise RetentionRuleRefused("A rule has a title of 1 to 120 characters.")
    if not FEWEST_DAYS <= rule.keep_days <= MOST_DAYS:
        raise RetentionRuleRefused(f"Records are kept between {FEWEST_DAYS} and {MOST_DAYS} days.")
    foreign = rule.scope.given.keys() - _SCOPES[rule.kind]
    if foreign:
        raise RetentionRuleRefused(f"Rules for {rule.kind} know no {', '.join(sorted(foreign))}.")
    if rule.scope.resource and rule.scope.resource not in RESOURCES:
        raise RetentionRuleRefused(f"The resource of documents is one of {', '.join(RESOURCES)}.")
    if bool(rule.scope.source_home_page) != bool(rule.scope.source_name):
        raise RetentionRuleRefused("A source is an account: home page and name belong together.")
