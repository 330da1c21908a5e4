"""The certification's cases, and ours, sent over HTTP to a running tool by a forge outside of it.

B1-B12 are bad payloads, I1-I9 and S1-S10 valid launches, A-… our additions. At the end a table says what each
case got. Deep linking (D) is in test_deep_linking_from_outside.py.
"""

import time
from dataclasses import replace

import pytest
from flask import Response

from content_packages.player.ticket import open_ticket
from lti_tool.demo.servers import serve
from lti_tool.platforms.register import register_platform
from tests.factories.forge import CaseReport, ForgedLms, PlainBrowser, at_once, code_of, make_forge_app
from tests.factories.lti import INSTRUCTOR, LEARNER, LTI, make_rsa_key
from tests.factories.ports import find_free_port
from xapi_bridge.running_app import transaction, utc_now


@pytest.fixture(scope="module")
def report(request):
    made = CaseReport()
    yield made
    request.config.get_terminal_writer().line(made.text())


@pytest.fixture(scope="module")
def known():
    return {}


@pytest.fixture(scope="module")
def forge_url(known):
    port = find_free_port()
    with serve(make_forge_app(known), host="127.0.0.1", port=port, option=""):
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(scope="module")
def make_lms(house, known, forge_url):
    """Makes a forged LMS of that name that the tool knows."""

    def make(name: str) -> ForgedLms:
        lms = ForgedLms(f"{forge_url}/{name}", f"client-{name}")
        known[name] = lms
        with house.tool.app_context(), transaction() as session:
            register_platform(
                session,
                issuer=lms.issuer,
                client_id=lms.client_id,
                deployment_id=lms.deployment_id,
                authorization_url=f"{lms.issuer}/auth",
                token_url=f"{lms.issuer}/token",
                key_set_url=f"{lms.issuer}/keys",
                name=name,
                now=utc_now(),
            )
        return lms

    return make


@pytest.fixture(scope="module")
def lms(make_lms):
    return make_lms("usual")


@pytest.fixture
def browser(house, lms):
    return PlainBrowser(house.installation.tool_url, lms)


def role_opened(house, answer) -> str:
    """Which privilege the launch opened with: the seal of the address is the one thing looked into."""
    assert answer.status_code == 303, answer.text
    key = answer.headers["Location"].split("/")[2]
    return open_ticket(key, secret=house.installation.secret_key, now=utc_now()).role


# Bad payloads


def without(*names):
    return dict.fromkeys(names)


BAD = {
    "B1 no kid": ("key_id_missing", {"sign": lambda lms: lambda body: lms.sign(body, kid=None)}),
    "B2 wrong kid": ("signing_key_unknown", {"sign": lambda lms: lambda body: lms.sign(body, kid="x")}),
    "B3 wrong version": ("version_unsupported", {f"{LTI}version": "11.3"}),
    "B4 no version": ("claim_missing", without(f"{LTI}version")),
    "B5 no LTI message": ("", {"sign": lambda lms: lambda _body: lms.sign({"name": "badltilaunch"})}),
    "B6 claims missing": ("", without("aud", "iss", "sub", f"{LTI}deployment_id", f"{LTI}roles")),
    "B7 wrong times": ("id_token_expired", {"iat": 11111, "exp": 22222}),
    "B8 no message type": ("claim_missing", without(f"{LTI}message_type")),
    "B9 no roles": ("claim_missing", without(f"{LTI}roles")),
    "B10 no deployment": ("claim_missing", without(f"{LTI}deployment_id")),
    "B11 no resource link": ("claim_missing", without(f"{LTI}resource_link")),
    "B12 no subject": ("claim_missing", without("sub")),
}


@pytest.mark.parametrize("role", [INSTRUCTOR, LEARNER], ids=["instructor", "learner"])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_payload_gets_a_page_with_a_code_and_no_session(browser, lms, report, case, role):
    code, changes = BAD[case]
    sign = changes.get("sign")
    changed = {name: value for name, value in changes.items() if name != "sign"}

    answer = browser.launch(role=role, sign=sign(lms) if sign else None, **changed)

    report.note(f"{case}, {role.rpartition('#')[2]}", answer)
    assert 400 <= answer.status_code < 500
    assert "Traceback" not in answer.text
    assert code_of(answer) == code if code else code_of(answer)


# Valid launches

