"""Who was erased, without saying who: keyed digests of identifiers, and the ids of rewritten statements.

A statement that happened before its actor was erased and arrives later (from a store that was down, a log
that is read again, an archive that is restored) becomes what it would be now: under the pseudonym, and
reduced where the erasure reduced. What happened later is new and is taken as it comes.
"""

import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.database import insert_if_absent, insert_or_update
from xapi_bridge.errors import ErasureKeyMissing
from xapi_bridge.statement import Actor, Statement, parse_statement
from xapi_bridge.statement.actors_named import identifiers_in
from xapi_bridge.statement.rewriting import (
    Identifier,
    Rewriting,
    all_identifiers_of,
    distinctive_texts,
    is_own,
    rewrite_statement,
)
from xapi_bridge.store.follow import StoredStatement
from xapi_bridge.store.models import ErasedAgent, ErasedStatement
from xapi_bridge.store.postings import registration_term
from xapi_bridge.store.terms import CHUNK, find_terms, in_chunks

#: Under this name every session of a running application carries the key of the digests (`Session.info`).
ERASURE_KEY = "erasure_key"


@dataclass(frozen=True)
class Erased:
    """How one person was erased."""

    pseudonym: Actor
    reduces: bool
    erased_at: datetime


def erasure_key(secret: bytes) -> bytes:
    """The key of the digests, from the installation's secret: a copy of the database alone names nobody."""
    return hmac.digest(secret, b"cchc erased identifiers", "sha256")


def key_of(session: Session) -> bytes:
    """The key that the application lent to the session.

    Raises:
        ErasureKeyMissing: people were erased, and nobody lent the key that recognises them.
    """
    key = session.info.get(ERASURE_KEY)
    if not isinstance(key, bytes):
        raise ErasureKeyMissing(
            "People were erased from this store. Open it with the installation's secret key "
            "(CCHC_SECRET_KEY), or their old statements could come back unseen."
        )
    return key


def digest_of(identifier: Identifier, *, key: bytes) -> bytes:
    """32 bytes that recognise an identifier and do not tell it."""
    return hmac.digest(key, "\n".join(identifier).encode(), "sha256")


def replacement_of(registration: UUID, pseudonym: Actor, *, key: bytes) -> UUID:
    """The registration that stands for an erased person's; the same on every call, and not to be guessed."""
    name = "\n".join(["registration", registration.hex, *(pseudonym.identifier or ())])
    return UUID(bytes=hmac.digest(key, name.encode(), "sha256")[:16], version=4)


def remember_erased(
    session: Session, identifiers: Collection[Identifier], erased: Erased, *, key: bytes
) -> None:
    """From the end of this transaction on, what names one of the identifiers is recognised."""
    rows = [
        {
            "digest": digest_of(identifier, key=key),
            "pseudonym": msgspec.json.encode(erased.pseudonym).decode(),
            "reduces": erased.reduces,
            "erased_at": erased.erased_at,
        }
        for identifier in identifiers
    ]
    insert_or_update(session, ErasedAgent.__table__, sorted(rows, key=lambda row: row["digest"]))


def find_erased(
    session: Session, identifiers: Iterable[Identifier], *, key: bytes
) -> dict[Identifier, Erased]:
    """Those of the identifiers whose person was erased."""
    by_digest = {digest_of(one, key=key): one for one in identifiers}
    found: dict[Identifier, Erased] = {}
    for chunk in in_chunks(sorted(by_digest)):
        rows = session.execute(
            select(
                ErasedAgent.digest, ErasedAgent.pseudonym, ErasedAgent.reduces, ErasedAgent.erased_at
            ).where(ErasedAgent.digest.in_(chunk))
        )
        for digest, pseudonym, reduces, erased_at in rows:
            actor = msgspec.json.decode(pseudonym, type=Actor)
            found[by_digest[bytes(digest)]] = Erased(actor, reduces, erased_at)
    return found


def is_anyone_erased(session: Session) -> bool:
    """Whether anyone ever was; an ordinary store answers from an empty table."""
    return session.scalar(select(ErasedAgent.digest).limit(1)) is not None


def is_erased(session: Session, identifier: Identifier) -> bool:
    """Whether the owner of an identifier was erased.

    Raises:
        ErasureKeyMissing: people were erased, and the session has no key.
    """
    return is_anyone_erased(session) and bool(find_erased(session, [identifier], key=key_of(session)))


