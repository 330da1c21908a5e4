"""The client of platforms' key sets: cached, patient with outages, quick with new keys, never impressed."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
import requests
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from lti_tool.platforms.errors import KeySetUnavailable, SigningKeyUnknown
from lti_tool.platforms.key_sets import KeySets
from tests.factories.lti import FakePlatform, json_answer, make_http, make_jwk, make_rsa_key

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
URL = "https://lms.example.test/keys"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def key_sets(platform):
    return KeySets(make_http(platform))


def fail(_request):
    raise requests.ConnectionError("down")


def hang(_request):
    raise requests.ReadTimeout("slow")


def after(**length):
    return NOW + timedelta(**length)


def test_a_key_is_found_by_its_id(key_sets, platform):
    pem = key_sets.find_public_key(URL, "lms-key-1", now=NOW)

    public = platform.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    assert pem == public.decode()


def test_a_copy_is_used_for_an_hour(key_sets, platform):
    key_sets.find_public_key(URL, "lms-key-1", now=NOW)
    key_sets.find_public_key(URL, "lms-key-1", now=after(minutes=59))
    assert len(platform.asked) == 1

    key_sets.find_public_key(URL, "lms-key-1", now=after(minutes=61))

    assert len(platform.asked) == 2


def test_an_unknown_key_id_makes_it_ask_again_but_not_more_often_than_every_ten_seconds(key_sets, platform):
    key_sets.find_public_key(URL, "lms-key-1", now=NOW)

    for second in range(30):
        with pytest.raises(SigningKeyUnknown):
            key_sets.find_public_key(URL, f"guess-{second}", now=after(seconds=second))

    assert len(platform.asked) == 3


def test_many_threads_ask_once(key_sets, platform):
    threads = [
        threading.Thread(target=key_sets.find_public_key, args=(URL, "lms-key-1"), kwargs={"now": NOW})
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(platform.asked) == 1


@pytest.mark.parametrize(
    "broken",
    [
        fail,
        hang,
        lambda _request: json_answer({}, status=500),
        lambda _request: json_answer({"keys": []}, status=404),
        lambda _request: (200, {}, b"<html>maintenance</html>"),
        lambda _request: json_answer(["keys"]),
        lambda _request: json_answer({"keys": "none"}),
        lambda _request: json_answer({"keys": ["none"]}),
        lambda _request: (200, {}, b"[" * 100_000),
        lambda _request: (200, {}, b" " * 300_000),
        lambda _request: (302, {"Location": "https://elsewhere.example.test/keys"}, b""),
    ],
)
def test_a_broken_key_set_is_refused_at_first_and_bridged_by_a_copy_later(key_sets, platform, broken):
    working = platform.answers["/keys"]
    platform.answers["/keys"] = broken
    with pytest.raises(KeySetUnavailable):
        key_sets.find_public_key(URL, "lms-key-1", now=NOW)

    platform.answers["/keys"] = working
    assert key_sets.find_public_key(URL, "lms-key-1", now=after(seconds=10))

    platform.answers["/keys"] = broken
    assert key_sets.find_public_key(URL, "lms-key-1", now=after(hours=23))
    with pytest.raises(KeySetUnavailable):
        key_sets.find_public_key(URL, "lms-key-1", now=after(hours=25))


def test_a_platform_that_is_down_is_not_asked_by_every_launch(key_sets, platform):
    platform.answers["/keys"] = fail
    for second in range(10):
        with pytest.raises(KeySetUnavailable):
            key_sets.find_public_key(URL, "lms-key-1", now=after(seconds=second))

    assert len(platform.asked) == 1


def test_a_withdrawn_key_is_forgotten_with_the_next_reading(key_sets, platform):
    key_sets.find_public_key(URL, "lms-key-1", now=NOW)
    platform.kid = "lms-key-2"

    with pytest.raises(SigningKeyUnknown):
        key_sets.find_public_key(URL, "lms-key-1", now=after(hours=2))


@pytest.mark.parametrize(
    "changes",
    [
        {"alg": "RS512"},
        {"alg": "HS256"},
        {"use": "enc"},
        {"kty": "oct"},
        {"kty": "EC"},
        {"n": None},
        {"n": "!"},
        {"e": 3},
    ],
)
def test_a_key_that_is_not_for_rs256_signatures_is_unknown(key_sets, platform, changes):
    platform.answers["/keys"] = lambda _request: json_answer(
        {"keys": [make_jwk(platform.key, "lms-key-1", **changes)]}
    )

    with pytest.raises(SigningKeyUnknown):
        key_sets.find_public_key(URL, "lms-key-1", now=NOW)


def test_a_key_may_leave_out_alg_and_use(key_sets, platform):
    platform.answers["/keys"] = lambda _request: json_answer(
        {"keys": [{"kid": 5}, make_jwk(platform.key, "lms-key-1", alg=None, use=None)]}
    )

    assert key_sets.find_public_key(URL, "lms-key-1", now=NOW)


def test_a_short_key_is_unknown(key_sets, platform):
    short = make_rsa_key("short", bits=1024)
    platform.answers["/keys"] = lambda _request: json_answer({"keys": [make_jwk(short, "lms-key-1")]})

    with pytest.raises(SigningKeyUnknown):
        key_sets.find_public_key(URL, "lms-key-1", now=NOW)


def test_the_keys_of_two_platforms_with_the_same_id_are_not_mixed_up(platform):
    second = FakePlatform(issuer="https://second.example.test", key=make_rsa_key("second"))
    key_sets = KeySets(make_http(platform, second))

    first_pem = key_sets.find_public_key(URL, "lms-key-1", now=NOW)
    second_pem = key_sets.find_public_key("https://second.example.test/keys", "lms-key-1", now=NOW)

    assert first_pem != second_pem
