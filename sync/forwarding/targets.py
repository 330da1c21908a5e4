"""The targets: which stores statements go to, which statements, and what may be seen of them."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from urllib.parse import urlsplit

from cryptography.fernet import InvalidToken
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from sync.bookmarks import lock_bookmark
from sync.errors import TargetFieldRefused, TargetNameTaken, TargetSecretUnreadable, TargetUnknown
from sync.forwarding.disclosure import Disclosure
from sync.forwarding.filters import StatementFilter, write_filter
from sync.forwarding.models import ForwardingTarget, OutgoingStatement
from xapi_bridge.lrs_account import LrsAccount
from xapi_bridge.sealing import sealer

VERSIONS: Final = ("1.0.3", "2.0.0")
MOST_STATEMENTS: Final = 500
BYTES_RANGE: Final = (10_000, 16_000_000)
_PURPOSE: Final = b"cchc forwarding target"
_HTTP = re.compile(r"https?://[^\s/?#@]+(?:/[^\s?#]*)?")


@dataclass(frozen=True)
class TargetFields:
    """What an operator decides about a target.

    Attributes:
        endpoint: with or without `/statements`.
        secret: None keeps the one that is known.
        batch_statements: 1 to 500.
        batch_bytes: 10 kB to 16 MB.
    """

    name: str
    endpoint: str
    key: str
    secret: str | None = field(default=None, repr=False)
    version: str = "1.0.3"
    filters: StatementFilter = field(default_factory=StatementFilter)
    pseudonymous: bool = True
    names_allowed: bool = False
    batch_statements: int = 50
    batch_bytes: int = 1_000_000


def create_target(
    session: Session, fields: TargetFields, *, start_seq: int, sealing_secret: str, now: datetime
) -> ForwardingTarget:
    """A new target, active at once.

    Args:
        start_seq: statements after this one count; `last_sequence` for "from now", 0 for all,
            `sequence_at(instant)` for "from then".

    Raises:
        TargetFieldRefused, TargetNameTaken: as their names say.
    """
    if not fields.secret:
        raise TargetFieldRefused("A target needs the password of our account there.")
    sealing = sealer(sealing_secret, purpose=_PURPOSE)
    target = ForwardingTarget(
        start_seq=start_seq,
        created_at=now,
        sealed_secret="",
        sealed_pseudonym_key=sealing.encrypt(secrets.token_bytes(32)).decode(),
        **_checked(session, fields, own_id=None),
    )
    target.sealed_secret = sealing.encrypt(fields.secret.encode()).decode()
    session.add(target)
    session.flush()
    lock_bookmark(session, bookmark_name(target.target_id)).last_seq = start_seq
    session.flush()
    return target


def change_target(
    session: Session, target_id: int, fields: TargetFields, *, sealing_secret: str, now: datetime
) -> ForwardingTarget:
    """Changes what an operator may change; what waits is tried at once.

    Raises:
        TargetUnknown, TargetFieldRefused, TargetNameTaken: as their names say.
    """
    target = lock_target(session, target_id)
    if not fields.secret:
        _keep_secret_at_home(fields, target)
    for name, value in _checked(session, fields, own_id=target_id).items():
        setattr(target, name, value)
    if fields.secret:
        sealing = sealer(sealing_secret, purpose=_PURPOSE)
        target.sealed_secret = sealing.encrypt(fields.secret.encode()).decode()
    _try_now(session, target, now=now)
    return target


def pause_target(session: Session, target_id: int, *, now: datetime) -> None:
    """Nothing is taken in and nothing is sent until somebody resumes it; nothing is lost."""
    target = lock_target(session, target_id)
    target.paused_at = target.paused_at or now


def resume_target(session: Session, target_id: int, *, now: datetime) -> None:
    """Ends a pause, an operator's or our own, and tries at once."""
    target = lock_target(session, target_id)
    target.paused_at = None
    _try_now(session, target, now=now)


def find_target(session: Session, target_id: int) -> ForwardingTarget:
    """The target with this number.

    Raises:
        TargetUnknown: there is none.
    """
    target = session.get(ForwardingTarget, target_id, populate_existing=True)
    if target is None:
        raise TargetUnknown(f"There is no forwarding target {target_id}.")
    return target


def find_target_by_name(session: Session, name: str) -> ForwardingTarget:
    """The target with this name.

    Raises:
        TargetUnknown: there is none; the message lists those that exist.
    """
    target = session.scalar(select(ForwardingTarget).where(ForwardingTarget.name == name))
    if target is None:
        known = ", ".join(one.name for one in list_targets(session)) or "none"
        raise TargetUnknown(f"There is no forwarding target of this name. Known: {known}.")
    return target


def list_targets(session: Session) -> Sequence[ForwardingTarget]:
    """All targets, by name."""
    return session.scalars(select(ForwardingTarget).order_by(ForwardingTarget.name)).all()


