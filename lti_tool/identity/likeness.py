"""Accounts that may belong to one person: the same staff code, or e-mail digest where one is kept."""

from dataclasses import dataclass
from typing import Final, Literal

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from lti_tool.identity.models import IdentityEvidence
from sync.organization.models import ActorIdentity, PersonDetail

MOST_SUGGESTIONS: Final = 100


@dataclass(frozen=True)
class Suggestion:
    """One account and the person whose it may be."""

    identity_id: int
    home_page: str
    account_name: str
    person_id: int
    staff_code: str
    because: Literal["staff_code", "email"]


def suggest_links(session: Session, *, limit: int = MOST_SUGGESTIONS) -> list[Suggestion]:
    """Accounts without a person, or of another one, that a code or a digest ties to a person."""
    by_code = _by_staff_code(session, limit=limit)
    known = {(one.identity_id, one.person_id) for one in by_code}
    by_email = [
        one for one in _by_email(session, limit=limit) if (one.identity_id, one.person_id) not in known
    ]
    return (by_code + by_email)[:limit]


def _by_staff_code(session: Session, *, limit: int) -> list[Suggestion]:
    """The code came in a launch before the register knew it."""
    rows = session.execute(
        select(ActorIdentity, PersonDetail)
        .join(IdentityEvidence, IdentityEvidence.identity_id == ActorIdentity.identity_id)
        .join(PersonDetail, PersonDetail.staff_code == IdentityEvidence.staff_code)
        .where(
            or_(ActorIdentity.person_id.is_(None), ActorIdentity.person_id != PersonDetail.person_id),
        )
        .order_by(ActorIdentity.identity_id)
        .limit(limit)
    )
    return [_suggestion(identity, detail, "staff_code") for identity, detail in rows]


def _by_email(session: Session, *, limit: int) -> list[Suggestion]:
    """Another account with the same digest belongs to somebody."""
    theirs, other = aliased(IdentityEvidence), aliased(ActorIdentity)
    rows = session.execute(
        select(ActorIdentity, PersonDetail)
        .join(IdentityEvidence, IdentityEvidence.identity_id == ActorIdentity.identity_id)
        .join(
            theirs,
            and_(
                theirs.email_digest == IdentityEvidence.email_digest,
                theirs.email_digest != "",
                theirs.identity_id != IdentityEvidence.identity_id,
            ),
        )
        .join(other, other.identity_id == theirs.identity_id)
        .join(PersonDetail, PersonDetail.person_id == other.person_id)
        .where(or_(ActorIdentity.person_id.is_(None), ActorIdentity.person_id > PersonDetail.person_id))
        .order_by(ActorIdentity.identity_id, PersonDetail.person_id)
        .distinct()
        .limit(limit)
    )
    return [_suggestion(identity, detail, "email") for identity, detail in rows]


def _suggestion(
    identity: ActorIdentity, detail: PersonDetail, because: Literal["staff_code", "email"]
) -> Suggestion:
    return Suggestion(
        identity_id=identity.identity_id,
        home_page=identity.home_page,
        account_name=identity.account_name,
        person_id=detail.person_id,
        staff_code=detail.staff_code,
        because=because,
    )
