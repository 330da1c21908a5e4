"""Declared units: a learner whom the staff list does not know says the unit, its manager confirms or rejects.

A declared unit is in no figure: anybody with an account in an LMS can declare one, and official figures stand
on the staff list alone. A confirmation enters the person with a post, and from then on everything is counted
as for any other official (docs/decisions/0024).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from sync.calendars import local_day
from sync.errors import (
    AccountKnown,
    ClaimChanged,
    ClaimDecided,
    ClaimUnknown,
    PersonElsewhere,
    PersonUnknown,
    TooManyDeclarations,
    UnitNotInForce,
    UnitUnknown,
)
from sync.organization.account_moves import BY_CLAIM, move_account
from sync.organization.claim_models import UnitClaim, UnitClaimEvent
from sync.organization.models import COMMAND, ActorIdentity, Appointment, Unit, UnitClosure
from sync.organization.staff import (
    appoint,
    find_person_by_staff_code,
    find_primary_post,
    register_person,
)
from sync.rollups.dirty import mark_person_dirty
from xapi_bridge.database import insert_if_absent

SKIPPED, DECLARED, CONFIRMED, REJECTED = "skipped", "declared", "confirmed", "rejected"
#: One account may declare so often within `DECLARATION_WINDOW`.
MOST_DECLARATIONS: Final = 5
DECLARATION_WINDOW: Final = timedelta(days=30)
_LONGEST_REASON: Final = 500
_LONGEST_NAME: Final = 160
_NO_NAME: Final = "(LMS không gửi tên)"


@dataclass(frozen=True)
class Confirmation:
    """What the unit's manager adds when confirming.

    Attributes:
        seen_unit_id: the unit that the page showed.
        full_name: as the LMS showed it; may be empty.
        staff_code: of an official of the unit whose account it is; empty: the person is new here.
        since: first day of the post; None: the day on which the account was first seen.
    """

    seen_unit_id: int
    full_name: str = ""
    staff_code: str = ""
    staff_category: str = "cong_chuc"
    is_cchc: bool = True
    since: date | None = None


def find_claim(session: Session, identity_id: int) -> UnitClaim | None:
    """What is declared of an account."""
    return session.scalar(select(UnitClaim).where(UnitClaim.identity_id == identity_id))


def should_ask(session: Session, identity: ActorIdentity, *, again_after: timedelta, now: datetime) -> bool:
    """Whether the learner should be led to the choice: unknown here, and nothing said yet or long ago."""
    if identity.person_id is not None:
        return False
    claim = find_claim(session, identity.identity_id)
    if claim is None or claim.state == REJECTED:
        return True
    return claim.state == SKIPPED and now - claim.declared_at >= again_after


def may_declare(identity: ActorIdentity, claim: UnitClaim | None) -> bool:
    """Whether the unit is the learner's to say: the staff list, where it knows the account, is right."""
    return identity.person_id is None or (claim is not None and claim.appointment_id is not None)


def declare_unit(
    session: Session, identity_id: int, *, unit_id: int, sealed_name: str, now: datetime
) -> UnitClaim:
    """The learner says the unit, or another one; a unit that was confirmed counts until the next decision.

    Raises:
        UnitUnknown, UnitNotInForce: the unit is not one of today.
        AccountKnown: the unit comes from the staff list.
        TooManyDeclarations: five within thirty days.
    """
    _require_unit_of_today(session, unit_id, now=now)
    claim = _hold_claim_of(session, identity_id, now=now)
    if not may_declare(session.get_one(ActorIdentity, identity_id), claim):
        raise AccountKnown("The staff list says your unit. Ask your unit to correct it there.")
    if claim.state in {DECLARED, CONFIRMED} and claim.unit_id == unit_id:
        return claim
    if _count_declarations(session, claim, now=now) >= MOST_DECLARATIONS:
        raise TooManyDeclarations(
            f"The unit was declared {MOST_DECLARATIONS} times within 30 days. Ask your unit's manager."
        )
    return _declare(session, claim, unit_id, "learner", sealed_name, now=now)


def declare_by_lms(
    session: Session, identity_id: int, *, unit_id: int, sealed_name: str, now: datetime
) -> UnitClaim:
    """An identity rule read the unit from a launch; what the learner said or a manager decided stays."""
    claim = _hold_claim_of(session, identity_id, now=now)
    is_new = claim.state == SKIPPED or (claim.source == "lms" and claim.unit_id != unit_id)
    return _declare(session, claim, unit_id, "lms", sealed_name, now=now) if is_new else claim


