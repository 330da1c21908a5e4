"""Keys for the xAPI door."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from xapi_bridge.errors import (
    CredentialExpired,
    CredentialNotFound,
    CredentialRevoked,
    CredentialUnknown,
    ScopeUnknown,
)
from xapi_bridge.store.credentials import (
    NewCredential,
    authenticate,
    create_credential,
    is_use_unnoted,
    list_credentials,
    note_use,
    revoke_credential,
)
from xapi_bridge.store.models import CredentialRow

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
PEPPER = b"pepper of the test"


def create(session: Session, *scopes: str, expires_at: datetime | None = None) -> NewCredential:
    return create_credential(
        session,
        label="Phòng thống kê",
        scopes=scopes or ("statements/read",),
        expires_at=expires_at,
        now=NOW,
        pepper=PEPPER,
    )


def test_a_new_key_opens_with_its_secret(session):
    made = create(session, "statements/read", "statements/write")

    credential = authenticate(session, made.key, made.secret, now=NOW, pepper=PEPPER)

    assert credential.label == "Phòng thống kê"
    assert credential.scopes == {"statements/read", "statements/write"}


def test_the_secret_is_kept_nowhere(session):
    made = create(session)

    row = session.scalars(select(CredentialRow)).one()

    assert made.secret.encode() not in row.secret_hash
    assert made.secret not in repr(vars(row))


@pytest.mark.parametrize("pepper", [PEPPER, b"another pepper"])
@pytest.mark.parametrize("secret", ["", "wrong", "đúng"])
def test_a_wrong_secret_or_pepper_opens_nothing(session, secret, pepper):
    made = create(session)

    with pytest.raises(CredentialUnknown):
        authenticate(session, made.key, secret, now=NOW, pepper=pepper)


@pytest.mark.parametrize("key", ["", "unknown", "ab\x00cd", "đ" * 40, "a" * 500])
def test_an_unknown_or_impossible_key_opens_nothing(session, key):
    with pytest.raises(CredentialUnknown):
        authenticate(session, key, "secret", now=NOW, pepper=PEPPER)


def test_a_key_ends_at_its_instant(session):
    made = create(session, expires_at=NOW + timedelta(days=1))

    authenticate(session, made.key, made.secret, now=NOW + timedelta(hours=23), pepper=PEPPER)
    with pytest.raises(CredentialExpired):
        authenticate(session, made.key, made.secret, now=NOW + timedelta(days=1), pepper=PEPPER)


def test_a_revoked_key_is_refused_at_once_and_keeps_its_first_instant(session):
    made = create(session)

    revoke_credential(session, made.key, now=NOW)
    revoke_credential(session, made.key, now=NOW + timedelta(days=1))

    with pytest.raises(CredentialRevoked):
        authenticate(session, made.key, made.secret, now=NOW, pepper=PEPPER)
    assert list_credentials(session)[0].revoked_at == NOW


def test_that_a_key_is_revoked_is_told_only_to_who_knows_its_secret(session):
    made = create(session)
    revoke_credential(session, made.key, now=NOW)

    with pytest.raises(CredentialUnknown):
        authenticate(session, made.key, "guess", now=NOW, pepper=PEPPER)


def test_use_is_noted_at_most_once_a_minute(session):
    made = create(session)
    unused = authenticate(session, made.key, made.secret, now=NOW, pepper=PEPPER)
    note_use(session, made.key, now=NOW)
    used = authenticate(session, made.key, made.secret, now=NOW, pepper=PEPPER)

    assert is_use_unnoted(unused, now=NOW)
    assert not is_use_unnoted(used, now=NOW + timedelta(seconds=59))
    assert is_use_unnoted(used, now=NOW + timedelta(seconds=60))


@pytest.mark.parametrize("scopes", [[], ["everything"], ["all", "statements/delete"]])
def test_only_known_scopes_can_be_given(session, scopes):
    with pytest.raises(ScopeUnknown):
        create_credential(session, label="x", scopes=scopes, expires_at=None, now=NOW, pepper=PEPPER)


def test_revoking_an_unknown_key_says_so(session):
    with pytest.raises(CredentialNotFound):
        revoke_credential(session, "0123", now=NOW)