def lock_target(session: Session, target_id: int) -> ForwardingTarget:
    """The target, for this transaction alone. Whoever changes its outbox holds it, so claims cannot cross.

    Raises:
        TargetUnknown: there is none.
    """
    locked = (
        select(ForwardingTarget)
        .where(ForwardingTarget.target_id == target_id)
        # Not FOR UPDATE: the follower's new rows refer to this one and need not wait.
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    target = session.scalar(locked)
    if target is None:
        raise TargetUnknown(f"There is no forwarding target {target_id}.")
    return target


def described_account(
    fields: TargetFields, *, known: ForwardingTarget | None, sealing_secret: str
) -> LrsAccount:
    """The account that an operator describes, to be tested before it is saved.

    Args:
        known: the target that is being changed; its password is used when none is given.

    Raises:
        TargetFieldRefused: the address, key, version or password cannot be.
        TargetSecretUnreadable: CCHC_SECRET_KEY has changed since.
    """
    _check_login(fields)
    secret = fields.secret
    if not secret and known is not None:
        _keep_secret_at_home(fields, known)
        secret = account_at(known, sealing_secret=sealing_secret).secret
    if not secret:
        raise TargetFieldRefused("A target needs the password of our account there.")
    return LrsAccount(
        endpoint=_endpoint(fields.endpoint), key=fields.key, secret=secret, version=fields.version
    )


def account_at(target: ForwardingTarget, *, sealing_secret: str) -> LrsAccount:
    """Our account at a target.

    Raises:
        TargetSecretUnreadable: CCHC_SECRET_KEY has changed since.
    """
    secret = _opened(target.sealed_secret, target, sealing_secret).decode()
    return LrsAccount(endpoint=target.endpoint, key=target.key, secret=secret, version=target.version)


def disclosure_to(target: ForwardingTarget, *, sealing_secret: str, iri_base: str) -> Disclosure:
    """What a target may see.

    Raises:
        TargetSecretUnreadable: CCHC_SECRET_KEY has changed since.
    """
    return Disclosure(
        pseudonymous=target.pseudonymous,
        names_allowed=target.names_allowed,
        pseudonym_key=_opened(target.sealed_pseudonym_key, target, sealing_secret),
        iri_base=iri_base,
        version=target.version,
    )


def bookmark_name(target_id: int) -> str:
    """Name of the target's follower."""
    return f"forwarding-{target_id}"


def _opened(sealed: str, target: ForwardingTarget, sealing_secret: str) -> bytes:
    try:
        return sealer(sealing_secret, purpose=_PURPOSE).decrypt(sealed.encode())
    except InvalidToken:
        raise TargetSecretUnreadable(
            f"The secrets of target {target.target_id} were sealed under another CCHC_SECRET_KEY. Set the "
            "earlier one, or make the target anew."
        ) from None


def _try_now(session: Session, target: ForwardingTarget, *, now: datetime) -> None:
    """Ends the target's pauses, and leases too: a killed worker may hold them, and repeating is harmless."""
    target.failures, target.retry_at = 0, None
    target.trouble_code, target.trouble, target.trouble_since = "", "", None
    session.flush()
    waits = (
        OutgoingStatement.target_id == target.target_id,
        OutgoingStatement.due_at > now,
    )
    session.execute(
        update(OutgoingStatement)
        .where(*waits)
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def _checked(session: Session, fields: TargetFields, *, own_id: int | None) -> dict[str, object]:
    """The columns of a target.

    Raises:
        TargetFieldRefused, TargetNameTaken: as their names say.
    """
    name, endpoint = fields.name.strip(), _endpoint(fields.endpoint)
    if not 1 <= len(name) <= 80:
        raise TargetFieldRefused("A target's name has 1 to 80 characters.")
    taken = select(ForwardingTarget.target_id).where(ForwardingTarget.name == name)
    if session.scalar(taken) not in {None, own_id}:
        raise TargetNameTaken("Another target has this name. Choose a different one.")
    _check_login(fields)
    _check_sizes(fields)
    return {
        "name": name,
        "endpoint": endpoint,
        "key": fields.key,
        "version": fields.version,
        "filters": write_filter(fields.filters),
        "pseudonymous": fields.pseudonymous,
        "names_allowed": fields.names_allowed,
        "batch_statements": fields.batch_statements,
        "batch_bytes": fields.batch_bytes,
    }


def _keep_secret_at_home(fields: TargetFields, known: ForwardingTarget) -> None:
    """A password that nobody types goes only where it went before: else a new address could learn it.

    Raises:
        TargetFieldRefused: the address is another one.
    """
    if _endpoint(fields.endpoint) != known.endpoint:
        raise TargetFieldRefused("The address is a new one: type the password again.")


def _check_login(fields: TargetFields) -> None:
    if not 1 <= len(fields.key) <= 255 or ":" in fields.key:
        raise TargetFieldRefused("The key (Basic user name) has 1 to 255 characters and no colon.")
    if fields.version not in VERSIONS:
        raise TargetFieldRefused(f"The version is one of {', '.join(VERSIONS)}.")


def _check_sizes(fields: TargetFields) -> None:
    least, most = BYTES_RANGE
    if not 1 <= fields.batch_statements <= MOST_STATEMENTS:
        raise TargetFieldRefused(f"A batch has 1 to {MOST_STATEMENTS} statements.")
    if not least <= fields.batch_bytes <= most:
        raise TargetFieldRefused(f"A batch has {least} to {most} bytes.")


def _endpoint(given: str) -> str:
    """The address in front of /statements."""
    address = given.strip().rstrip("/").removesuffix("/statements").rstrip("/")
    if len(address) > 1000 or not _HTTP.fullmatch(address) or not urlsplit(address).hostname:
        raise TargetFieldRefused(
            "The endpoint is an address such as https://lrs.example.vn/xapi, without user name, ? and #."
        )
    return address
