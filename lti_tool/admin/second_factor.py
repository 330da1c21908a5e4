"""The second factor: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost.

A code is taken once: its time step must be newer than the last one taken, decided by one UPDATE, so that two
simultaneous posts of one code open one session.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Final

import pyotp
import segno
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti_tool.admin.errors import CodeRefused
from lti_tool.admin.models import Operator, RecoveryCode
from xapi_bridge.sealing import sealer

STEP_SECONDS: Final = 30
#: Clocks of phones differ: one step before and after counts as now.
STEPS_AROUND: Final = 1
RECOVERY_CODES: Final = 10
_PURPOSE: Final = b"cchc operator totp"
_CODE_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"


def has_second_factor(operator: Operator) -> bool:
    """Whether the account asks for a code."""
    return bool(operator.sealed_totp_secret)


def begin_enrolment(session: Session, operator_id: int, *, secret: str) -> str:
    """A new secret (Base32) to be confirmed by a code; until then the old one holds."""
    made = pyotp.random_base32()
    operator = session.get_one(Operator, operator_id)
    operator.sealed_totp_draft = sealer(secret, purpose=_PURPOSE).encrypt(made.encode()).decode()
    session.flush()
    return made


def find_draft(session: Session, operator_id: int, *, secret: str) -> str | None:
    """The secret that waits for its first code."""
    return _open(session.get_one(Operator, operator_id).sealed_totp_draft, secret)


def confirm_enrolment(
    session: Session, operator_id: int, code: str, *, secret: str, now: datetime
) -> list[str]:
    """Puts the drafted secret into force; returns the recovery codes, which are shown this once.

    Raises:
        CodeRefused: nothing is drafted, or the code is not one of it.
    """
    operator = session.get_one(Operator, operator_id, with_for_update=True)
    drafted = _open(operator.sealed_totp_draft, secret)
    step = _step_of(drafted, code, now=now) if drafted else None
    if step is None:
        raise CodeRefused("The code does not belong to the secret that was shown. Look at the phone's clock.")
    operator.sealed_totp_secret, operator.sealed_totp_draft = operator.sealed_totp_draft, ""
    operator.totp_last_step = step
    session.flush()
    return _make_recovery_codes(session, operator_id)


def remove_second_factor(session: Session, operator_id: int) -> None:
    """Takes secret and recovery codes away."""
    operator = session.get_one(Operator, operator_id)
    operator.sealed_totp_secret = operator.sealed_totp_draft = ""
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator_id))
    session.flush()


def use_code(session: Session, operator_id: int, code: str, *, secret: str, now: datetime) -> None:
    """Takes a code of the app, or a recovery code, once.

    Raises:
        CodeRefused: wrong, over, or used before.
    """
    typed = "".join(code.split()).replace("-", "").lower()
    operator = session.get_one(Operator, operator_id)
    kept = _open(operator.sealed_totp_secret, secret)
    step = _step_of(kept, typed, now=now) if kept else None
    if step is not None and _take_step(session, operator_id, step):
        return
    if not _take_recovery_code(session, operator_id, typed, now=now):
        raise CodeRefused("The code is wrong, over, or was used before. Wait for the next one.")


def count_recovery_codes(session: Session, operator_id: int) -> int:
    """How many recovery codes are left."""
    left = select(func.count()).select_from(RecoveryCode)
    return (
        session.scalar(left.where(RecoveryCode.operator_id == operator_id, RecoveryCode.used_at.is_(None)))
        or 0
    )


def address_for_app(username: str, shared_secret: str, *, service: str) -> str:
    """The otpauth address that an authenticator app reads."""
    return pyotp.TOTP(shared_secret).provisioning_uri(name=username, issuer_name=service)


def picture_for_app(address: str) -> str:
    """The address as a QR code: a `data:` address of an SVG picture, since the page allows no inline code."""
    return str(segno.make(address, error="m").svg_data_uri(scale=5, border=2))


def _make_recovery_codes(session: Session, operator_id: int) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.operator_id == operator_id))
    made = ["".join(secrets.choice(_CODE_LETTERS) for _ in range(16)) for _ in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(operator_id=operator_id, code_hash=_hash(code)) for code in made)
    session.flush()
    return ["-".join(code[start : start + 4] for start in range(0, 16, 4)) for code in made]


def _step_of(shared_secret: str, code: str, *, now: datetime) -> int | None:
    """The time step whose code was typed; every step is compared, in constant time."""
    present = int(now.timestamp()) // STEP_SECONDS
    generator = pyotp.TOTP(shared_secret, interval=STEP_SECONDS)
    typed = "".join(code.split())
    found = None
    for step in range(present - STEPS_AROUND, present + STEPS_AROUND + 1):
        if secrets.compare_digest(generator.at(step * STEP_SECONDS).encode(), typed.encode()):
            found = step
    return found


def _take_step(session: Session, operator_id: int, step: int) -> bool:
    taken = session.execute(
        update(Operator)
        .where(Operator.id == operator_id, Operator.totp_last_step < step)
        .values(totp_last_step=step)
    )
    return bool(getattr(taken, "rowcount", 0))


def _take_recovery_code(session: Session, operator_id: int, code: str, *, now: datetime) -> bool:
    taken = session.execute(
        update(RecoveryCode)
        .where(
            RecoveryCode.operator_id == operator_id,
            RecoveryCode.code_hash == _hash(code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(getattr(taken, "rowcount", 0))


def _open(sealed: str, secret: str) -> str | None:
    """The secret; None when there is none, or when it was sealed under another CCHC_SECRET_KEY."""
    if not sealed:
        return None
    try:
        return sealer(secret, purpose=_PURPOSE).decrypt(sealed.encode()).decode()
    except InvalidToken:
        return None


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()
