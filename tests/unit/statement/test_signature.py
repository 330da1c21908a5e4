"""Signed statements (xAPI Data 2.6): what is a signature of this statement, and a table of what is not."""

import base64
import json
from uuid import uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.attachments import ESSAY, make_attachment
from tests.factories.signing import (
    certificate_of,
    make_curve_key,
    make_jws,
    make_key,
    make_signature,
    make_signed,
)
from tests.factories.statements import make_agent, make_properties
from xapi_bridge.statement import parse_statement
from xapi_bridge.statement.errors import (
    SignatureAlgorithmRefused,
    SignatureKeyRefused,
    SignatureMalformed,
    SignatureRefused,
    SignatureWrong,
    SignedStatementDiffers,
)
from xapi_bridge.statement.signature import check_signature

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PLAIN = make_properties(id=ID, timestamp="2026-11-24T02:00:00Z")
SECRET = "a secret that both sides know, long enough for its hash, and still no proof of anything"


def check(properties, signature, *, version="1.0.3", **declared):
    """Checks the signature as the last attachment of the statement."""
    statement = parse_statement(
        json.dumps(make_signed(properties, signature, **declared)).encode(), version=version
    )
    check_signature(statement, statement.attachments[-1], signature, at="attachments[0]")


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_over_the_statement_is_taken(algorithm):
    check(PLAIN, make_signature(PLAIN, algorithm=algorithm))


@pytest.mark.parametrize("algorithm", ["RS256", "RS384", "RS512"])
def test_a_signature_is_verified_with_its_own_certificate(algorithm):
    chain = [certificate_of(make_key()), certificate_of(make_key(number=1))]

    check(PLAIN, make_signature(PLAIN, algorithm=algorithm, x5c=chain))


def without(name):
    return {key: value for key, value in PLAIN.items() if key != name}


WITH_ESSAY = {**PLAIN, "attachments": [make_attachment(ESSAY)]}
SAME = {
    "other order and blanks": (PLAIN, json.dumps(dict(reversed(PLAIN.items())), indent=2).encode()),
    "an id that was assigned later": (PLAIN, without("id")),
    "a timestamp that was assigned later": (PLAIN, without("timestamp")),
    "another zone": (PLAIN, {**PLAIN, "timestamp": "2026-11-24T09:00:00+07:00"}),
    "what a store assigns": (
        {**PLAIN, "stored": "2026-11-24T02:00:01Z", "authority": make_agent("a"), "version": "1.0.3"}, PLAIN,
    ),
    "no attachments as an empty list": (PLAIN, {**PLAIN, "attachments": []}),
    "other attachments, signed as well": (WITH_ESSAY, WITH_ESSAY),
}  # fmt: skip


@pytest.mark.parametrize(("sent", "signed"), SAME.values(), ids=SAME.keys())
def test_what_a_store_may_assign_does_not_count(sent, signed):
    check(sent, make_signature(signed))


def test_a_second_signature_may_sign_the_first():
    first = make_signature(PLAIN)
    once = make_signed(PLAIN, first)

    check(once, make_signature(once, key=make_key(number=1)))


def test_a_statement_of_2_0_0_is_compared_by_its_rules():
    agents = {"contextAgents": [{"objectType": "contextAgent", "agent": make_agent("a")}]}
    properties = {**PLAIN, "context": agents}

    check(properties, make_signature(properties), version="2.0.0")


DIFFERENT = {
    "another actor": {**PLAIN, "actor": make_agent("b")},
    "another verb": {**PLAIN, "verb": {"id": "http://adlnet.gov/expapi/verbs/failed"}},
    "another result": {**PLAIN, "result": {"success": True}},
    "another id": {**PLAIN, "id": str(uuid4())},
    "another time": {**PLAIN, "timestamp": "2026-11-24T02:00:01Z"},
    "an attachment more": WITH_ESSAY,
    "no statement": {"hello": "world"},
    "no JSON": json.dumps(PLAIN).replace('"', "'").encode(),
    "nothing": b"",
    "a list": [PLAIN],
    "a statement that breaks a rule": {**PLAIN, "actor": {}},
}


@pytest.mark.parametrize("signed", DIFFERENT.values(), ids=DIFFERENT.keys())
def test_a_signature_over_something_else_is_refused(signed):
    with pytest.raises(SignedStatementDiffers):
        check(PLAIN, make_signature(signed))


