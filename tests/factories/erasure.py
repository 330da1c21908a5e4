"""People to erase, and a look at every byte that the database keeps."""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from lti_tool.all_models import metadata
from xapi_bridge.statement import Account, Actor
from xapi_bridge.statement.rewriting import Identifier, Rewriting, all_identifiers_of, distinctive_texts
from xapi_bridge.store.erased import ERASURE_KEY, Erased, erasure_key, remember_erased, rewriting_of
from xapi_bridge.store.erasure import (
    blank_unused_terms,
    rewrite_mentions,
    rewrite_own_statements,
    rewrite_statements_of_others,
)
from xapi_bridge.store.sequence import hold_sequence, last_sequence

KEY = erasure_key(b"insecure-development-key")
PSEUDONYM = Actor(
    object_type="Agent", account=Account(home_page="https://lms.example", name="erased-0123456789abcdef")
)


def open_session(engine: Engine) -> Session:
    """A session that carries the key, as those of a running application do."""
    return Session(engine, expire_on_commit=False, info={ERASURE_KEY: KEY})


def make_rewriting(*identifiers: Identifier, reduces: bool = False) -> Rewriting:
    """A rewriting without a store: registrations become one fixed other."""
    named = frozenset(each for one in identifiers for each in all_identifiers_of(one))
    return Rewriting(
        identifiers=named,
        pseudonym=PSEUDONYM,
        reduces=reduces,
        registration_for=lambda one: UUID(int=one.int ^ 1),
        shares_registration=lambda _one: True,
        forbidden_texts=distinctive_texts(named),
    )


def erase_from_store(
    session: Session, *identifiers: Identifier, reduces: bool, now: datetime, limit: int = 3
) -> None:
    """All steps of the store, in the order and the chunks of an erasure."""
    erased = Erased(PSEUDONYM, reduces, now)
    hold_sequence(session)
    rewriting = rewriting_of(session, identifiers, erased, key=KEY)
    remember_erased(session, rewriting.identifiers, erased, key=KEY)
    until = last_sequence(session)
    session.commit()
    for step in (rewrite_own_statements, rewrite_statements_of_others, rewrite_mentions):
        after: int | None = 0
        while after is not None:
            after = step(session, rewriting, after=after, until=until, limit=limit).last_seq
            session.commit()
    blank_unused_terms(session, rewriting.identifiers)
    session.commit()


def texts_in_database(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of every table, with the name of its column."""
    with Session(engine.execution_options(read_only=True)) as session:
        for table in metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for column, value in row.items():
                    yield f"{table.name}.{column}", _as_bytes(value)


def places_that_hold(engine: Engine, texts: Iterable[str]) -> list[str]:
    """The columns in which one of the texts stands, in any usual notation."""
    wanted = [form.encode() for text in texts for form in (text, json.dumps(text)[1:-1])]
    return sorted(
        {place for place, value in texts_in_database(engine) if any(one in value for one in wanted)}
    )


def _as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, dict | list):
        return msgspec.json.encode(value)
    return str(value).encode()
