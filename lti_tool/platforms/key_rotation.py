"""One key of ours follows another in stages: published, signing, resting, retired.

    publish ──(LMSs read our key set)──► sign ──(nothing old is on its way any more)──► retire the old one

An LMS keeps a copy of our key set. A key that signed before the LMS read it would be refused, and one that
left the set while its signatures are on their way would be, too. So both steps wait, and the timetable takes
them when their time has come. Only when a key may be known to others does nothing wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.platforms.errors import KeyNotFound, KeyWaitNotOver, RotationUnderWay
from lti_tool.platforms.models import PlatformRegistration, ToolKey
from lti_tool.platforms.tool_keys import (
    create_tool_key,
    find_signing_key,
    lock_keys,
    open_key,
    publish_next_key,
)
from lti_tool.platforms.trust import list_trusting
from xapi_bridge.store.audit import note_action

#: Who the audit log names for steps that came due.
TIMETABLE: Final = "timetable"

log = structlog.get_logger()


class Stage(StrEnum):
    """Where a key of ours stands."""

    #: In the key set, signs nothing yet.
    PUBLISHED = "published"
    #: Signs what we send.
    SIGNING = "signing"
    #: Signed before; stays in the key set for what is on its way.
    RESTING = "resting"
    #: Gone from the key set.
    RETIRED = "retired"


@dataclass(frozen=True)
class Waits:
    """The least times between the steps.

    Attributes:
        publish: from publishing a key to signing with it.
        overlap: from signing with the next key to retiring this one.
    """

    publish: timedelta
    overlap: timedelta


@dataclass(frozen=True)
class KeyState:
    """One key of ours, as lists show it.

    Attributes:
        next_step_at: when it signs (published) or is retired (resting) at the earliest; None: no step is due.
        openable: whether this installation's secret opens the private half.
        trusted_by: registrations whose LMS last granted a token on this key's signature.
    """

    kid: str
    stage: Stage
    created_at: datetime
    signing_since: datetime | None
    retired_at: datetime | None
    compromised: bool
    next_step_at: datetime | None
    openable: bool
    trusted_by: tuple[PlatformRegistration, ...]


def list_keys(session: Session, *, secret: str, waits: Waits) -> list[KeyState]:
    """All keys, the newest first, retired ones too."""
    rows = _all_keys(session)
    signing = find_signing_key(session, secret=secret)
    current = next((row for row in rows if signing is not None and row.kid == signing.kid), None)
    return [
        KeyState(
            kid=row.kid,
            stage=_stage_of(row, current),
            created_at=row.created_at,
            signing_since=row.signing_since,
            retired_at=row.retired_at,
            compromised=row.compromised,
            next_step_at=_next_step_at(row, current, waits),
            openable=open_key(row, secret) is not None,
            trusted_by=tuple(list_trusting(session, row.kid)),
        )
        for row in rows
    ]


def start_rotation(session: Session, *, secret: str, operator: str, now: datetime) -> str:
    """Publishes the next key; returns its kid. It signs after the waiting time.

    Raises:
        RotationUnderWay: a key is published and waits already.
    """
    lock_keys(session)
    waiting = [row for row in _all_keys(session) if _waits_to_sign(row) and open_key(row, secret)]
    if waiting:
        raise RotationUnderWay(f"Key {waiting[0].kid} is published and will follow. One rotation at a time.")
    if find_signing_key(session, secret=secret) is None:
        # The very first key has nobody to follow.
        kid = create_tool_key(session, secret=secret, now=now).kid
    else:
        kid = publish_next_key(session, secret=secret, now=now).kid
    _note(session, "key_published", kid, operator=operator, now=now)
    return kid


def sign_with_next(
    session: Session, kid: str, *, secret: str, waits: Waits, operator: str, now: datetime
) -> None:
    """From now on this published key signs.

    Raises:
        KeyNotFound: unknown or retired, or sealed under another secret.
        KeyWaitNotOver: LMSs may not have read it yet.
    """
    lock_keys(session)
    row = _find_published(session, kid)
    if open_key(row, secret) is None:
        raise KeyNotFound(f"Key {kid} was sealed under another CCHC_SECRET_KEY and cannot sign.")
    if row.signing_since is not None:
        return
    _refuse_before(row.created_at + waits.publish, now, kid)
    row.signing_since = now
    _note(session, "key_began_signing", kid, operator=operator, now=now)


def retire_key(
    session: Session, kid: str, *, secret: str, waits: Waits, operator: str, now: datetime
) -> None:
    """Takes a resting key out of the key set.

    Raises:
        KeyNotFound: unknown or retired.
        KeyWaitNotOver: it signs now, or its signatures may still be on their way.
    """
    lock_keys(session)
    row = _find_published(session, kid)
    current = find_signing_key(session, secret=secret)
    if current is None or current.kid == kid:
        raise KeyWaitNotOver(
            f"Key {kid} signs now. Start a rotation, and retire it when another has followed."
        )
    if _waits_to_sign(row) and open_key(row, secret) is not None:
        raise KeyWaitNotOver(f"Key {kid} waits to sign. Only an emergency rotation takes it back.")
    _refuse_before(_resting_since(row, session.get_one(ToolKey, current.kid)) + waits.overlap, now, kid)
    row.retired_at = now
    _note(session, "key_retired", kid, operator=operator, now=now)


def take_due_steps(session: Session, *, secret: str, waits: Waits, now: datetime) -> int:
    """What the timetable does: signs with a published key and retires resting ones when their time has come.

    Returns:
        How many steps were taken.
    """
    lock_keys(session)
    steps = 0
    for kid in due_keys(session, secret=secret, waits=waits, now=now, stage=Stage.PUBLISHED):
        sign_with_next(session, kid, secret=secret, waits=waits, operator=TIMETABLE, now=now)
        steps += 1
    session.flush()
    for kid in due_keys(session, secret=secret, waits=waits, now=now, stage=Stage.RESTING):
        retire_key(session, kid, secret=secret, waits=waits, operator=TIMETABLE, now=now)
        steps += 1
    return steps


def due_keys(session: Session, *, secret: str, waits: Waits, now: datetime, stage: Stage) -> list[str]:
    """The keys of a stage whose next step has come due."""
    return [
        key.kid
        for key in list_keys(session, secret=secret, waits=waits)
        if key.stage is stage
        and key.next_step_at is not None
        and key.next_step_at <= now
        # A key of an earlier secret can still rest and be retired, but never sign.
        and (key.openable or stage is Stage.RESTING)
    ]


def replace_at_once(session: Session, *, secret: str, operator: str, now: datetime) -> KeyState:
    """Retires every key at once and signs with a new one: for when a private half may be known to others.

    LMSs that have not read our key set again refuse the new key until they do, and may trust the old ones.

    Returns:
        The new key. Which LMSs still trust the old ones, `list_endangered` tells.
    """
    lock_keys(session)
    old = [row for row in _all_keys(session) if row.retired_at is None]
    for row in old:
        row.retired_at, row.compromised = now, True
    session.flush()
    made = create_tool_key(session, secret=secret, now=now)
    _note(
        session,
        "keys_replaced_at_once",
        made.kid,
        operator=operator,
        now=now,
        retired=[row.kid for row in old],
    )
    return KeyState(made.kid, Stage.SIGNING, now, now, None, False, None, True, ())


def list_endangered(session: Session) -> list[PlatformRegistration]:
    """Registrations whose LMS last accepted a key that others may know, and none since."""
    return list(
        session.scalars(
            select(PlatformRegistration)
            .join(ToolKey, ToolKey.kid == PlatformRegistration.trusted_kid)
            .where(ToolKey.compromised.is_(True))
            .order_by(PlatformRegistration.id)
        )
    )


def _all_keys(session: Session) -> list[ToolKey]:
    return list(session.scalars(select(ToolKey).order_by(ToolKey.created_at.desc(), ToolKey.kid)))


def _waits_to_sign(row: ToolKey) -> bool:
    return row.retired_at is None and row.signing_since is None


def _stage_of(row: ToolKey, current: ToolKey | None) -> Stage:
    if row.retired_at is not None:
        return Stage.RETIRED
    if row.signing_since is None:
        return Stage.PUBLISHED
    return Stage.SIGNING if row is current else Stage.RESTING


def _next_step_at(row: ToolKey, current: ToolKey | None, waits: Waits) -> datetime | None:
    stage = _stage_of(row, current)
    if stage is Stage.PUBLISHED:
        return row.created_at + waits.publish
    if stage is Stage.RESTING and current is not None:
        return _resting_since(row, current) + waits.overlap
    return None


def _resting_since(row: ToolKey, current: ToolKey) -> datetime:
    """When the key that signs now took over; a key sealed under another secret rests since then, too."""
    return max(current.signing_since or current.created_at, row.signing_since or row.created_at)


def _find_published(session: Session, kid: str) -> ToolKey:
    row = session.get(ToolKey, kid[:64])
    if row is None or row.retired_at is not None:
        raise KeyNotFound("No published key has this id. List them: cchc keys list")
    return row


def _refuse_before(earliest: datetime, now: datetime, kid: str) -> None:
    if now < earliest:
        raise KeyWaitNotOver(f"Key {kid} takes its next step at {earliest.isoformat()} at the earliest.")


def _note(session: Session, action: str, kid: str, *, operator: str, now: datetime, **more: object) -> None:
    note_action(session, action, operator=operator, subject=kid, now=now, **more)
    session.flush()
    log.info(action, kid=kid, operator=operator, **more)
