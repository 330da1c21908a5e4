"""At a launch: the rules read the claims, and the account finds its person, its unit, or a conflict.

Nothing is guessed. A staff code that the register knows ties the account to the person; a unit code without
a person becomes a declared unit that its manager confirms; a contradiction is written down to be looked at.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from cryptography.fernet import InvalidToken
from sqlalchemy import delete, select, tuple_
from sqlalchemy.orm import Session

from lti_tool.identity.models import IdentityConflict, IdentityEvidence, IdentitySample
from lti_tool.identity.rule_versions import rules_in_force
from lti_tool.identity.rules import Reading, Rule, UnitCode, read_identity
from sync.calendars import local_day
from sync.organization.account_moves import BY_LAUNCH, move_account
from sync.organization.models import COMMAND, ActorIdentity, Appointment, PersonDetail, Unit, UnitClosure
from sync.organization.staff import find_identity
from sync.organization.unit_claims import declare_by_lms
from xapi_bridge.database import insert_or_update
from xapi_bridge.sealing import sealer
from xapi_bridge.statement import Account

SAMPLES_KEPT_FOR: Final = timedelta(days=7)
_SAMPLE_PURPOSE: Final = b"cchc identity sample"
_NAME_PURPOSE: Final = b"cchc declared name"
_EMAIL: Final = "email.local_part"
_SLICE: Final = 500

Kind = Literal["recognised", "ambiguous", "unknown"]


@dataclass(frozen=True)
class Outcome:
    """What one reading comes to in the register of a day.

    Attributes:
        kind: recognised: a person, or one unit without a person; ambiguous: a conflict; unknown: neither.
        conflict: unit_differs or several_units; empty without one.
        unit_id: the one unit that the launch names.
    """

    kind: Kind
    person_id: int | None
    unit_id: int | None
    conflict: str


@dataclass(frozen=True)
class LaunchIdentity:
    """What a launch tells about who comes.

    Attributes:
        values: source → value, as `rules.pick_values` gives it.
        full_name: as the LMS shows it; may be empty.
        email: empty: not sent, or not to be used.
    """

    values: Mapping[str, str]
    full_name: str
    email: str = ""


def recognize_learner(
    session: Session,
    account: Account,
    told: LaunchIdentity,
    *,
    registration_id: int,
    secret: str,
    now: datetime,
) -> ActorIdentity:
    """The row of the account, tied to a person where the rules find one whom the register knows.

    The LMS is where staff codes are kept right, so a corrected code moves the account to the right person at
    the next launch. A missing or unknown code changes nothing.
    """
    identity = find_identity(session, account, now=now)
    rules = rules_in_force(session, registration_id).rules
    found = read_identity(told.values, rules)
    [outcome] = resolve(session, [found], on=local_day(now))
    if outcome.person_id is not None and outcome.person_id != identity.person_id:
        move_account(session, identity.identity_id, person_id=outcome.person_id, by=BY_LAUNCH, now=now)
    if outcome.kind == "recognised" and outcome.unit_id is not None and identity.person_id is None:
        sealed = seal_name(told.full_name, secret=secret)
        declare_by_lms(session, identity.identity_id, unit_id=outcome.unit_id, sealed_name=sealed, now=now)
    _note_conflict(session, identity.identity_id, outcome, registration_id=registration_id, now=now)
    _keep_sample(session, identity.identity_id, told.values, rules, registration_id, secret=secret, now=now)
    _keep_evidence(session, identity.identity_id, found, told.email, secret=secret, now=now)
    return identity


def resolve(session: Session, readings: Sequence[Reading], *, on: date) -> list[Outcome]:
    """Each reading against the staff list and the units in force on that day."""
    people = _people_with({one.staff_code for one in readings if one.staff_code}, session)
    units = _units_with({code for one in readings for code in one.unit_codes}, session, on=on)
    posts = _posts_of(set(people.values()), session, on=on)
    return [_outcome(session, one, people, units, posts) for one in readings]


def open_sample(sealed: str, *, secret: str) -> dict[str, str] | None:
    """The values of a sample; None when it was sealed under another secret."""
    try:
        opened: dict[str, str] = json.loads(sealer(secret, purpose=_SAMPLE_PURPOSE).decrypt(sealed.encode()))
    except InvalidToken:
        return None
    return opened


def seal_name(name: str, *, secret: str) -> str:
    """A learner's name for the manager of the declared unit; an empty one stays empty."""
    return sealer(secret, purpose=_NAME_PURPOSE).encrypt(name.encode()).decode() if name else ""


def open_name(sealed: str, *, secret: str) -> str:
    """The name; empty when there is none or it was sealed under another secret."""
    try:
        return sealer(secret, purpose=_NAME_PURPOSE).decrypt(sealed.encode()).decode() if sealed else ""
    except InvalidToken:
        return ""


def digest_email(email: str, *, secret: str) -> str:
    """What stands for an e-mail address: nobody without the secret can try addresses against it."""
    message = f"cchc e-mail|{email.strip().casefold()}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest() if email.strip() else ""