def rewriting_of(
    session: Session, identifiers: Iterable[Identifier], erased: Erased, *, key: bytes
) -> Rewriting:
    """The rewriting that erases a person in the way it was, or is being, done."""
    named = frozenset(further for one in identifiers for further in all_identifiers_of(one))

    def registration_for(registration: UUID) -> UUID:
        return replacement_of(registration, erased.pseudonym, key=key)

    def shares_registration(registration: UUID) -> bool:
        # The person's own statements are rewritten first; their replaced registrations are in the dictionary.
        return bool(find_terms(session, [registration_term(registration_for(registration).hex)]))

    return Rewriting(
        identifiers=named,
        pseudonym=erased.pseudonym,
        reduces=erased.reduces,
        registration_for=registration_for,
        shares_registration=shares_registration,
        forbidden_texts=distinctive_texts(named),
    )


def keep_erased_out(session: Session, statements: Sequence[Statement]) -> list[Statement]:
    """The statements as they may enter the store: latecomers about erased people without those people.

    Call it with the sequence lock held: an erasure announces itself under the same lock, so no statement can
    slip between its search and its announcement.

    Raises:
        ErasureKeyMissing: people were erased, and the session has no key.
    """
    allowed = without_erased(session, statements)
    changed = [
        one.id
        for one, other in zip(allowed, statements, strict=True)
        if one is not other and one.id is not None
    ]
    if changed:
        remember_rewritten(session, changed)
    return allowed


def without_erased(session: Session, statements: Sequence[Statement]) -> list[Statement]:
    """The statements as erasures would have left them; those that name nobody erased are the same objects.

    Raises:
        ErasureKeyMissing: people were erased, and the session has no key.
    """
    if not is_anyone_erased(session):
        return list(statements)
    key = key_of(session)
    named = [identifiers_in(one) for one in statements]
    erased = find_erased(session, {each for ones in named for each in ones}, key=key)
    if not erased:
        return list(statements)
    return [
        _without_erased(session, one, ones, erased, key=key)
        for one, ones in zip(statements, named, strict=True)
    ]


def read_without_erased(session: Session, archived: Iterable[StoredStatement]) -> Iterator[StoredStatement]:
    """Statements of archive files as they would come back, whoever was erased meanwhile.

    Raises:
        ErasureKeyMissing: people were erased, and the session has no key.
    """
    if not is_anyone_erased(session):
        yield from archived
        return
    waiting = iter(archived)
    while batch := list(islice(waiting, CHUNK)):
        # Version 2.0.0 accepts all that 1.0.3 accepts, so it reads every stored statement.
        parsed = [parse_statement(one.payload, version="2.0.0") for one in batch]
        for one, allowed in zip(batch, without_erased(session, parsed), strict=True):
            yield one._replace(payload=allowed.raw)


def _without_erased(
    session: Session,
    statement: Statement,
    named: Collection[Identifier],
    erased: Mapping[Identifier, Erased],
    *,
    key: bytes,
) -> Statement:
    late = {one: erased[one] for one in named if one in erased and _happened_before(statement, erased[one])}
    if not late:
        return statement
    raw = statement.raw
    for identifier, how in sorted(late.items()):
        rewriting = rewriting_of(session, [identifier], how, key=key)
        if is_own(raw, rewriting):
            rewriting = replace(rewriting, shares_registration=lambda _registration: True)
        raw = rewrite_statement(raw, rewriting)
    return parse_statement(raw, version=statement.spoken_version)


def _happened_before(statement: Statement, erased: Erased) -> bool:
    return statement.timestamp is not None and statement.timestamp <= erased.erased_at


def remember_rewritten(session: Session, statement_ids: Iterable[UUID]) -> None:
    """Their content is not what was sent any more, so a repeat is answered by the id alone."""
    insert_if_absent(
        session, ErasedStatement.__table__, [{"statement_id": one} for one in sorted(statement_ids)]
    )


def find_rewritten(session: Session, statement_ids: Sequence[UUID]) -> set[UUID]:
    """Those of the statements that were rewritten."""
    found: set[UUID] = set()
    for chunk in in_chunks(sorted(statement_ids)):
        found |= set(
            session.scalars(
                select(ErasedStatement.statement_id).where(ErasedStatement.statement_id.in_(chunk))
            )
        )
    return found