NO_NAMES = without("name", "given_name", "family_name")
BARE = NO_NAMES | without("email", f"{LTI}context")
STUDENT = "http://purl.imsglobal.org/vocab/lis/v2/institution/person#Student"
VALID = {
    "1 plain": (None, {}),
    "2 several roles": (None, {"roles": ["{role}", STUDENT]}),
    "3 short role": (None, {"roles": ["{short}"]}),
    "4 unknown role": ("learner", {"roles": ["http://example.test/roles#{short}"]}),
    "5 empty role": ("learner", {"roles": [""]}),
    "5 no role": ("learner", {"roles": []}),
    "6 email only": (None, NO_NAMES),
    "7 names only": (None, without("email")),
    "8 no personal data": (None, NO_NAMES | without("email")),
    "9 email without course": (None, NO_NAMES | without(f"{LTI}context")),
    "10 only the resource link": (None, BARE),
}


@pytest.mark.parametrize(
    ("letter", "role", "own"),
    [("I", INSTRUCTOR, "teacher"), ("S", LEARNER, "learner")],
    ids=["instructor", "learner"],
)
@pytest.mark.parametrize("case", VALID)
def test_a_valid_launch_opens_with_the_privilege_of_its_known_roles(
    house, browser, report, case, letter, role, own
):
    privilege, changes = VALID[case]
    short = role.rpartition("#")[2]
    roles = [text.format(role=role, short=short) for text in changes.get("roles", ["{role}"])]
    changed = {name: value for name, value in changes.items() if name != "roles"}

    answer = browser.launch(role=role, **changed | {f"{LTI}roles": roles})

    report.note(f"{letter}{case}", answer)
    assert role_opened(house, answer) == (privilege or own)
    assert browser.send("GET", answer.headers["Location"]).status_code == 200


# Our additions

LONG_AGO = int(time.time()) - 365 * 24 * 3600
CHANGED = {
    "A no exp": ("claim_missing", without("exp")),
    "A no iat": ("claim_missing", without("iat")),
    "A old iat, far exp": ("id_token_too_old", {"iat": LONG_AGO, "exp": LONG_AGO + 10**9}),
    "A iat far ahead": ("id_token_from_future", {"iat": 10**10, "exp": 10**10 + 60}),
    "A no nonce": ("", without("nonce")),
    "A wrong nonce": ("nonce_mismatch", {"nonce": "another"}),
    "A azp of another": ("authorized_party_mismatch", {"azp": "another"}),
    "A aud of another": ("audience_mismatch", {"aud": "another"}),
    "A issuer of another": ("issuer_mismatch", {"iss": "https://another.example"}),
    "A deployment unknown": ("deployment_unknown", {f"{LTI}deployment_id": "99"}),
    "A no target": ("claim_missing", without(f"{LTI}target_link_uri")),
    "A target elsewhere": ("target_changed", {f"{LTI}target_link_uri": "https://elsewhere.example/"}),
    "A roles no list": ("claim_malformed", {f"{LTI}roles": INSTRUCTOR}),
    "A context no object": ("claim_malformed", {f"{LTI}context": "2"}),
    "A resource link too long": ("claim_malformed", {f"{LTI}resource_link": {"id": "x" * 300}}),
    "A message type unknown": ("message_type_unknown", {f"{LTI}message_type": "LtiSomethingElse"}),
}


@pytest.mark.parametrize("case", CHANGED)
def test_a_message_that_breaks_one_rule_more_is_refused(browser, report, case):
    code, changes = CHANGED[case]

    answer = browser.launch(**changes)

    report.note(case, answer)
    assert 400 <= answer.status_code < 500
    assert code_of(answer) == code if code else code_of(answer)


SIGNED = {
    "A forged signature": lambda lms: lambda body: lms.sign(body, key=make_rsa_key("thief")),
    "A alg none": lambda lms: lms.sign_nothing,
    "A HS256 with the public key": lambda lms: lms.sign_with_public_key,
    "A RS512 where the key says RS256": lambda lms: lambda body: lms.sign(body, algorithm="RS512"),
    "A not a token": lambda _lms: lambda _body: "rubbish",
}


@pytest.mark.parametrize("case", SIGNED)
def test_a_message_signed_in_another_way_is_refused(browser, lms, report, case):
    answer = browser.launch(sign=SIGNED[case](lms))

    report.note(case, answer)
    assert answer.status_code == 401
    assert code_of(answer)


@pytest.mark.parametrize("offset", [2, -1])
def test_clocks_that_differ_by_seconds_do_not_matter(browser, report, offset):
    now = int(time.time())
    times = {"iat": now + offset} if offset > 0 else {"iat": now - 60, "exp": now + offset}

    answer = browser.launch(**times)

    report.note(f"A clock {offset:+} s", answer)
    assert answer.status_code == 303


