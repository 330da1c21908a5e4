"""Console and commands for registrations, invitations and keys."""

import json
import re
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli import cli
from lti_tool.identity.rule_versions import rules_in_force
from lti_tool.identity.rules import STAFF_CODE_RULES
from lti_tool.launch.models import LaunchSession
from lti_tool.platforms.care import Standing, count_uses, note_launch, read_product, standing_of
from lti_tool.platforms.errors import PlatformInUse, PlatformUnknown, RegistrationTaken
from lti_tool.platforms.invitations import list_invitations
from lti_tool.platforms.models import PlatformRegistration, SelfTest, ToolKey
from lti_tool.platforms.register import list_deployments
from lti_tool.platforms.tool_keys import create_tool_key, find_signing_key
from lti_tool.platforms.trust import note_trust
from sync.models import OutgoingScore
from sync.ports import PlatformUpkeep
from tests.factories.lti import (
    LTI,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    open_tool,
)
from tests.factories.organization import NOW
from tests.factories.registering import RegisteringLms, confirm
from tests.factories.reports import come_in, create_country, create_operators, csrf_token
from xapi_bridge.running_app import borrow
from xapi_bridge.store.audit import list_actions

BASE = "/quan-tri/nen-tang"
FIELDS = {
    "name": "Bộ Nội vụ",
    "issuer": "https://lms.example.test",
    "client_id": "client-1",
    "deployment_id": "1",
    "authorization_url": "https://lms.example.test/auth",
    "token_url": "https://lms.example.test/token",
    "key_set_url": "https://lms.example.test/keys",
    "token_audience": "",
}


@pytest.fixture
def app(database_url, engine, clock):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    with open_tool(database_url, RegisteringLms(), clock=clock) as opened:
        yield opened


@pytest.fixture
def client(app):
    opened = app.test_client()
    come_in(opened, "administrator")
    return opened


def send(client, address, **fields):
    token = csrf_token(client.get("/quan-tri/"))
    return client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)


def only_registration(engine):
    with Session(engine) as session:
        return session.scalars(select(PlatformRegistration)).one()


def told_actions(engine):
    with Session(engine) as session:
        return [(one.action, one.operator) for one in reversed(list_actions(session, limit=50))]


# --- by hand ---


def test_an_lms_is_entered_by_hand_and_works_at_once(client, engine):
    page = send(client, f"{BASE}/moi", **FIELDS | {"issuer": " https://lms.example.test "})

    assert "Đã ghi bản đăng ký" in page.text
    row = only_registration(engine)
    assert (row.issuer, row.entered_by, standing_of(row)) == (FIELDS["issuer"], "manual", Standing.ACTIVE)
    assert ("registration_entered", "administrator") in told_actions(engine)


def test_a_new_registration_says_that_it_recognises_nobody_and_mends_it_by_one_click(client, engine):
    send(client, f"{BASE}/moi", **FIELDS)
    number = only_registration(engine).id

    before = client.get(f"{BASE}/{number}").text
    send(client, f"/quan-tri/nhan-dien/{number}/ma-can-bo", seen_version="0")
    after = client.get(f"{BASE}/{number}").text

    assert ("Chưa nhận diện được ai" in before, "Chưa nhận diện được ai" in after) == (True, False)
    with Session(engine) as session:
        assert rules_in_force(session, number).rules == STAFF_CODE_RULES
    assert ("identity_rules_changed", "administrator") in told_actions(engine)


