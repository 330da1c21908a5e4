"""D1-D8 of the certification: a forged LMS asks a running tool for content, and looks at what it answers."""

import html
import importlib.util
import re
import time

import jwt
import pytest

from lti_tool.demo.servers import serve
from lti_tool.platforms.register import register_platform
from tests.factories.forge import ForgedLms, PlainBrowser, code_of, make_forge_app
from tests.factories.lti import INSTRUCTOR, LEARNER, LTI
from tests.factories.ports import find_free_port
from xapi_bridge.running_app import transaction, utc_now

DL = "https://purl.imsglobal.org/spec/lti-dl/claim/"
RETURN_URL = "https://lms.example.test/chosen?course=2"

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("lti_tool.deep_linking") is None, reason="deep linking is not built yet"
)


@pytest.fixture(scope="module")
def lms(house):
    port = find_free_port()
    forged = ForgedLms(f"http://127.0.0.1:{port}/chooser", "client-chooser")
    with house.tool.app_context(), transaction() as session:
        register_platform(
            session,
            issuer=forged.issuer,
            client_id=forged.client_id,
            deployment_id=forged.deployment_id,
            authorization_url=f"{forged.issuer}/auth",
            token_url=f"{forged.issuer}/token",
            key_set_url=f"{forged.issuer}/keys",
            name="chooser",
            now=utc_now(),
        )
    with serve(make_forge_app({"chooser": forged}), host="127.0.0.1", port=port, option=""):
        yield forged


@pytest.fixture
def browser(house, lms):
    return PlainBrowser(house.installation.tool_url, lms)


def ask_for_content(browser: PlainBrowser, *, role: str = INSTRUCTOR, **settings):
    given = {
        "deep_link_return_url": RETURN_URL,
        "accept_types": ["ltiResourceLink"],
        "accept_presentation_document_targets": ["iframe", "window"],
        "accept_multiple": True,
        "data": "echo & <this>",
    } | settings
    request = {
        f"{LTI}message_type": "LtiDeepLinkingRequest",
        f"{LTI}resource_link": None,
        DL + "deep_linking_settings": {name: value for name, value in given.items() if value is not None},
    }
    return browser.launch(role=role, **request)


def settings_of(page: str) -> dict[str, str]:
    """What the form of the settings page would post as it is shown."""
    fields = {}
    for tag in re.findall(r"<input[^>]*>", page):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ("checkbox" not in tag or " checked" in tag):
            fields[html.unescape(name[1])] = html.unescape(value[1]) if value else ""
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)<', page):
        fields[html.unescape(name)] = html.unescape(text)
    return fields


def choose(browser: PlainBrowser, *contents: str) -> tuple[str, str]:
    """A teacher chooses these; where the answer is posted, and the answer."""
    entered = ask_for_content(browser)
    assert entered.status_code == 303, entered.text
    place = entered.headers["Location"].rstrip("/")
    for content in contents:
        browser.send("POST", f"{place}/gio", data={"content": content, "do": "add"})
    settings = settings_of(browser.send("GET", f"{place}/cai-dat").text)
    page = browser.send("POST", f"{place}/cai-dat", data=settings | {"do": "add"}).text
    address = re.search(r'action="([^"]*)"', page)
    token = re.search(r'name="JWT" value="([^"]*)"', page)
    assert address, page
    assert token, page
    return html.unescape(address[1]), token[1]


def read_answer(browser: PlainBrowser, token: str) -> dict:
    """D5: the signature, by the key set that the tool publishes."""
    keys = jwt.PyJWKSet.from_dict(browser.send("GET", "/lti/jwks.json").json())
    kid = jwt.get_unverified_header(token)["kid"]
    return jwt.decode(
        token, keys[kid], algorithms=["RS256"], audience=browser.lms.issuer, issuer=browser.lms.client_id
    )


def test_d1_to_d7_the_answer_is_signed_for_us_and_holds_what_was_chosen(browser):
    address, token = choose(browser, "cchc/m/thu-tuc-mot-cua", "cchc")

    answer = read_answer(browser, token)

    items = answer[DL + "content_items"]
    assert address == RETURN_URL
    assert answer[f"{LTI}message_type"] == "LtiDeepLinkingResponse"
    assert answer[f"{LTI}version"] == "1.3.0"
    assert answer[f"{LTI}deployment_id"] == browser.lms.deployment_id
    assert answer[DL + "data"] == "echo & <this>"
    assert answer["iat"] <= time.time() < answer["exp"]
    assert answer["nonce"]
    assert [item["type"] for item in items] == ["ltiResourceLink", "ltiResourceLink"]
    assert [item["custom"]["content"] for item in items] == ["cchc/m/thu-tuc-mot-cua", "cchc"]
    assert all(item["title"] and item["url"].startswith(browser.tool_url) for item in items)


def test_d8_the_returned_link_opens(browser):
    _, token = choose(browser, "cchc/m/thu-tuc-mot-cua")
    item = read_answer(browser, token)[DL + "content_items"][0]
    login = browser.login(target_link_uri=item["url"])
    asked = dict(re.findall(r"[?&](state|nonce)=([^&]*)", login.headers["Location"]))
    claims = browser.claims(
        asked["nonce"],
        role=LEARNER,
        **{f"{LTI}target_link_uri": item["url"], f"{LTI}custom": item["custom"]},
    )

    opened = browser.post(asked["state"], browser.lms.sign(claims))

    assert opened.status_code == 303, opened.text
    # Who comes for the first time is asked for their unit, and may go on without an answer.
    led = browser.send("GET", opened.headers["Location"].removesuffix("don-vi"))
    assert led.headers["Location"].endswith("/m/thu-tuc-mot-cua")
    assert browser.send("GET", led.headers["Location"]).status_code == 200


@pytest.mark.parametrize(
    ("case", "role", "settings"),
    [
        ("no return address", INSTRUCTOR, {"deep_link_return_url": None}),
        ("a script as return address", INSTRUCTOR, {"deep_link_return_url": "javascript:alert(1)"}),
        ("no accepted types", INSTRUCTOR, {"accept_types": None}),
        ("a learner asks", LEARNER, {}),
    ],
)
def test_a_request_that_breaks_a_rule_gets_a_page_with_a_code(browser, case, role, settings):
    answer = ask_for_content(browser, role=role, **settings)

    assert 400 <= answer.status_code < 500, case
    assert code_of(answer)
