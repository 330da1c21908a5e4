"""The question of a reader about statements, in the words of the house: unit, person, verb, days.

The same question stands in the address of a page, in a command and in an export that runs for an hour, so it
is written down as one value (`write_filters`, `read_filters`) and turned into a search only when it is asked.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import Session

from sync.organization.models import COMMAND, ActorIdentity, Appointment, Person, UnitClosure
from xapi_bridge.statement import Account
from xapi_bridge.store.search import AccountQuestion, StatementSearch, Validity


@dataclass(frozen=True)
class StatementFilters:
    """What is asked for; None and empty mean any.

    Attributes:
        unit_id: people whose primary post is in this unit or below it.
        person: a person's pseudonym, or the name of one account.
        activity: IRI; with `related` also where it stands in the context.
        authority_name: name of the account that vouches, at our own home page.
        since: first instant of `stored`; `before`: first instant no more.
    """

    unit_id: int | None = None
    person: str = ""
    verb: str = ""
    activity: str = ""
    related: bool = False
    registration: UUID | None = None
    authority_name: str = ""
    since: datetime | None = None
    before: datetime | None = None
    validity: Validity = Validity.VALID


@dataclass(frozen=True)
class Reach:
    """How far a reader sees, and on which day the posts are looked up.

    Attributes:
        root_id: only people of this unit and below; None for everybody, accounts without a person included.
        authority: only what this account vouches for; None for everything.
    """

    on: date
    root_id: int | None = None
    authority: Account | None = None


def write_filters(filters: StatementFilters) -> str:
    """The filters as JSON, to be kept."""
    return msgspec.json.encode(filters).decode()


def read_filters(written: str) -> StatementFilters:
    """What `write_filters` wrote."""
    return msgspec.json.decode(written, type=StatementFilters)


def search_for(
    session: Session, filters: StatementFilters, *, reach: Reach, iri_base: str
) -> StatementSearch:
    """The search that answers the filters and shows nothing beyond the reach.

    Args:
        iri_base: home page of the accounts that vouch for statements.
    """
    accounts: frozenset[Account] | AccountQuestion | None = _select_accounts(session, filters, reach)
    asked = Account(home_page=iri_base, name=filters.authority_name) if filters.authority_name else None
    if reach.authority is not None and asked not in {None, reach.authority}:
        accounts = frozenset()
    return StatementSearch(
        accounts=accounts,
        verb=filters.verb or None,
        activity=filters.activity or None,
        related_activities=filters.related,
        registration=filters.registration,
        authority=reach.authority or asked,
        since=filters.since,
        before=filters.before,
        validity=filters.validity,
    )


def _select_accounts(session: Session, filters: StatementFilters, reach: Reach) -> AccountQuestion | None:
    """The question for the accounts of whoever is meant; None: whoever."""
    units = {unit_id for unit_id in (reach.root_id, filters.unit_id) if unit_id is not None}
    if not units and not filters.person:
        return None
    question = select(ActorIdentity.home_page, ActorIdentity.account_name)
    for unit_id in sorted(units):
        question = question.where(ActorIdentity.person_id.in_(_select_people_in(unit_id, on=reach.on)))
    if filters.person:
        question = question.where(_is_account_of(session, filters.person))
    return question


def _select_people_in(unit_id: int, *, on: date) -> "Select[int]":
    """Everybody whose primary post on that day is in the unit or below it."""
    return (
        select(Appointment.person_id)
        .join(UnitClosure, UnitClosure.descendant_id == Appointment.unit_id)
        .where(
            UnitClosure.hierarchy == COMMAND,
            UnitClosure.ancestor_id == unit_id,
            Appointment.is_primary.is_(True),
            Appointment.valid_from <= on,
            on < Appointment.valid_to,
        )
    )


def _is_account_of(session: Session, person: str) -> ColumnElement[bool]:
    """Whether it is an account of that pseudonym; of a text that is nobody's, one with that name."""
    person_id = session.scalar(select(Person.person_id).where(Person.pseudonym == person))
    if person_id is not None and session.scalar(select(exists().where(ActorIdentity.person_id == person_id))):
        return ActorIdentity.person_id == person_id
    return ActorIdentity.account_name == person