def test_a_deployment_may_follow_later(client, engine):
    send(client, f"{BASE}/moi", **FIELDS | {"deployment_id": ""})
    number = only_registration(engine).id

    send(client, f"{BASE}/{number}/trien-khai", deployment_id=" 7 ")
    with Session(engine) as session:
        assert list_deployments(session, number) == ["7"]

    send(client, f"{BASE}/{number}/trien-khai/bo", deployment_id="7")
    with Session(engine) as session:
        assert list_deployments(session, number) == []
    assert (
        "Không có Deployment ID này" in send(client, f"{BASE}/{number}/trien-khai/bo", deployment_id="7").text
    )


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("name", "", "Ô này không được bỏ trống."),
        ("issuer", "lms.example.test", "Phải là địa chỉ đầy đủ"),
        ("issuer", "https://" + "x" * 300, "Giá trị dài quá giới hạn."),
        ("client_id", "a\x07b", "ký tự không in được"),
        ("deployment_id", "x" * 256, "Giá trị dài quá giới hạn."),
        ("authorization_url", "javascript:alert(1)", "Phải là địa chỉ đầy đủ"),
        ("token_url", "https://user:pass@lms.example.test/token", "Phải là địa chỉ đầy đủ"),
        ("key_set_url", "https://lms.example.test/keys#x", "Phải là địa chỉ đầy đủ"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(client, engine, field, value, words):
    page = send(client, f"{BASE}/moi", **FIELDS | {field: value})

    assert page.status_code == 400
    assert words in page.text
    assert f'id="{field}-fault"' in page.text
    assert page.text.count('aria-invalid="true"') == 1
    assert FIELDS["token_audience" if field == "name" else "name"] in page.text
    with Session(engine) as session:
        assert session.scalars(select(PlatformRegistration)).all() == []


def test_the_same_issuer_and_client_id_are_not_entered_twice(client, engine):
    send(client, f"{BASE}/moi", **FIELDS)

    page = send(client, f"{BASE}/moi", **FIELDS | {"token_url": "https://lms.example.test/evil"})

    assert page.status_code == 409
    assert only_registration(engine).token_url == FIELDS["token_url"]


def test_another_client_of_the_same_issuer_is_another_registration(client, engine):
    send(client, f"{BASE}/moi", **FIELDS)
    send(client, f"{BASE}/moi", **FIELDS | {"client_id": "client-2"})

    with Session(engine) as session:
        assert len(session.scalars(select(PlatformRegistration)).all()) == 2


def test_values_are_corrected_and_what_was_granted_is_asked_again(client, engine, clock):
    send(client, f"{BASE}/moi", **FIELDS)
    number = only_registration(engine).id
    with Session(engine) as session, session.begin():
        row = session.get(PlatformRegistration, number)
        row.granted_scopes, row.scopes_checked_at = "score", clock()

    assert FIELDS["token_url"] in client.get(f"{BASE}/{number}/sua").text
    send(
        client, f"{BASE}/{number}/sua", **FIELDS | {"token_url": "https://lms.example.test/t2", "name": "Mới"}
    )

    row = only_registration(engine)
    assert (row.token_url, row.name, row.granted_scopes) == ("https://lms.example.test/t2", "Mới", "")


def test_a_registration_cannot_take_the_place_of_another(client, engine):
    send(client, f"{BASE}/moi", **FIELDS)
    send(client, f"{BASE}/moi", **FIELDS | {"client_id": "client-2"})

    assert send(client, f"{BASE}/2/sua", **FIELDS).status_code == 409


def use(engine, registration_id):
    """A score that belongs to the registration."""
    with Session(engine) as session, session.begin():
        session.add(
            OutgoingScore(
                platform_registration_id=registration_id, line_item_url="https://lms.example.test/1",
                lms_user_id="5", score_maximum=100, best_scaled=0.8, scored_at=NOW, failures=0, trouble="",
            )
        )  # fmt: skip


def test_an_issuer_that_names_accounts_is_not_changed(client, engine, clock):
    send(client, f"{BASE}/moi", **FIELDS)
    use(engine, 1)

    page = send(client, f"{BASE}/1/sua", **FIELDS | {"issuer": "https://new.example.test"})

    assert page.status_code == 409
    assert only_registration(engine).issuer == FIELDS["issuer"]
    assert send(client, f"{BASE}/1/sua", **FIELDS | {"name": "Đổi tên"}).status_code == 200


def test_only_a_registration_without_use_can_be_deleted(client, engine):
    send(client, f"{BASE}/moi", **FIELDS)
    send(client, f"{BASE}/moi", **FIELDS | {"client_id": "client-2"})
    use(engine, 1)
    send(client, f"{BASE}/2/kiem-tra")

    assert "Bản đăng ký này đã có dữ liệu" in send(client, f"{BASE}/1/xoa", confirmed="yes").text
    assert "hãy đánh dấu" in send(client, f"{BASE}/2/xoa").text
    assert "Đã xóa bản đăng ký" in send(client, f"{BASE}/2/xoa", confirmed="yes").text

    assert only_registration(engine).id == 1
    with Session(engine) as session:
        assert session.get(SelfTest, 2) is None


def test_a_launch_counts_as_use(app, engine, clock):
    platform = RegisteringLms()
    with Session(engine) as session, session.begin():
        number = create_platform(session, platform, now=clock()).id
        create_package(session, now=clock())
        assert count_uses(session, number) == 0

    assert Browser(app, platform, clock).launch().status_code == 303

    with Session(engine) as session:
        assert session.scalar(select(LaunchSession.registration_id)) == number
        assert count_uses(session, number) >= 1


def test_switching_off_stops_logins_and_switching_on_lets_them_in(client, app, engine, clock):
    platform = RegisteringLms()
    with Session(engine) as session, session.begin():
        number = create_platform(session, platform, now=clock()).id

    send(client, f"{BASE}/{number}/ngung")
    assert Browser(app, platform, clock).login().status_code == 403

    send(client, f"{BASE}/{number}/dung-lai")
    assert Browser(app, platform, clock).login().status_code == 302
    assert [action for action, _ in told_actions(engine)][-2:] == [
        "registration_deactivated",
        "registration_reactivated",
    ]


# --- what launches tell ---


def test_a_launch_tells_product_version_and_deployment(app, engine, clock):
    platform = RegisteringLms()
    with Session(engine) as session, session.begin():
        number = create_platform(session, platform, now=clock()).id
        create_package(session, now=clock())

    about = {"product_family_code": "Moodle", "version": "2023112400"}
    assert Browser(app, platform, clock).launch(tool_platform=about).status_code == 303

    with Session(engine) as session:
        row = session.get(PlatformRegistration, number)
    assert (row.product_family, row.product_version) == ("moodle", "2023112400")
    assert row.last_launch_at == clock()


def test_launches_write_the_registration_only_now_and_then(session, clock):
    row = create_platform(session, FakePlatform(), now=clock())
    first = clock()
    note_launch(session, row.id, deployment_id="2", product=read_product({}), now=clock())
    clock.forward(minutes=4)
    note_launch(session, row.id, deployment_id="2", product=read_product({}), now=clock())
    assert row.last_launch_at == first

    clock.forward(minutes=1)
    note_launch(session, row.id, deployment_id="unknown", product=read_product({}), now=clock())
    assert row.last_launch_at == clock()


@pytest.mark.parametrize(
    "sent", [None, "moodle", [], {"product_family_code": 5}, {"product_family_code": "\ud800"}]
)
def test_an_lms_that_names_itself_oddly_changes_nothing(session, clock, sent):
    row = create_platform(session, FakePlatform(), now=clock())
    row.product_family = "canvas"

    product = read_product({f"{LTI}tool_platform": sent})
    note_launch(session, row.id, deployment_id="2", product=product, now=clock())

    assert row.product_family == "canvas"


# --- addresses ---


def test_the_moodle_fields_stand_in_the_order_of_its_page(client):
    page = client.get(f"{BASE}/dia-chi?don-vi=$Person.address.locality").text

    labels = re.findall(r'<label for="moodle-\d+"[^>]*>([^<]+)<', page)
    assert labels[:8] == [
        "Tool name", "Tool URL", "Tool description", "LTI version", "Public key type", "Public keyset",
        "Initiate login URL", "Redirection URI(s)",
    ]  # fmt: skip
    assert "unit_code=$Person.address.locality" in page
    assert page.count("data-copy=") >= 20
    assert "<script>" not in page


def test_the_canvas_key_is_json_with_scopes_placements_and_custom_fields(client):
    answer = client.get(f"{BASE}/dia-chi/canvas.json?don-vi=$Person.address.street1")

    key = json.loads(answer.data)
    assert "attachment" in answer.headers["Content-Disposition"]
    assert key["oidc_initiation_url"] == f"{TOOL}/lti/login"
    assert key["public_jwk_url"] == f"{TOOL}/lti/jwks.json"
    assert len(key["scopes"]) == 5
    assert key["custom_fields"]["unit_code"] == "$Person.address.street1"
    (extension,) = key["extensions"]
    assert extension["platform"] == "canvas.instructure.com"
    assert {each["message_type"] for each in extension["settings"]["placements"]} == {"LtiDeepLinkingRequest"}


def test_a_variable_that_is_not_offered_is_not_taken(client):
    assert "unit_code" not in client.get(f"{BASE}/dia-chi?don-vi=$Person.email.primary").text


# --- invitations ---


def invite_by_form(client, **fields):
    return send(client, "/quan-tri/loi-moi/", **{"name": "Bộ", "days": "3", "expected_hosts": ""} | fields)


def test_an_invitation_is_made_shown_once_used_and_approved(client, app, engine, clock):
    page = invite_by_form(client, expected_hosts="https://lms.example.test/moodle")
    link = re.search(rf"{TOOL}/lti/register/([\w-]+)", page.text)
    assert link is not None
    assert link[0] not in client.get("/quan-tri/loi-moi/").text

    confirm(app, link[1], RegisteringLms(client_id="by-invitation"))

    assert "Chờ duyệt" in client.get(f"{BASE}/").text
    row = only_registration(engine)
    send(client, f"{BASE}/{row.id}/duyet")
    assert standing_of(only_registration(engine)) is Standing.ACTIVE
    assert ">Đã dùng<" in client.get("/quan-tri/loi-moi/").text


@pytest.mark.parametrize("fields", [{"name": ""}, {"days": "400"}, {"days": ""}, {"expected_hosts": "a_b!"}])
def test_an_invitation_that_makes_no_sense_is_refused_and_kept_on_the_form(client, fields):
    page = invite_by_form(client, note="ghi chú của tôi", **fields)

    assert page.status_code == 400
    assert "ghi chú của tôi" in page.text


def test_an_invitation_is_taken_back(client, engine, clock):
    invite_by_form(client)

    assert "Đã thu hồi lời mời" in send(client, "/quan-tri/loi-moi/1/thu-hoi").text
    assert "không còn mở" in send(client, "/quan-tri/loi-moi/1/thu-hoi").text
    with Session(engine) as session:
        assert [one.state for one in list_invitations(session, now=clock())] == ["revoked"]


@pytest.mark.parametrize(("setting", "checked"), [(True, True), (False, False)])
def test_the_setting_decides_what_is_ticked_for_new_invitations(
    database_url, engine, clock, setting, checked
):
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
    with open_tool(database_url, clock=clock, registration_auto_approve=setting) as app:
        client = app.test_client()
        come_in(client, "administrator")

        assert ('name="auto_approve" value="yes" checked' in client.get("/quan-tri/loi-moi/").text) is checked


# --- self-test on the page ---


def test_a_self_test_is_asked_for_done_in_the_background_and_shown(client, app, engine, clock):
    with Session(engine) as session, session.begin():
        number = create_platform(session, RegisteringLms(), now=clock()).id

    page = send(client, f"{BASE}/{number}/kiem-tra")
    assert 'data-running="yes"' in page.text
    with app.app_context():
        assert borrow(PlatformUpkeep).do_due_work() == 1

    part = client.get(f"{BASE}/{number}/kiem-tra").text
    assert 'data-running="no"' in part
    assert "<html" not in part
    for words in ("Khóa công khai của LMS", "Quyền: Điểm: gửi", "Chưa có bài nào được mở"):
        assert words in part


# --- keys ---


def test_keys_are_rotated_from_the_page_and_by_the_background(client, app, engine, clock):
    client.get("/lti/jwks.json")
    with Session(engine) as session:
        old = find_signing_key(session, secret=SECRET).kid

    page = send(client, "/quan-tri/khoa-ky/bat-dau")
    assert "Đã công bố, chờ ký" in page.text
    assert "Chưa thực hiện được" in send(client, "/quan-tri/khoa-ky/bat-dau").text
    clock.forward(hours=24)
    with app.app_context():
        assert borrow(PlatformUpkeep).do_due_work() == 1

    come_in(client, "administrator")
    with Session(engine) as session:
        new = find_signing_key(session, secret=SECRET).kid
    assert new != old
    assert "Chưa hết thời gian chờ" in send(client, f"/quan-tri/khoa-ky/{old}/rut").text
    clock.forward(hours=24)
    come_in(client, "administrator")
    assert "Đã rút khóa" in send(client, f"/quan-tri/khoa-ky/{old}/rut").text
    assert [key["kid"] for key in client.get("/lti/jwks.json").json["keys"]] == [new]


def test_a_published_key_signs_from_the_page_when_it_waited(client, engine, clock):
    client.get("/lti/jwks.json")
    send(client, "/quan-tri/khoa-ky/bat-dau")
    with Session(engine) as session:
        kid = session.scalar(select(ToolKey.kid).where(ToolKey.signing_since.is_(None)))
    clock.forward(hours=24)
    come_in(client, "administrator")

    assert "Từ nay công cụ ký bằng khóa này" in send(client, f"/quan-tri/khoa-ky/{kid}/ky").text


def test_an_emergency_needs_a_tick_and_names_the_lmss_in_danger(client, engine, clock):
    with Session(engine) as session, session.begin():
        old = create_tool_key(session, secret=SECRET, now=clock())
        number = create_platform(session, FakePlatform(), now=clock()).id
        note_trust(session, number, kid=old.kid, now=clock())

    assert "hãy đánh dấu" in send(client, "/quan-tri/khoa-ky/khan-cap").text
    page = send(client, "/quan-tri/khoa-ky/khan-cap", confirmed="yes")

    assert "LMS có thể còn tin khóa đã lộ" in page.text
    assert "LMS thử" in page.text
    assert old.kid not in client.get("/lti/jwks.json").text


# --- commands ---


def run(database_url, *arguments, **options):
    environment = {
        "CCHC_DATABASE_URL": database_url,
        "CCHC_TOOL_URL": TOOL,
        "CCHC_SECRET_KEY": SECRET,
        "CCHC_OUTGOING_TIMEOUT_SECONDS": "1",
    }
    return CliRunner().invoke(cli, list(arguments), env=environment, **options)


def enter_by_command(database_url, **changes):
    fields = {name: value for name, value in (FIELDS | changes).items() if value}
    options = [text for name, value in fields.items() for text in (f"--{name.replace('_', '-')}", value)]
    return run(database_url, "platforms", "add", *options)


def test_the_commands_do_what_the_pages_do(database_url, engine):
    assert enter_by_command(database_url, deployment_id="").exit_code == 0
    for arguments in (
        ("edit", "1", "--name", "Tên mới"),
        ("add-deployment", "1", "9"),
        ("add-deployment", "1", "-7"),
        ("remove-deployment", "1", "-7"),
        ("deactivate", "1"),
        ("reactivate", "1"),
        ("approve", "1"),
    ):
        assert run(database_url, "platforms", *arguments).exit_code == 0, arguments

    shown = run(database_url, "platforms", "show", "1").output
    assert "LMS: Tên mới" in shown
    assert "Deployment ID: 9" in shown
    assert "Tình trạng: đang dùng" in shown
    assert run(database_url, "platforms", "remove-deployment", "1", "9").exit_code == 0
    assert run(database_url, "platforms", "delete", "1", input="n\n").exit_code == 1
    assert run(database_url, "platforms", "delete", "1", "--yes").exit_code == 0
    assert run(database_url, "platforms", "list").output == ""
    assert {operator for _, operator in told_actions(engine)} == {"command"}


def test_the_commands_refuse_what_the_pages_refuse(database_url, engine):
    enter_by_command(database_url)
    enter_by_command(database_url, client_id="client-2")
    use(engine, 1)

    refused = [
        run(database_url, "platforms", "edit", "2", "--client-id", "client-1"),
        run(database_url, "platforms", "delete", "1", "--yes"),
        run(database_url, "platforms", "approve", "9"),
    ]

    assert [type(each.exception) for each in refused] == [RegistrationTaken, PlatformInUse, PlatformUnknown]


def test_a_self_test_by_command_prints_each_step_and_fails_when_one_does(database_url, engine):
    # Nothing answers at these addresses, and private networks are not allowed.
    local = dict.fromkeys(("token_url", "key_set_url"), "https://127.0.0.1:9/x")
    enter_by_command(database_url, **local)

    answer = run(database_url, "platforms", "test", "1")

    assert answer.exit_code == 1, answer.output
    assert "[Không đạt] Khóa công khai của LMS: Không đọc được." in answer.output
    assert "Cookie trong khung của LMS" in answer.output


def test_the_canvas_key_by_command_is_the_one_of_the_page(database_url, engine):
    key = json.loads(run(database_url, "platforms", "canvas").output)

    assert key["target_link_uri"] == f"{TOOL}/lti/launch"


def test_invitations_by_command(database_url, engine, clock):
    made = run(
        database_url, "invitations", "add", "--name", "Bộ", "--hosts", "lms.example.test", "--auto-approve"
    )
    listed = run(database_url, "invitations", "list")

    assert re.search(rf"{TOOL}/lti/register/[\w-]{{40,}}", made.output)
    assert "còn dùng được" in listed.output
    assert run(database_url, "invitations", "revoke", "1").exit_code == 0
    assert "đã thu hồi" in run(database_url, "invitations", "list").output
    assert run(database_url, "invitations", "revoke", "1").exit_code == 1
    with Session(engine) as session:
        assert list_invitations(session, now=clock() - timedelta(days=1))[0].auto_approve


def test_keys_by_command(database_url, engine):
    assert "Chưa có khóa" in run(database_url, "keys", "list").output
    assert run(database_url, "keys", "rotate").exit_code == 0
    assert run(database_url, "keys", "rotate").exit_code == 0
    assert "đã công bố, chờ ký" in run(database_url, "keys", "list").output
    assert "0 bước" in run(database_url, "keys", "advance").output

    answer = run(database_url, "keys", "emergency", "--yes")

    assert answer.exit_code == 0
    listed = run(database_url, "keys", "list").output
    assert listed.count("đã rút") == 2
    assert listed.count("đang ký") == 1
    retired = next(line.split("\t")[0] for line in listed.splitlines() if "đã rút" in line)
    assert run(database_url, "keys", "retire", retired).exit_code == 1


@pytest.mark.parametrize("kid", ["-1DZSWMjOaT2FVC3GNC9BxxZyHrt9oLI2ruSdC_nQV4", "--AySK3dWqkTc", "-"])
def test_a_key_whose_id_begins_with_a_hyphen_is_no_option(database_url, engine, kid):
    run(database_url, "keys", "rotate")

    answer = run(database_url, "keys", "retire", kid)

    assert answer.exit_code == 1
    assert "No such option" not in answer.output
