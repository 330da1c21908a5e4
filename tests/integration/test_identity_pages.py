"""Pages about who a learner is: rules, the choice of a unit, its confirmation, merged accounts."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.admin.operators import Role
from lti_tool.identity.rule_versions import list_rule_versions
from lti_tool.identity.rules import NO_RULES
from sync.organization.claim_models import AccountMove, UnitClaim
from sync.organization.models import ActorIdentity
from sync.organization.staff import find_person_by_staff_code
from tests.factories.lti import (
    INSTRUCTOR,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    open_tool,
)
from tests.factories.organization import NOW
from tests.factories.reports import (
    come_in,
    create_country,
    create_named_operator,
    create_operators,
    csrf_token,
)

RULES = "/quan-tri/nhan-dien/1"
CLAIMS = "/quan-tri/don-vi-khai-bao/"
NAME = "Trần Thị Thử"


@pytest.fixture
def platform():
    return FakePlatform()


@pytest.fixture
def country(engine, platform):
    with Session(engine) as session, session.begin():
        made = create_country(session)
        create_operators(session, made)
        create_named_operator(session, "bo-noi-vu", role=Role.UNIT_MANAGER, unit_id=made.ministry)
        create_package(session, now=NOW)
        create_platform(session, platform, now=NOW, rules=NO_RULES)
    return made


@pytest.fixture
def app(database_url, country, platform, clock):
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def learner(app, platform, clock):
    """A browser in which a learner whom nobody knows launched."""
    browser = Browser(app, platform, clock)
    browser.entry = browser.launch().headers["Location"]
    return browser


def signed_in(app, name):
    client = app.test_client()
    come_in(client, name)
    return client


def post(client, address, *, page, **fields):
    token = csrf_token(client.get(page))
    return client.post(address, data={"csrf_token": token, **fields})


def ask(browser, path="don-vi", **arguments):
    base = browser.entry.rsplit("/", 1)[0]
    return browser.client.get(f"{base}/{path}", query_string=arguments, base_url=TOOL)


def send(browser, path="don-vi", **fields):
    base = browser.entry.rsplit("/", 1)[0]
    return browser.client.post(f"{base}/{path}", data=fields, base_url=TOOL)


def claim_of(engine) -> UnitClaim:
    with Session(engine) as session:
        return session.scalars(select(UnitClaim)).one()


# ---- the learner chooses ----


def test_a_learner_whom_nobody_knows_is_led_to_the_choice_and_others_are_not(app, platform, clock, engine):
    with Session(engine) as session, session.begin():
        session.query(UnitClaim).delete()
    unknown = Browser(app, platform, clock).launch(sub="neu")
    teacher = Browser(app, platform, clock).launch(sub="lehrer", roles=[INSTRUCTOR])

    assert unknown.headers["Location"].endswith("/don-vi")
    assert teacher.headers["Location"].endswith("/")


def test_a_unit_is_found_without_tones_and_chosen_without_scripts(learner, engine, country):
    found = ask(learner, ten="dan chu")
    [number] = re.findall(r'name="unit_id" value="(\d+)"', found.text)

    answer = send(learner, unit_id=number)
    again = ask(learner)

    assert "Tỉnh Tuyên Quang" in found.text or "Tuyên Quang" in found.text
    assert answer.status_code == 303
    assert not answer.headers["Location"].endswith("/don-vi")
    assert claim_of(engine).unit_id == country.commune_dan_chu
    assert "Đang chờ người phụ trách đơn vị xác nhận" in again.text


def test_the_list_while_typing_names_the_units_above(learner, country):
    found = ask(learner, "don-vi/tim", ten="DONG VAN").get_json()

    assert [one["id"] for one in found] == [country.commune_dong_van]
    assert "Tuyên Quang" in found[0]["above"]


@pytest.mark.parametrize("words", ["", "a", "%", "__", "\x00", "Cả nước", "khong co dau ca"])
def test_words_that_name_no_unit_find_none(learner, words):
    assert ask(learner, "don-vi/tim", ten=words).get_json() == []


@pytest.mark.parametrize("unit_id", ["", "abc", "999999", "-1", "1" * 30, "①"])
def test_a_choice_that_is_no_unit_is_explained_on_the_page(learner, unit_id, engine):
    answer = send(learner, unit_id=unit_id)

    assert answer.status_code in {400, 404}
    assert "Đơn vị của tôi" in answer.text
    with Session(engine) as session:
        assert session.scalars(select(UnitClaim.state)).all() in ([], ["skipped"])


def test_who_does_it_later_learns_at_once_and_is_asked_again_next_week(app, learner, platform, clock):
    later = send(learner, "don-vi/de-sau")
    next_day = Browser(app, platform, clock)
    clock.forward(days=1)
    soon = next_day.launch()
    clock.forward(days=7)
    week = Browser(app, platform, clock).launch()

    assert later.status_code == 303
    assert soon.headers["Location"].endswith("/")
    assert week.headers["Location"].endswith("/don-vi")


def test_where_it_is_required_the_lesson_waits(database_url, country, platform, clock):
    with open_tool(database_url, platform, clock=clock, unit_choice="required") as app:
        browser = Browser(app, platform, clock)
        browser.entry = browser.launch().headers["Location"]
        held = ask(browser, "")
        not_later = send(browser, "don-vi/de-sau")
        send(browser, unit_id=str(country.commune_dan_chu))
        free = ask(browser, "")

    assert held.headers["Location"].endswith("/don-vi")
    assert not_later.headers["Location"].endswith("/don-vi")
    assert not free.headers["Location"].endswith("/don-vi")


def test_where_it_is_switched_off_nobody_is_asked(database_url, country, platform, clock):
    with open_tool(database_url, platform, clock=clock, unit_choice="off") as app:
        answer = Browser(app, platform, clock).launch()

    assert answer.headers["Location"].endswith("/")


def test_another_site_cannot_choose_for_the_learner(learner, country, engine):
    base = learner.entry.rsplit("/", 1)[0]
    answer = learner.client.post(
        f"{base}/don-vi",
        data={"unit_id": str(country.ministry)},
        base_url=TOOL,
        headers={"Origin": "https://evil.example"},
    )

    assert answer.status_code == 403


def test_a_browser_that_did_not_launch_cannot_choose(app, learner, country):
    stranger = app.test_client()
    path = urlsplit(learner.entry).path

    assert stranger.post(path, data={"unit_id": str(country.ministry)}, base_url=TOOL).status_code == 403


# ---- the manager decides ----


def test_the_name_is_shown_to_the_manager_of_that_unit_only(app, learner, country):
    send(learner, unit_id=str(country.commune_dan_chu))

    pages = {
        name: signed_in(app, name).get(CLAIMS) for name in ("unit_manager", "bo-noi-vu", "administrator")
    }

    assert NAME in pages["unit_manager"].text
    assert NAME not in pages["bo-noi-vu"].text
    assert "Không có ai" in pages["bo-noi-vu"].text
    assert NAME not in pages["administrator"].text
    assert "Dân Chủ" in pages["administrator"].text


def test_the_manager_confirms_and_the_learner_reads_it(app, learner, country, engine):
    send(learner, unit_id=str(country.commune_dan_chu))
    manager = signed_in(app, "unit_manager")
    claim = claim_of(engine)

    answer = post(manager, CLAIMS, page=CLAIMS, decision="confirm", claim=f"{claim.claim_id}:{claim.unit_id}")

    assert answer.status_code == 303
    assert claim_of(engine).state == "confirmed"
    assert "đã xác nhận" in ask(learner).text
    assert NAME in manager.get(f"{CLAIMS}?loai=da-xac-nhan").text


def test_a_rejection_needs_a_reason_which_the_learner_reads(app, learner, country, engine):
    send(learner, unit_id=str(country.commune_dan_chu))
    manager = signed_in(app, "unit_manager")
    claim = claim_of(engine)
    ticked = f"{claim.claim_id}:{claim.unit_id}"

    post(manager, CLAIMS, page=CLAIMS, decision="reject", claim=ticked)
    unchanged = claim_of(engine).state
    post(manager, CLAIMS, page=CLAIMS, decision="reject", claim=ticked, reason="Không có trong <b>xã</b>")

    assert unchanged == "declared"
    page = ask(learner).text
    assert "Không có trong &lt;b&gt;xã&lt;/b&gt;" in page


def test_nobody_decides_for_another_unit(app, learner, country, engine):
    send(learner, unit_id=str(country.commune_dan_chu))
    claim = claim_of(engine)
    ticked = f"{claim.claim_id}:{claim.unit_id}"
    elsewhere, administrator = signed_in(app, "bo-noi-vu"), signed_in(app, "administrator")
    own = "/quan-tri/tai-khoan-cua-toi/"

    answers = [
        post(elsewhere, CLAIMS, page=own, decision="confirm", claim=ticked),
        post(elsewhere, f"{CLAIMS}{claim.claim_id}/xac-nhan", page=own, unit_id=claim.unit_id),
        post(elsewhere, f"{CLAIMS}{claim.claim_id}/xet-lai", page=own),
        post(administrator, CLAIMS, page=own, decision="confirm", claim=ticked),
    ]

    assert [answer.status_code for answer in answers] == [403] * 4
    assert claim_of(engine).state == "declared"


def test_a_claim_is_confirmed_with_details_and_reconsidered(app, learner, country, engine):
    send(learner, unit_id=str(country.commune_dan_chu))
    manager, claim = signed_in(app, "unit_manager"), claim_of(engine)
    address = f"{CLAIMS}{claim.claim_id}"

    future = post(manager, f"{address}/xac-nhan", page=CLAIMS, unit_id=claim.unit_id, since="2099-01-01")
    done = post(
        manager,
        f"{address}/xac-nhan",
        page=CLAIMS,
        unit_id=claim.unit_id,
        staff_code="CB-dung",
    )
    with Session(engine) as session:
        account = session.scalars(select(ActorIdentity).order_by(ActorIdentity.identity_id.desc())).first()
        is_dungs = account.person_id == find_person_by_staff_code(session, "CB-dung").person_id
    back = post(manager, f"{address}/xet-lai", page=f"{CLAIMS}?loai=da-xac-nhan")

    assert (future.status_code, done.status_code, back.status_code) == (400, 303, 303)
    assert is_dungs
    assert claim_of(engine).state == "declared"


# ---- rules in the console ----


def form_fields(page):
    return {
        "csrf_token": csrf_token(page),
        "seen_version": re.search(r'seen_version" value="(\d+)"', page.text)[1],
    }


def test_rules_are_tried_saved_used_and_restored_in_the_console(app, learner, engine, platform, clock):
    client = signed_in(app, "operator")
    page = client.get(f"{RULES}?mau=ma-can-bo")
    typed = {
        "order": "1",
        "source": "lis.person_sourcedid",
        "target": "staff_code",
        "steps": "trim\nstrip_prefix CB-",
    }

    tried = client.post(RULES, data={**form_fields(page), **typed, "action": "try"})
    saved = client.post(RULES, data={**form_fields(page), **typed, "action": "save", "note": "thử"})
    stale = client.post(RULES, data={**form_fields(page), **typed, "action": "save"})
    fresh = client.get(RULES)
    restored = client.post(f"{RULES}/ban/1", data=form_fields(fresh))

    assert "lis.person_sourcedid" in page.text
    assert "1 người mở bài trong 7 ngày" in tried.text
    assert "CB-99999" in tried.text
    assert "CB-99001" not in tried.text
    assert (saved.status_code, stale.status_code, restored.status_code) == (303, 409, 303)
    with Session(engine) as session:
        assert [one.made_by for one in list_rule_versions(session, 1)] == ["operator", "operator"]


@pytest.mark.parametrize("pattern", ["regex (", "regex (a+)+", "unknown", "trim x"])
def test_a_rule_that_cannot_be_is_explained_beside_what_was_typed(app, pattern, engine):
    client = signed_in(app, "operator")
    fields = form_fields(client.get(RULES))

    answer = client.post(
        RULES,
        data={**fields, "source": "custom.x", "target": "staff_code", "steps": pattern, "action": "save"},
    )

    assert answer.status_code == 400
    assert "Rule 1" in answer.text
    assert "custom.x" in answer.text
    with Session(engine) as session:
        assert list_rule_versions(session, 1) == []


def test_the_list_of_registrations_says_where_rules_are_missing(app, learner):
    page = signed_in(app, "operator").get("/quan-tri/nhan-dien/")

    assert "LMS thử" in page.text
    assert "Chưa có" in page.text


def test_rules_of_no_registration_are_not_found(app):
    assert signed_in(app, "operator").get("/quan-tri/nhan-dien/99").status_code == 404


# ---- merged accounts ----


def test_an_account_is_moved_after_a_look_at_what_changes_and_moved_back(app, engine, country):
    client = signed_in(app, "administrator")
    with Session(engine) as session:
        number = session.scalar(
            select(ActorIdentity.identity_id).where(ActorIdentity.account_name == "khong-ai")
        )
        binh = find_person_by_staff_code(session, "CB-binh").person_id
    address = f"/quan-tri/gop-tai-khoan/{number}"

    look = client.get(address, query_string={"ma": "CB-binh"})
    done = post(client, address, page=f"{address}?ma=CB-binh", person_id=str(binh), reason="Cùng một người")
    with Session(engine) as session:
        [move] = session.scalars(select(AccountMove)).all()
    undone = post(client, f"/quan-tri/gop-tai-khoan/hoan-tac/{move.move_id}", page="/quan-tri/gop-tai-khoan/")
    again = post(client, f"/quan-tri/gop-tai-khoan/hoan-tac/{move.move_id}", page="/quan-tri/gop-tai-khoan/")

    assert "Họ Tên binh" in look.text
    assert "10/11/2026" in look.text
    assert (move.to_person_id, move.by, move.reason) == (binh, "administrator", "Cùng một người")
    assert (done.status_code, undone.status_code, again.status_code) == (303, 303, 409)


def test_a_code_of_nobody_is_not_previewed(app):
    assert signed_in(app, "administrator").get("/quan-tri/gop-tai-khoan/1?ma=khong-co").status_code == 404