RAW = json.dumps(PLAIN).encode()
GOOD = make_signature(PLAIN)
MALFORMED = {
    "nothing": b"",
    "the statement itself": RAW,
    "two parts": GOOD.rsplit(b".", 1)[0],
    "four parts": GOOD + b".x",
    "no signature": GOOD.rsplit(b".", 1)[0] + b".",
    "a header that is no base64": b"!!!." + GOOD.split(b".", 1)[1],
    "a payload that is no base64": b".".join([GOOD.split(b".")[0], b"a=b c", GOOD.split(b".")[2]]),
    "a signature that is no base64": GOOD + b"*",
    "a line end": GOOD + b"\n",
    "bytes that are no text": b"\xff" + GOOD,
    "a header that is no object": make_jws(["RS256"], RAW),
    "a header that is no JSON": b"aGVsbG8." + GOOD.split(b".", 1)[1],
    "critical extensions": make_jws({"alg": "RS256", "crit": ["exp"], "exp": 1}, RAW),
    "a detached payload": make_jws({"alg": "RS256", "b64": False, "crit": ["b64"]}, b""),
    "the JSON serialization": json.dumps({"payload": "", "signatures": []}).encode(),
}


@pytest.mark.parametrize("signature", MALFORMED.values(), ids=MALFORMED.keys())
def test_what_is_no_compact_jws_is_refused(signature):
    with pytest.raises(SignatureMalformed):
        check(PLAIN, signature)


@pytest.mark.parametrize("content_type", ["text/plain", "application/jose", "application/octet-stream; x=y"])
def test_a_signature_is_declared_as_octet_stream(content_type):
    with pytest.raises(SignatureMalformed, match="contentType"):
        check(PLAIN, GOOD, contentType=content_type)


@pytest.mark.parametrize(
    "signature",
    [
        make_signature(PLAIN, key=SECRET, algorithm="HS256"),
        make_signature(PLAIN, key=make_curve_key(), algorithm="ES256"),
        make_signature(PLAIN, algorithm="PS256"),
        make_jws({"alg": "none"}, RAW),
        make_jws({"alg": "rs256"}, RAW),
        make_jws({"alg": ["RS256"]}, RAW),
        make_jws({}, RAW),
    ],
    ids=["HS256", "ES256", "PS256", "none", "small letters", "a list", "absent"],
)
def test_other_algorithms_are_refused(signature):
    with pytest.raises(SignatureAlgorithmRefused):
        check(PLAIN, signature)


BAD_CHAINS = {
    "empty": [],
    "a text": certificate_of(make_key()),
    "numbers": [1],
    "no base64": ["!!!!"],
    "no certificate": [base64.b64encode(b"hello").decode()],
    "a second that is none": [certificate_of(make_key()), base64.b64encode(b"hello").decode()],
    "a key of another kind": [certificate_of(make_curve_key())],
    "a small key": [certificate_of(make_key(bits=1024))],
}


@pytest.mark.parametrize("chain", BAD_CHAINS.values(), ids=BAD_CHAINS.keys())
def test_a_chain_without_a_usable_certificate_is_refused(chain):
    with pytest.raises(SignatureKeyRefused):
        check(PLAIN, make_signature(PLAIN, x5c=chain))


def test_another_key_than_that_of_the_certificate_is_refused():
    with pytest.raises(SignatureWrong):
        check(PLAIN, make_signature(PLAIN, x5c=[certificate_of(make_key(number=1))]))


def test_a_changed_payload_is_refused_though_it_is_the_statement():
    changed = {**PLAIN, "actor": make_agent("b")}
    header, _, proof = make_signature(PLAIN, x5c=[certificate_of(make_key())]).split(b".")
    payload = base64.urlsafe_b64encode(json.dumps(changed).encode()).rstrip(b"=")

    with pytest.raises(SignatureWrong):
        check(changed, b".".join([header, payload, proof]))


@settings(max_examples=300, deadline=None)
@given(start=st.integers(0, 2500), length=st.integers(0, 8), inserted=st.binary(max_size=8))
def test_a_damaged_signature_is_refused_by_a_rule_or_says_the_same(start, length, inserted):
    good = make_signature(PLAIN, x5c=[certificate_of(make_key())])
    start = min(start, len(good))
    damaged = good[:start] + inserted + good[start + length :]

    if damaged == good:
        check(PLAIN, damaged)
    else:
        with pytest.raises(SignatureRefused):
            check(PLAIN, damaged)
