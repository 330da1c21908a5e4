"""Who comes in: a pseudonymous account for the records; `lti_tool.identity` finds the official behind it."""

import hashlib
import hmac

from sqlalchemy.orm import Session

from xapi_bridge.statement import Account
from xapi_bridge.store.erased import is_erased


def account_from_subject(issuer: str, subject: str, *, secret: str, times_erased: int = 0) -> Account:
    """The account of an LMS user in statements: the platform, and a name that tells nothing about the person.

    The name is an HMAC-SHA256 under `secret`, so that whoever reads statements cannot find the user by trying
    out the LMS's small user numbers. It stays the same for as long as the secret does.

    Args:
        times_erased: how often the user's records were erased. Whoever comes back afterwards is someone new:
            ids of statements follow from the account, and those of the erased one are taken for ever.
    """
    # The first words keep this use of the secret apart from every other.
    message = f"cchc pseudonym|{issuer}|{subject}" + (f"|{times_erased}" if times_erased else "")
    name = hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()[:32]
    return Account(home_page=issuer, name=name)


def find_current_account(session: Session, issuer: str, subject: str, *, secret: str) -> Account:
    """The account under which an LMS user learns now: a fresh one after an erasure."""
    times_erased = 0
    while True:
        account = account_from_subject(issuer, subject, secret=secret, times_erased=times_erased)
        if not is_erased(session, ("account", account.home_page, account.name)):
            return account
        times_erased += 1
