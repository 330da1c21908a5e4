"""Keys for the xAPI door."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from xapi_bridge.access_errors import (
    AuthorityForKeyMalformed,
    CredentialExpired,
    CredentialNotFound,
    CredentialRevoked,
    CredentialUnknown,
    LifetimeMalformed,
    ScopeUnknown,
)
from xapi_bridge.statement import Account
from xapi_bridge.store.credentials import (
    NewCredential,
    Terms,
    authenticate,
    create_credential,
    is_use_unnoted,
    issue_credential,
    list_credentials,
    note_use,
    revoke_credential,
    rotate_secret,
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

    credential = authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)

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
        authenticate(session.connection(), made.key, secret, now=NOW, pepper=pepper)


@pytest.mark.parametrize("key", ["", "unknown", "ab\x00cd", "đ" * 40, "a" * 500])
def test_an_unknown_or_impossible_key_opens_nothing(session, key):
    with pytest.raises(CredentialUnknown):
        authenticate(session.connection(), key, "secret", now=NOW, pepper=PEPPER)


def test_a_key_ends_at_its_instant(session):
    made = create(session, expires_at=NOW + timedelta(days=1))

    authenticate(session.connection(), made.key, made.secret, now=NOW + timedelta(hours=23), pepper=PEPPER)
    with pytest.raises(CredentialExpired):
        authenticate(session.connection(), made.key, made.secret, now=NOW + timedelta(days=1), pepper=PEPPER)


def test_a_revoked_key_is_refused_at_once_and_keeps_its_first_instant(session):
    made = create(session)

    revoke_credential(session, made.key, now=NOW)
    revoke_credential(session, made.key, now=NOW + timedelta(days=1))

    with pytest.raises(CredentialRevoked):
        authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)
    assert list_credentials(session)[0].revoked_at == NOW


def test_that_a_key_is_revoked_is_told_only_to_who_knows_its_secret(session):
    made = create(session)
    revoke_credential(session, made.key, now=NOW)

    with pytest.raises(CredentialUnknown):
        authenticate(session.connection(), made.key, "guess", now=NOW, pepper=PEPPER)


def test_use_is_noted_at_most_once_a_minute(session):
    made = create(session)
    unused = authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)
    note_use(session, made.key, now=NOW)
    used = authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)

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


# ---- a new secret ----


def rotate(session: Session, key: str, **overlap: float) -> NewCredential:
    return rotate_secret(session, key, overlap=timedelta(**overlap), now=NOW, pepper=PEPPER)


def test_the_old_secret_opens_until_its_overlap_is_over(session):
    made = create(session)

    renewed = rotate(session, made.key, hours=1)

    for secret, hours, opens in (
        (renewed.secret, 0, True),
        (renewed.secret, 900, True),
        (made.secret, 0.99, True),
        (made.secret, 1, False),
    ):
        if opens:
            authenticate(
                session.connection(), made.key, secret, now=NOW + timedelta(hours=hours), pepper=PEPPER
            )
            continue
        with pytest.raises(CredentialUnknown):
            authenticate(
                session.connection(), made.key, secret, now=NOW + timedelta(hours=hours), pepper=PEPPER
            )


def test_without_an_overlap_the_old_secret_ends_at_once(session):
    made = create(session)

    rotate(session, made.key)

    with pytest.raises(CredentialUnknown):
        authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)


def test_only_two_secrets_open_at_once(session):
    first = create(session)
    second = rotate(session, first.key, days=7)

    rotate(session, first.key, days=7)

    authenticate(session.connection(), first.key, second.secret, now=NOW, pepper=PEPPER)
    with pytest.raises(CredentialUnknown):
        authenticate(session.connection(), first.key, first.secret, now=NOW, pepper=PEPPER)


def test_a_key_that_ended_gets_no_new_secret(session):
    revoked, expired = create(session), create(session, expires_at=NOW + timedelta(seconds=1))
    revoke_credential(session, revoked.key, now=NOW)

    with pytest.raises(CredentialRevoked):
        rotate(session, revoked.key)
    with pytest.raises(CredentialExpired):
        rotate_secret(session, expired.key, overlap=timedelta(0), now=NOW + timedelta(days=1), pepper=PEPPER)


@pytest.mark.parametrize("days", [-1, 31])
def test_an_overlap_has_bounds(session, days):
    with pytest.raises(LifetimeMalformed):
        rotate(session, create(session).key, days=days)


# ---- who vouches ----


def test_two_keys_of_one_authority_vouch_as_one(session):
    authority = Account(home_page="https://lms.example", name="logstore")
    terms = Terms(label="x", scopes=frozenset({"statements/write"}), authority=authority, source="moodle")

    keys = [issue_credential(session, terms, now=NOW, pepper=PEPPER) for _ in range(2)]

    found = [authenticate(session.connection(), key.key, key.secret, now=NOW, pepper=PEPPER) for key in keys]
    assert {one.authority(iri_base="https://cchc.example/") for one in found} == {authority}
    assert {one.source for one in found} == {"moodle"}


def test_a_key_without_an_authority_vouches_for_itself(session):
    made = create(session)

    credential = authenticate(session.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)

    assert credential.authority(iri_base="https://cchc.example/").name == f"key-{made.key}"


@pytest.mark.parametrize(
    ("home_page", "name"),
    [
        ("lms.example", "x"),
        ("", "x"),
        ("https://lms.example", ""),
        ("https://lms.example", "a@b.example"),
        ("https://lms.example", "x" * 161),
        ("https://lms.example", "a\x00b"),
    ],
)
def test_an_authority_that_cannot_be_is_refused(session, home_page, name):
    terms = Terms(label="x", scopes=frozenset({"all"}), authority=Account(home_page=home_page, name=name))

    with pytest.raises(AuthorityForKeyMalformed):
        issue_credential(session, terms, now=NOW, pepper=PEPPER)


def test_revoking_counts_in_every_session_from_the_next_request_on(engine, database_url):
    with Session(engine) as session, session.begin():
        made = create(session)
    other = create_database_engine(database_url)
    with Session(other) as beside:
        authenticate(beside.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)
        beside.rollback()
        with Session(engine) as session, session.begin():
            revoke_credential(session, made.key, now=NOW)

        with pytest.raises(CredentialRevoked):
            authenticate(beside.connection(), made.key, made.secret, now=NOW, pepper=PEPPER)
    other.dispose()
