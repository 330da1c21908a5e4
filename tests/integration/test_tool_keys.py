"""Our own keys: made once, sealed, published."""

import threading

import jwt
from jwt import PyJWK
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.platforms.models import ToolKey
from lti_tool.platforms.tool_keys import (
    create_tool_key,
    find_or_create_signing_key,
    find_signing_key,
    publish_key_set,
)
from tests.factories.lti import SECRET, TOOL, open_tool


def test_the_first_use_makes_a_key_and_later_ones_find_it(session, clock):
    made = find_or_create_signing_key(session, secret=SECRET, now=clock())

    assert find_or_create_signing_key(session, secret=SECRET, now=clock()) == made


def test_the_database_alone_signs_nothing(session, clock):
    made = create_tool_key(session, secret=SECRET, now=clock())

    row = session.scalars(select(ToolKey)).one()
    kept = f"{row.public_key}{row.sealed_private_key}"
    assert "PRIVATE KEY" in made.private_key
    assert "PRIVATE" not in kept
    assert find_signing_key(session, secret="another secret") is None


def test_a_key_of_an_earlier_secret_is_passed_over(session, clock):
    old = create_tool_key(session, secret="the earlier secret", now=clock())

    new = find_or_create_signing_key(session, secret=SECRET, now=clock())

    assert new.kid != old.kid


def test_the_newest_key_signs_and_the_earlier_ones_stay_published(session, clock):
    old = create_tool_key(session, secret=SECRET, now=clock())
    clock.forward(days=1)
    new = create_tool_key(session, secret=SECRET, now=clock())

    published = [key["kid"] for key in publish_key_set(session)["keys"]]
    assert find_signing_key(session, secret=SECRET) == new
    assert published == [new.kid, old.kid]


def test_a_retired_key_neither_signs_nor_is_published(session, clock):
    key = create_tool_key(session, secret=SECRET, now=clock())
    session.get(ToolKey, key.kid).retired_at = clock()

    assert find_signing_key(session, secret=SECRET) is None
    assert publish_key_set(session) == {"keys": []}


def test_the_key_set_verifies_what_we_sign_and_shows_no_private_part(database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        answer = app.test_client().get("/lti/jwks.json", base_url=TOOL)
    with Session(engine) as session:
        key = find_signing_key(session, secret=SECRET)

    (published,) = answer.json["keys"]
    assert set(published) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (published["kid"], published["alg"], published["use"]) == (key.kid, "RS256", "sig")
    signed = jwt.encode({"sub": "x"}, key.private_key, algorithm="RS256", headers={"kid": key.kid})
    assert jwt.decode(signed, PyJWK(published).key, algorithms=["RS256"]) == {"sub": "x"}


def test_asking_for_the_key_set_again_makes_no_second_key(database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        first = app.test_client().get("/lti/jwks.json", base_url=TOOL)
        second = app.test_client().get("/lti/jwks.json", base_url=TOOL)

    assert first.json == second.json
    assert first.headers["Cache-Control"] == "public, max-age=300"


def test_a_key_set_that_has_not_changed_is_not_sent_again(database_url, engine, clock):
    with open_tool(database_url, clock=clock) as app:
        client = app.test_client()
        known = client.get("/lti/jwks.json", base_url=TOOL).headers["ETag"]

        same = client.get("/lti/jwks.json", base_url=TOOL, headers={"If-None-Match": known})
        with Session(engine) as session, session.begin():
            create_tool_key(session, secret=SECRET, now=clock())
        changed = client.get("/lti/jwks.json", base_url=TOOL, headers={"If-None-Match": known})

    assert (same.status_code, changed.status_code) == (304, 200)
    assert len(changed.json["keys"]) == 2


def test_many_first_uses_at_the_same_moment_make_one_key(engine, clock):
    start = threading.Barrier(4)

    def use_at_once():
        start.wait()
        with Session(engine) as session, session.begin():
            find_or_create_signing_key(session, secret=SECRET, now=clock())

    threads = [threading.Thread(target=use_at_once) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    with Session(engine) as session:
        assert len(publish_key_set(session)["keys"]) == 1
