"""Who comes in: a pseudonymous account for the records, and the official in our register behind it."""

import hashlib
import hmac
from datetime import datetime

from sqlalchemy.orm import Session

from sync.organization.staff import find_identity, find_person_by_staff_code, link_identity
from xapi_bridge.statement import Account


def account_from_subject(issuer: str, subject: str, *, secret: str) -> Account:
    """The account of an LMS user in statements: the platform, and a name that tells nothing about the person.

    The name is an HMAC-SHA256 under `secret`, so that whoever reads statements cannot find the user by trying
    out the LMS's small user numbers. It stays the same for as long as the secret does.
    """
    # The first words keep this use of the secret apart from every other.
    message = f"cchc pseudonym|{issuer}|{subject}"
    name = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()[:32]
    return Account(home_page=issuer, name=name)


def recognize_learner(session: Session, account: Account, *, staff_code: str | None, now: datetime) -> bool:
    """Links the account to the official whose staff code the LMS sent; whether there is an official.

    The LMS is where staff codes are kept right, so a corrected code moves the account to the right person at
    the next launch. A missing or unknown code changes nothing.
    """
    identity = find_identity(session, account, now=now)
    person = find_person_by_staff_code(session, staff_code) if staff_code else None
    if person is not None and identity.person_id != person.person_id:
        link_identity(session, identity.identity_id, person_id=person.person_id, now=now)
    return person is not None or identity.person_id is not None
