"""Requests to erase a person: ordered, looked at, confirmed, followed, never undone."""

import hmac
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

import msgspec
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from sync.privacy.learning_records import create_pseudonym_identity, hold_followers
from sync.privacy.models import Erasure
from sync.privacy.subjects import Subject
from sync.privacy_errors import (
    ErasureIncomplete,
    ErasureNotConfirmed,
    ErasureNotOpen,
    ErasureReferenceTaken,
    ErasureUnknown,
)
from sync.rollups.facts import is_countable_account
from xapi_bridge.statement import Account, Actor
from xapi_bridge.statement.rewriting import Identifier
from xapi_bridge.store.erased import Erased, remember_erased
from xapi_bridge.store.erased_files import last_archived
from xapi_bridge.store.sequence import hold_sequence, last_sequence

Kind = Literal["pseudonymise", "erase"]
KINDS: tuple[Kind, ...] = get_args(Kind)

ORDERED, RUNNING, FINISHED, CANCELLED = "ordered", "running", "finished", "cancelled"

_LONGEST_REFERENCE = Erasure.reference.type.length or 0
_LONGEST_BASIS = Erasure.legal_basis.type.length or 0


@dataclass(frozen=True)
class Order:
    """What an operator orders.

    Attributes:
        reference: the number under which the request is filed.
        legal_basis: in the operator's words.
        anonymises_person: whether name and staff code in the registry go as well.
    """

    reference: str
    legal_basis: str
    kind: Kind
    anonymises_person: bool = False


class Working(msgspec.Struct, frozen=True):
    """What the work needs of the person while it runs; kept as JSON and emptied at the end."""

    identifiers: list[list[str]]
    person_id: int | None
    pseudonym: Actor

    @property
    def subject(self) -> Subject:
        return Subject(tuple(tuple(one) for one in self.identifiers), self.person_id)


def order_erasure(
    session: Session, subject: Subject, order: Order, *, by: str, iri_base: str, key: bytes, now: datetime
) -> Erasure:
    """Files the request; nothing is touched before it is confirmed.

    Raises:
        ErasureIncomplete: reference or legal basis is missing or too long.
        ErasureReferenceTaken: another request has this reference.
    """
    _refuse_incomplete(order)
    pseudonym = draw_pseudonym(subject, iri_base=iri_base)
    working = Working([list(one) for one in subject.identifiers], subject.person_id, pseudonym)
    erasure = Erasure(
        reference=order.reference.strip(),
        legal_basis=order.legal_basis.strip(),
        kind=order.kind,
        anonymises_person=order.anonymises_person and subject.person_id is not None,
        subject_digest=subject_digest(subject.identifiers, key=key),
        subject=msgspec.json.encode(working).decode(),
        state=ORDERED,
        ordered_by=by,
        ordered_at=now,
    )
    try:
        with session.begin_nested():
            session.add(erasure)
            session.flush()
    except IntegrityError as taken:
        raise ErasureReferenceTaken(
            "A request is filed under this reference already. Open that one, or enter another reference."
        ) from taken
    return erasure


def draw_pseudonym(subject: Subject, *, iri_base: str) -> Actor:
    """One fresh random identifier, of a kind that is counted exactly if the old one was.

    Accounts are counted; what was named by e-mail address was not, and must not begin to count.
    """
    word = f"erased-{secrets.token_hex(16)}"
    counted = [one for one in subject.accounts if is_countable_account(one.home_page, one.name)]
    if counted:
        return Actor(object_type="Agent", account=Account(home_page=counted[0].home_page, name=word))
    return Actor(object_type="Agent", openid=f"{iri_base}{word}")


def subject_digest(identifiers: Sequence[Identifier], *, key: bytes) -> bytes:
    """Recognises the person of a request when the person is named again."""
    return hmac.digest(key, "\n\n".join("\n".join(one) for one in sorted(identifiers)).encode(), "sha256")