@pytest.mark.parametrize("place", [0, 1])
def test_our_client_id_may_stand_anywhere_in_a_list_of_audiences(browser, lms, report, place):
    audiences = ["another"]
    audiences.insert(place, lms.client_id)

    answer = browser.launch(aud=audiences, azp=lms.client_id)

    report.note(f"A aud list, ours at {place}", answer)
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("case", "changes"),
    [
        ("A issuer unknown at login", {"iss": "https://nobody.example"}),
        ("A client unknown at login", {"client_id": "nobody"}),
        ("A no login_hint", {"login_hint": None}),
        ("A no target at login", {"target_link_uri": None}),
        ("A target elsewhere at login", {"target_link_uri": "https://elsewhere.example/"}),
    ],
)
def test_a_login_that_breaks_a_rule_gets_a_page_with_a_code(browser, report, case, changes):
    answer = browser.login(**changes)

    report.note(case, answer)
    assert 400 <= answer.status_code < 500
    assert code_of(answer)


def test_a_message_posted_twice_opens_once(browser, report):
    asked = browser.begin()
    token = browser.lms.sign(browser.claims(asked["nonce"], role=LEARNER))
    first = browser.post(asked["state"], token)

    again = browser.post(asked["state"], token)

    report.note("A replay, same browser", again)
    assert (first.status_code, again.status_code) == (303, 403)


def test_a_message_posted_twice_at_once_opens_once(browser, report):
    asked = browser.begin()
    token = browser.lms.sign(browser.claims(asked["nonce"], role=LEARNER))

    answers = at_once(*[lambda: browser.post(asked["state"], token)] * 4)

    assert sorted(answer.status_code for answer in answers) == [303, 403, 403, 403]


def test_a_message_stolen_by_another_browser_opens_nothing(browser, report):
    asked = browser.begin()
    token = browser.lms.sign(browser.claims(asked["nonce"], role=LEARNER))

    stolen = browser.another().post(asked["state"], token)

    report.note("A replay, other browser", stolen)
    assert stolen.status_code == 403


def test_the_login_of_one_registration_does_not_take_the_message_of_another(browser, make_lms, report):
    other = make_lms("other")
    asked = browser.begin()
    message = replace(browser, lms=other).claims(asked["nonce"], role=LEARNER)

    answer = browser.post(asked["state"], other.sign(message))

    report.note("A nonce of another registration", answer)
    assert 400 <= answer.status_code < 500


@pytest.mark.parametrize("state", [None, "", "forged"])
def test_a_state_that_was_never_given_out_is_refused(browser, report, state):
    asked = browser.begin()

    answer = browser.post(state, browser.lms.sign(browser.claims(asked["nonce"], role=LEARNER)))

    report.note(f"A state {state!r}", answer)
    assert answer.status_code == 403


def test_what_the_lms_says_instead_of_a_message_is_shown(browser, report):
    asked = browser.begin()

    answer = browser.post(asked["state"], None, error="access_denied", error_description="<b>Nobody</b>")

    report.note("A error of the LMS", answer)
    assert code_of(answer) == "platform_answered_error"
    assert "<b>Nobody</b>" not in answer.text


BROKEN_KEY_SETS = {
    "A keys down": lambda: Response("down", 503),
    "A keys HTML": lambda: Response("<h1>Sign in</h1>", 200, mimetype="text/html"),
    "A keys oversized": lambda: Response('{"keys": [' + " " * 5_000_000 + "]}", 200),
    "A keys empty": lambda: Response('{"keys": []}', 200),
}


@pytest.mark.parametrize("case", BROKEN_KEY_SETS)
def test_a_key_set_that_cannot_be_used_gives_a_page_with_a_code(house, make_lms, report, case):
    lms = make_lms(case.rpartition(" ")[2])
    lms.key_set = BROKEN_KEY_SETS[case]

    answer = PlainBrowser(house.installation.tool_url, lms).launch()

    report.note(case, answer)
    assert answer.status_code in {401, 502}
    assert code_of(answer)


def test_a_slow_key_set_does_not_hold_the_launch_for_ever(house, make_lms, report):
    lms = make_lms("slow")
    lms.key_set = lambda: (time.sleep(20), Response("{}"))[1]
    begun_at = time.monotonic()

    answer = PlainBrowser(house.installation.tool_url, lms).launch()

    report.note("A keys slow", answer)
    assert answer.status_code == 502
    assert time.monotonic() - begun_at < 15


def test_soon_after_the_lms_changed_its_key_launches_open_again(house, make_lms, report):
    lms = make_lms("rotating")
    browser = PlainBrowser(house.installation.tool_url, lms)
    before = browser.launch()
    lms.rotate()

    # An unknown key id may have the key set read again once in ten seconds, not at every stranger's request.
    give_up_at = time.monotonic() + 30
    after = browser.launch()
    while after.status_code != 303 and time.monotonic() < give_up_at:
        time.sleep(1)
        after = browser.launch()

    report.note("A keys rotated", after)
    assert (before.status_code, after.status_code) == (303, 303)
