"""Rules tried on the last launches before they are saved: who would be recognised, and what would change."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.identity.models import IdentitySample
from lti_tool.identity.recognizing import SAMPLES_KEPT_FOR, Outcome, open_sample, resolve
from lti_tool.identity.rules import Rule, read_identity
from sync.calendars import local_day

MOST_SAMPLES: Final = 500
#: Rows shown; those that change come first.
ROWS_SHOWN: Final = 30
_LETTERS_SHOWN: Final = 2


@dataclass(frozen=True)
class TriedLaunch:
    """One launch under both sets of rules.

    Attributes:
        values: source → what was sent, masked.
        is_changed: another person, unit or kind than now.
    """

    taken_at: datetime
    values: tuple[tuple[str, str], ...]
    now: Outcome
    then: Outcome
    is_changed: bool


@dataclass(frozen=True)
class Preview:
    """All launches of the last seven days, one per account, at most 500.

    Attributes:
        rows: at most 30, those that change first.
    """

    launches: int
    recognised: int
    ambiguous: int
    unknown: int
    changed: int
    recognised_now: int
    rows: tuple[TriedLaunch, ...]


def try_rules(
    session: Session,
    registration_id: int,
    rules: Sequence[Rule],
    *,
    rules_now: Sequence[Rule],
    secret: str,
    now: datetime,
) -> Preview:
    """What the rules would make of the last launches; nothing is written.

    Args:
        rules_now: the rules in force, to compare with.
    """
    samples = _read_samples(session, registration_id, secret=secret, now=now)
    today = local_day(now)
    present = _outcomes(session, samples, rules_now, on=today)
    future = _outcomes(session, samples, rules, on=today)
    tried = [
        TriedLaunch(taken_at, _masked(values), before, after, before != after)
        for (taken_at, values), before, after in zip(samples, present, future, strict=True)
    ]
    kinds = Counter(one.then.kind for one in tried)
    return Preview(
        launches=len(tried),
        recognised=kinds["recognised"],
        ambiguous=kinds["ambiguous"],
        unknown=kinds["unknown"],
        changed=sum(one.is_changed for one in tried),
        recognised_now=sum(one.now.kind == "recognised" for one in tried),
        rows=tuple(sorted(tried, key=lambda one: not one.is_changed)[:ROWS_SHOWN]),
    )


def mask(value: str) -> str:
    """Enough to see the form of a value, too little to read it: first two letters, shape, length."""
    shape = "".join("9" if one.isdigit() else "a" if one.isalpha() else one for one in value)
    return value[:_LETTERS_SHOWN] + shape[_LETTERS_SHOWN:40]


def _read_samples(
    session: Session, registration_id: int, *, secret: str, now: datetime
) -> list[tuple[datetime, dict[str, str]]]:
    rows = session.scalars(
        select(IdentitySample)
        .where(
            IdentitySample.registration_id == registration_id,
            IdentitySample.taken_at > now - SAMPLES_KEPT_FOR,
        )
        .order_by(IdentitySample.taken_at.desc(), IdentitySample.identity_id)
        .limit(MOST_SAMPLES)
    )
    opened = [(row.taken_at, open_sample(row.sealed_values, secret=secret)) for row in rows]
    return [(taken_at, values) for taken_at, values in opened if values is not None]


def _outcomes(
    session: Session, samples: Sequence[tuple[datetime, dict[str, str]]], rules: Sequence[Rule], *, on: date
) -> list[Outcome]:
    return resolve(session, [read_identity(values, rules) for _, values in samples], on=on)


def _masked(values: dict[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((source, mask(value)) for source, value in sorted(values.items()))
