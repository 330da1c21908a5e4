"""A statement as a row of a table, for CSV and Parquet: flat, with the pseudonym in place of the person."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import msgspec
from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from sync.organization.models import ActorIdentity, Person, PersonDetail
from sync.statement_outline import believable_instant
from xapi_bridge.statement.nameless import without_names
from xapi_bridge.store.follow import StoredStatement

Account = tuple[str, str]

_SLICE: Final = 250


@dataclass(frozen=True)
class KnownPerson:
    """Whom an account belongs to; name and staff code are empty where the reader may not see them."""

    pseudonym: str
    full_name: str = ""
    staff_code: str = ""


@dataclass(frozen=True)
class ExportRow:
    """One statement, flat.

    Attributes:
        actor: the person's pseudonym; of an account that belongs to nobody, its name; else empty.
        activity, activity_name: IRI and name of the object; of another statement, its id.
        score_scaled: -1.0 to 1.0. duration: ISO 8601, as received.
        statement: the whole JSON on one line, without names where the reader may not see them.
    """

    statement_id: str
    stored: datetime
    timestamp: datetime
    actor: str
    home_page: str
    full_name: str
    staff_code: str
    verb: str
    activity: str
    activity_name: str
    registration: str
    success: bool | None
    completion: bool | None
    score_scaled: float | None
    score_raw: float | None
    duration: str
    authority: str
    voided: bool
    statement: str


def flatten(
    statements: Sequence[StoredStatement], people: Mapping[Account, KnownPerson], *, with_names: bool
) -> list[ExportRow]:
    """The rows, in the order of the statements."""
    return [_row(stored, people, with_names=with_names) for stored in statements]


def one_line(payload: bytes, *, with_names: bool) -> bytes:
    """The statement's JSON on one line; with names, only blanks in it differ from what is kept."""
    if not with_names:
        return msgspec.json.encode(without_names(msgspec.json.decode(payload)))
    has_lines = b"\n" in payload or b"\r" in payload
    return msgspec.json.format(payload, indent=-1) if has_lines else payload


def find_people(
    session: Session, statements: Sequence[StoredStatement], *, with_names: bool
) -> dict[Account, KnownPerson]:
    """Account → person, for the actors of the statements."""
    actors = (_account(msgspec.json.decode(one.payload)) for one in statements)
    accounts = sorted({account for account in actors if account})
    found: dict[Account, KnownPerson] = {}
    for start in range(0, len(accounts), _SLICE):
        rows = session.execute(
            select(
                ActorIdentity.home_page,
                ActorIdentity.account_name,
                Person.pseudonym,
                PersonDetail.full_name,
                PersonDetail.staff_code,
            )
            .join(Person, Person.person_id == ActorIdentity.person_id)
            .outerjoin(PersonDetail, PersonDetail.person_id == Person.person_id)
            .where(
                tuple_(ActorIdentity.home_page, ActorIdentity.account_name).in_(
                    accounts[start : start + _SLICE]
                )
            )
        )
        for home_page, account_name, pseudonym, full_name, staff_code in rows:
            known = KnownPerson(pseudonym)
            if with_names:
                known = KnownPerson(pseudonym, full_name or "", staff_code or "")
            found[home_page, account_name] = known
    return found


def _account(written: Mapping[str, Any]) -> Account | None:
    account = written["actor"].get("account")
    return (account["homePage"], account["name"]) if account else None


def _row(stored: StoredStatement, people: Mapping[Account, KnownPerson], *, with_names: bool) -> ExportRow:
    written: dict[str, Any] = msgspec.json.decode(stored.payload)
    account = _account(written)
    person = people.get(account) if account else None
    thing, result = written["object"], written.get("result", {})
    score = result.get("score", {})
    return ExportRow(
        statement_id=str(stored.statement_id),
        stored=stored.stored,
        timestamp=believable_instant(written.get("timestamp", ""), stored=stored.stored),
        actor=person.pseudonym if person else (account[1] if account else ""),
        home_page=account[0] if account else "",
        full_name=person.full_name if person else "",
        staff_code=person.staff_code if person else "",
        verb=written["verb"]["id"],
        activity=thing.get("id", ""),
        activity_name=name_in_vietnamese(thing.get("definition", {}).get("name", {})),
        registration=written.get("context", {}).get("registration", ""),
        success=result.get("success"),
        completion=result.get("completion"),
        score_scaled=_number(score.get("scaled")),
        score_raw=_number(score.get("raw")),
        duration=result.get("duration", ""),
        authority=written["authority"].get("account", {}).get("name", ""),
        voided=stored.voided,
        statement=one_line(stored.payload, with_names=with_names).decode(),
    )


def name_in_vietnamese(names: Mapping[str, str]) -> str:
    """The name in Vietnamese, else in any language, else nothing."""
    near = [text for tag, text in names.items() if tag.split("-")[0].lower() == "vi"]
    return next(iter([*near, *names.values()]), "")


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