def prune_samples(session: Session, *, now: datetime, most: int = 100) -> int:
    """Removes samples older than seven days; how many.

    Rows that another launch is renewing or removing are left to it, so that two launches never wait for
    each other.
    """
    old = session.scalars(
        select(IdentitySample)
        .where(IdentitySample.taken_at <= now - SAMPLES_KEPT_FOR)
        .order_by(IdentitySample.taken_at)
        .limit(most)
        .with_for_update(skip_locked=True)
    ).all()
    for row in old:
        session.delete(row)
    session.flush()
    return len(old)


def _outcome(
    session: Session,
    found: Reading,
    people: Mapping[str, int],
    units: Mapping[UnitCode, int],
    posts: Mapping[int, int],
) -> Outcome:
    person_id = people.get(found.staff_code) if found.staff_code else None
    named = sorted({units[code] for code in found.unit_codes if code in units})
    if len(named) > 1:
        return Outcome("ambiguous", person_id, None, "several_units")
    unit_id = named[0] if named else None
    post = posts.get(person_id) if person_id is not None else None
    if unit_id is not None and post is not None and not _is_one_line(session, unit_id, post):
        return Outcome("ambiguous", person_id, unit_id, "unit_differs")
    is_known = person_id is not None or unit_id is not None
    return Outcome("recognised" if is_known else "unknown", person_id, unit_id, "")


def _is_one_line(session: Session, one: int, other: int) -> bool:
    """Whether the units are the same, or one lies above the other: an LMS may know the province only."""
    return (
        session.scalar(
            select(UnitClosure.depth).where(
                UnitClosure.hierarchy == COMMAND,
                tuple_(UnitClosure.ancestor_id, UnitClosure.descendant_id).in_([(one, other), (other, one)]),
            )
        )
        is not None
        or one == other
    )


def _people_with(codes: Iterable[str], session: Session) -> dict[str, int]:
    wanted = sorted(codes)
    found: dict[str, int] = {}
    for start in range(0, len(wanted), _SLICE):
        rows = session.execute(
            select(PersonDetail.staff_code, PersonDetail.person_id).where(
                PersonDetail.staff_code.in_(wanted[start : start + _SLICE])
            )
        )
        found.update((code, person_id) for code, person_id in rows)
    return found


def _units_with(codes: Iterable[UnitCode], session: Session, *, on: date) -> dict[UnitCode, int]:
    wanted = sorted(codes, key=lambda one: (one.scheme, one.code))
    found: dict[UnitCode, int] = {}
    for start in range(0, len(wanted), _SLICE):
        pairs = [(one.scheme, one.code) for one in wanted[start : start + _SLICE]]
        rows = session.execute(
            select(Unit.scheme, Unit.code, Unit.unit_id).where(
                tuple_(Unit.scheme, Unit.code).in_(pairs), Unit.valid_from <= on, on < Unit.valid_to
            )
        )
        found.update({UnitCode(scheme, code): unit_id for scheme, code, unit_id in rows})
    return found


def _posts_of(people: set[int], session: Session, *, on: date) -> dict[int, int]:
    wanted = sorted(people)
    found: dict[int, int] = {}
    for start in range(0, len(wanted), _SLICE):
        rows = session.execute(
            select(Appointment.person_id, Appointment.unit_id).where(
                Appointment.person_id.in_(wanted[start : start + _SLICE]),
                Appointment.is_primary,
                Appointment.valid_from <= on,
                on < Appointment.valid_to,
            )
        )
        found.update((person_id, unit_id) for person_id, unit_id in rows)
    return found


def _note_conflict(
    session: Session, identity_id: int, outcome: Outcome, *, registration_id: int, now: datetime
) -> None:
    if not outcome.conflict:
        session.execute(delete(IdentityConflict).where(IdentityConflict.identity_id == identity_id))
        return
    row = {
        "identity_id": identity_id,
        "registration_id": registration_id,
        "kind": outcome.conflict,
        "unit_id": outcome.unit_id,
        "seen_at": now,
    }
    insert_or_update(session, IdentityConflict.__table__, [row])


def _keep_sample(
    session: Session,
    identity_id: int,
    values: Mapping[str, str],
    rules: Sequence[Rule],
    registration_id: int,
    *,
    secret: str,
    now: datetime,
) -> None:
    """Keeps what rules can read; the e-mail address only where a rule reads it already."""
    reads_email = any(rule.source == _EMAIL for rule in rules)
    kept = {source: value for source, value in values.items() if source != _EMAIL or reads_email}
    sealed = sealer(secret, purpose=_SAMPLE_PURPOSE).encrypt(json.dumps(kept).encode()).decode()
    row = {
        "registration_id": registration_id,
        "identity_id": identity_id,
        "taken_at": now,
        "sealed_values": sealed,
    }
    insert_or_update(session, IdentitySample.__table__, [row])
    prune_samples(session, now=now)


def _keep_evidence(
    session: Session, identity_id: int, found: Reading, email: str, *, secret: str, now: datetime
) -> None:
    row = {
        "identity_id": identity_id,
        "staff_code": found.staff_code or "",
        "email_digest": digest_email(email, secret=secret),
        "seen_at": now,
    }
    if row["staff_code"] or row["email_digest"]:
        insert_or_update(session, IdentityEvidence.__table__, [row])
