"""Who asks at the xAPI door, and what the key may do (xAPI Communication 4)."""

from flask import Request

from xapi_bridge.errors import CredentialMissing, ScopeMissing
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.credentials import Credential, authenticate, is_use_unnoted, note_use


def recognise(request: Request) -> Credential:
    """The credential of a request with Basic authorization.

    Raises:
        CredentialMissing, CredentialUnknown, CredentialExpired, CredentialRevoked: all answered 401.
    """
    given = request.authorization
    if given is None or given.type != "basic" or given.username is None or given.password is None:
        raise CredentialMissing("Send key and secret as HTTP Basic authorization.")
    instant = now()
    with reading() as session:
        credential = authenticate(
            session, given.username, given.password, now=instant, pepper=section(LrsSettings).secret
        )
    if is_use_unnoted(credential, now=instant):
        with transaction() as session:
            note_use(session, credential.key, now=instant)
    return credential


def require_writing(credential: Credential) -> Account:
    """The account that vouches for what this key records.

    Raises:
        ScopeMissing: the key may only read.
    """
    if not credential.may_write:
        raise ScopeMissing("This key may read only. Recording needs the scope statements/write or all.")
    return credential.authority(iri_base=section(LrsSettings).iri_base)


def require_reading(credential: Credential) -> Account | None:
    """Whose statements the key may read: None for everybody's, else only what this account vouches for.

    Raises:
        ScopeMissing: the key may only write.
    """
    if credential.may_read_all:
        return None
    if not credential.may_read_own:
        raise ScopeMissing("This key may write only. Reading needs a scope such as statements/read.")
    return credential.authority(iri_base=section(LrsSettings).iri_base)


def challenge(request: Request) -> str:
    """The WWW-Authenticate of a 401.

    A browser answers the scheme Basic with a dialog of its own, also when a script on a page asked. Scripts
    get a scheme that browsers leave alone; people and programs get the real one.
    """
    by_script = request.headers.get("Sec-Fetch-Mode", "navigate") != "navigate" or "Origin" in request.headers
    return 'xBasic realm="xAPI"' if by_script else 'Basic realm="xAPI", charset="UTF-8"'