def skip_choice(session: Session, identity_id: int, *, now: datetime) -> None:
    """The learner does not want to say it now."""
    claim = _hold_claim_of(session, identity_id, now=now)
    if claim.state == SKIPPED:
        claim.declared_at = now
        _note(session, claim, SKIPPED, now=now)


def confirm_claim(
    session: Session, claim_id: int, given: Confirmation, *, by: str, now: datetime
) -> UnitClaim:
    """The unit's manager knows the person: from now on the account counts in the unit.

    Raises:
        ClaimUnknown, ClaimDecided, ClaimChanged.
        PersonUnknown, PersonElsewhere: the staff code is nobody's, or of somebody in another unit.
        UnitNotInForce, AppointmentDatesInvalid: the post cannot begin on that day.
    """
    claim = _hold_declared(session, claim_id, given.seen_unit_id)
    identity = session.get_one(ActorIdentity, claim.identity_id)
    if given.staff_code:
        person_id = _official_of(session, given.staff_code, given.seen_unit_id, on=local_day(now))
        _take_post_back(session, claim)
    else:
        since = given.since or _first_day(session, identity, given.seen_unit_id)
        person_id = _person_of(session, identity, given.full_name, now=now)
        _take_post_back(session, claim)
        claim.appointment_id = _appoint(session, person_id, given, since=since, now=now).appointment_id
    move_account(session, claim.identity_id, person_id=person_id, by=by, reason=BY_CLAIM, now=now)
    return _decide(session, claim, CONFIRMED, by=by, reason="", now=now)


def reject_claim(
    session: Session, claim_id: int, *, seen_unit_id: int, by: str, reason: str, now: datetime
) -> UnitClaim:
    """The manager does not know the person; the learner reads the reason and may name another unit.

    Raises:
        ClaimUnknown, ClaimDecided, ClaimChanged.
    """
    claim = _hold_declared(session, claim_id, seen_unit_id)
    return _decide(session, claim, REJECTED, by=by, reason=reason.strip()[:_LONGEST_REASON], now=now)


def withdraw_decision(session: Session, claim_id: int, *, by: str, now: datetime) -> UnitClaim:
    """Takes a confirmation or rejection back: the claim waits again, and the post it made is gone.

    Raises:
        ClaimUnknown.
        ClaimDecided: there is nothing to take back.
    """
    claim = _hold(session, claim_id)
    if claim.state not in {CONFIRMED, REJECTED}:
        raise ClaimDecided("Nothing was decided that could be taken back.")
    if claim.state == CONFIRMED:
        move_account(session, claim.identity_id, person_id=None, by=by, reason=BY_CLAIM, now=now)
        _take_post_back(session, claim)
    claim.state, claim.decided_at, claim.decided_by, claim.reason = DECLARED, None, "", ""
    _note(session, claim, "withdrawn", by=by, now=now)
    return claim


def count_claims(session: Session, *, root_id: int | None, state: str) -> int:
    """How many claims of a state name a unit at or below `root_id` (None: any unit)."""
    matching = _matching(root_id, state).order_by(None).subquery()
    return session.scalar(select(func.count()).select_from(matching)) or 0


def list_claims(
    session: Session, *, root_id: int | None, state: str, offset: int, limit: int
) -> Sequence[UnitClaim]:
    """Claims of a state in a subtree, the oldest first."""
    return session.scalars(_matching(root_id, state).offset(offset).limit(limit)).all()


def unit_of_claim(session: Session, claim_id: int) -> int | None:
    """The unit that a claim names, for asking whether an operator may decide it; None: no such claim."""
    return session.scalar(select(UnitClaim.unit_id).where(UnitClaim.claim_id == claim_id))


def _matching(root_id: int | None, state: str) -> Select[UnitClaim]:
    asked = select(UnitClaim).where(UnitClaim.state == state)
    if root_id is not None:
        below = select(UnitClosure.descendant_id).where(
            UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == root_id
        )
        asked = asked.where(UnitClaim.unit_id.in_(below))
    return asked.order_by(UnitClaim.declared_at, UnitClaim.claim_id)


def _require_unit_of_today(session: Session, unit_id: int, *, now: datetime) -> None:
    unit = session.get(Unit, unit_id)
    if unit is None or unit.level == "national":
        raise UnitUnknown("Choose a unit from the list.")
    if not unit.valid_from <= local_day(now) < unit.valid_to:
        raise UnitNotInForce(f"Unit {unit.code} does not exist any more. Choose its successor.")