def confirm_erasure(
    session: Session, erasure_id: int, *, typed_reference: str, by: str, key: bytes, now: datetime
) -> None:
    """Begins the work: from the end of this transaction on, late statements about the person are recognised.

    Raises:
        ErasureUnknown: there is no such request.
        ErasureNotOpen: it does not wait for a confirmation.
        ErasureNotConfirmed: the reference was typed differently.
    """
    erasure = _lock(session, erasure_id)
    _refuse_unless(erasure, ORDERED)
    if typed_reference.strip() != erasure.reference:
        raise ErasureNotConfirmed(
            "The reference that was typed is not that of the request. Nothing was changed; type it again."
        )
    working = working_of(erasure)
    hold_followers(session)
    create_pseudonym_identity(session, working.subject, working.pseudonym)
    hold_sequence(session)
    erased = Erased(working.pseudonym, erasure.kind == "erase", now)
    remember_erased(session, working.subject.identifiers, erased, key=key)
    erasure.state, erasure.step = RUNNING, ""
    erasure.until_seq = max(last_sequence(session), last_archived(session))
    erasure.reached_seq = 0
    erasure.confirmed_by, erasure.confirmed_at = by, now
    session.flush()


def cancel_erasure(session: Session, erasure_id: int) -> None:
    """Closes a request that nobody confirmed; what it knew of the person is forgotten.

    Raises:
        ErasureUnknown: there is no such request.
        ErasureNotOpen: it was begun: what is erased cannot come back.
    """
    erasure = _lock(session, erasure_id)
    _refuse_unless(erasure, ORDERED)
    erasure.state, erasure.subject = CANCELLED, ""
    session.flush()


def get_erasure(session: Session, erasure_id: int) -> Erasure:
    """The request.

    Raises:
        ErasureUnknown: there is none with this number.
    """
    erasure = session.get(Erasure, erasure_id)
    if erasure is None:
        raise ErasureUnknown(f"There is no request for erasure number {erasure_id}.")
    return erasure


def find_erasure(session: Session, reference: str) -> Erasure:
    """The request with this reference.

    Raises:
        ErasureUnknown: there is none.
    """
    erasure = session.scalar(select(Erasure).where(Erasure.reference == reference.strip()))
    if erasure is None:
        raise ErasureUnknown("No request for erasure has this reference. `cchc erasure list` shows all.")
    return erasure


def list_erasures(session: Session, *, offset: int = 0, limit: int = 50) -> list[Erasure]:
    """Requests, the newest first."""
    return list(
        session.scalars(select(Erasure).order_by(Erasure.erasure_id.desc()).offset(offset).limit(limit))
    )


def count_erasures(session: Session) -> int:
    """How many requests were ever filed."""
    return session.scalar(select(func.count()).select_from(Erasure)) or 0


def list_running(session: Session) -> list[int]:
    """Numbers of the requests whose work is not done, oldest first."""
    running = select(Erasure.erasure_id).where(Erasure.state == RUNNING).order_by(Erasure.erasure_id)
    return list(session.scalars(running))


def working_of(erasure: Erasure) -> Working:
    """What the work needs of the person.

    Raises:
        ErasureNotOpen: the request is done or cancelled, and nothing is known of the person any more.
    """
    if not erasure.subject:
        raise ErasureNotOpen("This request is closed; nothing here says any more whom it was about.")
    return msgspec.json.decode(erasure.subject, type=Working)


def counts_of(erasure: Erasure) -> dict[str, int]:
    """Kind of record -> how many were changed or deleted until now."""
    return {str(kind): int(count) for kind, count in json.loads(erasure.counts).items()}


def add_counts(erasure: Erasure, further: Mapping[str, int]) -> None:
    """Adds to the record of what was done."""
    counts = counts_of(erasure)
    for kind, count in further.items():
        if count:
            counts[kind] = counts.get(kind, 0) + count
    erasure.counts = json.dumps(counts, sort_keys=True)


def _lock(session: Session, erasure_id: int) -> Erasure:
    found = session.get(Erasure, erasure_id, with_for_update=True, populate_existing=True)
    if found is None:
        raise ErasureUnknown(f"There is no request for erasure number {erasure_id}.")
    return found


def _refuse_unless(erasure: Erasure, state: str) -> None:
    if erasure.state != state:
        raise ErasureNotOpen(f"The request is {erasure.state}; only one that is {state} can be changed so.")


def _refuse_incomplete(order: Order) -> None:
    reference, basis = order.reference.strip(), order.legal_basis.strip()
    if not 0 < len(reference) <= _LONGEST_REFERENCE or not reference.isprintable():
        raise ErasureIncomplete(f"The reference has 1 to {_LONGEST_REFERENCE} printable characters.")
    if not 0 < len(basis) <= _LONGEST_BASIS:
        raise ErasureIncomplete(f"The legal basis has 1 to {_LONGEST_BASIS} characters.")
    if order.kind not in KINDS:
        raise ErasureIncomplete(f"The kind of an erasure is one of {', '.join(KINDS)}.")