def _hold_claim_of(session: Session, identity_id: int, *, now: datetime) -> UnitClaim:
    """The row of an account, made if there is none, held until the end of the transaction."""
    row = {
        "identity_id": identity_id,
        "state": SKIPPED,
        "source": "learner",
        "declared_at": now,
        "sealed_name": "",
        "decided_by": "",
        "reason": "",
    }
    insert_if_absent(session, UnitClaim.__table__, [row])
    return session.scalars(
        select(UnitClaim)
        .where(UnitClaim.identity_id == identity_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _hold(session: Session, claim_id: int) -> UnitClaim:
    claim = session.get(UnitClaim, claim_id, with_for_update=True, populate_existing=True)
    if claim is None:
        raise ClaimUnknown(f"There is no declared unit {claim_id}.")
    return claim


def _hold_declared(session: Session, claim_id: int, seen_unit_id: int) -> UnitClaim:
    claim = _hold(session, claim_id)
    if claim.state != DECLARED:
        raise ClaimDecided("Somebody decided this already. Reload the list.")
    if claim.unit_id != seen_unit_id:
        raise ClaimChanged("The learner named another unit meanwhile. Reload the list.")
    return claim


def _declare(
    session: Session, claim: UnitClaim, unit_id: int, source: str, sealed_name: str, *, now: datetime
) -> UnitClaim:
    claim.unit_id, claim.state, claim.source, claim.declared_at = unit_id, DECLARED, source, now
    claim.sealed_name = sealed_name or claim.sealed_name
    claim.decided_at, claim.decided_by, claim.reason = None, "", ""
    _note(session, claim, DECLARED, now=now)
    return claim


def _decide(
    session: Session, claim: UnitClaim, state: str, *, by: str, reason: str, now: datetime
) -> UnitClaim:
    claim.state, claim.decided_at, claim.decided_by, claim.reason = state, now, by, reason
    _note(session, claim, state, by=by, reason=reason, now=now)
    return claim


def _note(
    session: Session, claim: UnitClaim, what: str, *, now: datetime, by: str = "", reason: str = ""
) -> None:
    session.add(
        UnitClaimEvent(
            claim_id=claim.claim_id, happened_at=now, what=what, unit_id=claim.unit_id, by=by, reason=reason
        )
    )
    session.flush()


def _count_declarations(session: Session, claim: UnitClaim, *, now: datetime) -> int:
    counted = (
        select(func.count())
        .select_from(UnitClaimEvent)
        .where(
            UnitClaimEvent.claim_id == claim.claim_id,
            UnitClaimEvent.what == DECLARED,
            UnitClaimEvent.happened_at > now - DECLARATION_WINDOW,
        )
    )
    return session.scalar(counted) or 0


def _official_of(session: Session, staff_code: str, unit_id: int, *, on: date) -> int:
    """The official with this code, whose post on that day is in the unit or below it."""
    person = find_person_by_staff_code(session, staff_code.strip())
    if person is None:
        raise PersonUnknown("Nobody in the staff list has this code.")
    post = find_primary_post(session, person.person_id, on_date=on)
    below = select(UnitClosure.descendant_id).where(
        UnitClosure.hierarchy == COMMAND, UnitClosure.ancestor_id == unit_id
    )
    if post is None or post.unit_id not in set(session.scalars(below)):
        raise PersonElsewhere("The official with this code has no post in the declared unit today.")
    return person.person_id


def _person_of(session: Session, identity: ActorIdentity, full_name: str, *, now: datetime) -> int:
    """The person behind a confirmed claim: the one of an earlier confirmation, or a new one."""
    code = f"KB-{identity.identity_id}"
    known = find_person_by_staff_code(session, code)
    if known is not None:
        return known.person_id
    name = full_name.strip()[:_LONGEST_NAME] or _NO_NAME
    return register_person(session, staff_code=code, full_name=name, now=now).person_id


def _appoint(
    session: Session, person_id: int, given: Confirmation, *, since: date, now: datetime
) -> Appointment:
    return appoint(
        session,
        person_id,
        unit_id=given.seen_unit_id,
        valid_from=since,
        staff_category=given.staff_category,
        is_cchc=given.is_cchc,
        now=now,
    )


def _take_post_back(session: Session, claim: UnitClaim) -> None:
    """Removes the post that an earlier confirmation made."""
    post = session.get(Appointment, claim.appointment_id) if claim.appointment_id is not None else None
    claim.appointment_id = None
    session.flush()
    if post is not None:
        person_id = post.person_id
        session.delete(post)
        mark_person_dirty(session, person_id)


def _first_day(session: Session, identity: ActorIdentity, unit_id: int) -> date:
    """The day on which the account was first seen, within the life of the unit."""
    return max(local_day(identity.first_seen_at), session.get_one(Unit, unit_id).valid_from)
