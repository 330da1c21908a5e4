"""A cmi5 course from launch to grade, and everything that a session may not do, on both engines."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from content_packages.active.closing import waive_unit
from content_packages.active.erasure import erase_imported, imported_progress_of
from content_packages.active.models import ActiveRegistration
from content_packages.active.running import hold_registration
from content_packages.active.sessions import abandon_session
from content_packages.active.staging import withdraw_course
from sync.rollups.definitions import FactKind, is_final_result, learning_in
from sync.statement_outline import read_outline
from tests.factories.content import LEARNER
from tests.factories.imported import (
    CONTENT,
    ImportingApp,
    make_block,
    make_cmi5_package,
    make_structure,
    make_unit,
    open_importing_app,
)
from xapi_bridge.running_app import now, transaction
from xapi_bridge.store.follow import read_after
from xapi_bridge.vocabulary import cmi5

IRI_BASE = "https://cchc.example/"
GRADED = make_block("khoi", make_unit(moveOn="CompletedAndPassed", masteryScore="0.8"))


@pytest.fixture
def room(database_url, tmp_path, clock) -> Iterator[ImportingApp]:
    with open_importing_app(database_url, tmp_path, clock=clock) as opened:
        yield opened


def test_a_course_is_launched_studied_and_satisfied(room):
    unit = room.launch(room.bring_in(make_cmi5_package(GRADED))).start()

    unit.say("passed", result__score={"scaled": 0.9})
    unit.say("completed")
    unit.say("terminated")

    own = room.statements(unit.registration)
    assert [one.verb.id.rsplit("/", 1)[1] for one in own] == [
        "launched", "initialized", "passed", "completed", "satisfied", "satisfied", "terminated",
    ]  # fmt: skip
    assert own[4].object.definition.type == cmi5.BLOCK
    assert own[5].object.definition.type == cmi5.COURSE
    assert {one.context.extensions[cmi5.SESSION_ID] for one in own} == {str(unit.launch.session_id)}


def test_what_the_course_brings_about_counts_as_a_module_and_goes_to_the_gradebook(room):
    enrolment = uuid4()
    unit = room.launch(room.bring_in(make_cmi5_package(GRADED)), enrolment=enrolment).start()

    unit.say("passed", result__score={"scaled": 0.9})
    unit.say("completed")

    with room.app.app_context(), transaction() as session:
        outlines = [read_outline(one.payload, stored=one.stored) for one in read_after(session, 0, limit=99)]
    tool = [one for one in outlines if one is not None and one.authority == (IRI_BASE, "cchc-tool")]
    counted = [found for one in tool if (found := learning_in(one, iri_base=IRI_BASE))]
    assert {found.module_iri for found in counted} == {f"{IRI_BASE}p/goi.khoa-hoc/m/khoa-hoc"}
    assert [found.kind for found in counted] == [
        FactKind.ACCESSED, FactKind.FAILED, FactKind.PASSED, FactKind.COMPLETED,
    ]  # fmt: skip
    results = [one for one in tool if is_final_result(one, iri_base=IRI_BASE)]
    assert [(one.registration, one.scaled) for one in results] == [(enrolment, 0.9)] * 2


def test_what_a_unit_claims_of_our_own_modules_counts_for_nothing(room):
    unit = room.launch(room.bring_in(make_cmi5_package())).start()

    answer = unit.say(
        "experienced",
        verb__id="http://adlnet.gov/expapi/verbs/completed",
        object__id=f"{IRI_BASE}p/cchc/m/tong-quan",
        result={"completion": True},
    )

    assert answer.status_code == 204
    with room.app.app_context(), transaction() as session:
        *_, last = read_after(session, 0, limit=99)
    assert read_outline(last.payload, stored=last.stored).authority == (IRI_BASE, "imported-khoa-hoc")


@pytest.mark.spec("8.2.3.0-1")
def test_the_token_is_given_once(room):
    unit = room.launch(room.bring_in(make_cmi5_package()))

    assert "auth-token" in unit.fetch()
    assert unit.fetch()["error-code"] == "1"


@pytest.mark.spec("8.1.2.0-2")
def test_no_token_and_a_foreign_token_open_nothing_and_no_browser_asks_for_a_password(room):
    package_id = room.bring_in(make_cmi5_package())
    first, second = room.launch(package_id).start(), room.launch(package_id).start()

    for token in ("", first.token, "a2hvbmc6cGhhaQ=="):
        second.token = token
        answer = second.ask("GET", "/statements")
        assert answer.status_code == 401
        assert "WWW-Authenticate" not in answer.headers


@pytest.mark.spec("10.2.1.0-1")
def test_launch_data_tells_the_unit_how_it_was_launched(room):
    parts = make_unit(moveOn="Passed", masteryScore="0.75", launchParameters="bai=1", entitlementKey="khoa-1")

    data = room.launch(room.bring_in(make_cmi5_package(parts))).start().launch_data

    assert data["launchMode"] == "Normal"
    assert data["moveOn"] == "Passed"
    assert data["masteryScore"] == 0.75
    assert data["launchParameters"] == "bai=1"
    assert data["entitlementKey"] == {"courseStructure": "khoa-1"}
    assert data["contextTemplate"]["contextActivities"]["grouping"] == [
        {"id": "https://nxb.example/au/bai-1"}
    ]
    assert data["returnURL"].endswith("/goi/ket-thuc")


@pytest.mark.spec("9.6.1.1-3")
def test_units_without_a_condition_are_satisfied_when_the_learner_is_registered(room):
    unit = room.launch(room.bring_in(make_cmi5_package(make_block("khoi", make_unit()))))

    assert room.told(unit.registration)[:3] == ["satisfied", "satisfied", "launched"]


@pytest.mark.spec("9.3.6.0-2")
def test_a_second_launch_abandons_the_first_and_its_token_records_nothing_more(room):
    package_id, enrolment = room.bring_in(make_cmi5_package()), uuid4()
    first = room.launch(package_id, enrolment=enrolment).start()

    second = room.launch(package_id, enrolment=enrolment).start()

    assert first.say("experienced").status_code == 403
    assert second.say("experienced").status_code == 204
    told = room.told(second.registration)
    assert told.count("abandoned") == 1
    assert told.index("abandoned") < len(told) - 1 - told[::-1].index("launched")


def test_abandoning_twice_tells_it_once(room):
    unit = room.launch(room.bring_in(make_cmi5_package())).start()

    for _ in range(2):
        with room.app.app_context(), transaction() as session:
            abandon_session(session, unit.launch.session_id, iri_base=IRI_BASE, now=now())

    assert room.told(unit.registration).count("abandoned") == 1


@pytest.mark.spec("9.3.7.0-1")
def test_a_waived_unit_satisfies_the_course_with_a_session_of_its_own(room):
    unit = room.launch(room.bring_in(make_cmi5_package(make_unit(moveOn="Passed")))).start()

    for _ in range(2):
        with room.app.app_context(), transaction() as session:
            held = hold_registration(session, unit.registration, iri_base=IRI_BASE)
            waive_unit(session, held, 0, reason="Tested Out", by="quan-ly", now=now())

    waived, satisfied = room.statements(unit.registration)[2:]
    assert waived.verb.id == cmi5.WAIVED
    assert waived.result.extensions == {cmi5.REASON: "Tested Out"}
    assert satisfied.context.extensions == waived.context.extensions
    assert satisfied.context.extensions[cmi5.SESSION_ID] != str(unit.launch.session_id)


def test_a_statement_whose_answer_was_lost_may_be_sent_again(room):
    unit = room.launch(room.bring_in(make_cmi5_package(GRADED))).start()
    completed = unit.statement("completed")

    first, second = unit.send(completed), unit.send(completed)

    assert (first.status_code, second.status_code) == (204, 204)
    assert room.told(unit.registration).count("completed") == 1


def test_a_batch_with_one_bad_statement_leaves_nothing(room):
    unit = room.launch(room.bring_in(make_cmi5_package(GRADED))).start()

    answer = unit.ask("POST", "/statements", json=[unit.statement("completed"), unit.statement("completed")])

    assert answer.status_code == 403
    assert answer.get_json()["rule"] == "9.3.0.0-2"
    assert "completed" not in room.told(unit.registration)


@pytest.mark.spec("9.3.0.0-6")
def test_completed_is_told_once_for_all_sessions_of_a_registration(room):
    package_id, enrolment = room.bring_in(make_cmi5_package(GRADED)), uuid4()
    first = room.launch(package_id, enrolment=enrolment).start()
    first.say("completed")
    first.say("terminated")

    again = room.launch(package_id, enrolment=enrolment).start().say("completed")

    assert again.status_code == 403
    assert again.get_json()["rule"] == "9.3.0.0-6"


@pytest.mark.spec("8.1.5.0-4")
def test_a_unit_finds_its_own_states_again_and_nobody_elses(room):
    package_id, enrolment = room.bring_in(make_cmi5_package()), uuid4()
    unit = room.launch(package_id, enrolment=enrolment).start()
    address = unit.state_address("trang")
    unit.ask("PUT", "/activities/state", json={"trang": 3}, query_string=address)

    again = room.launch(package_id, enrolment=enrolment).start()
    foreign = unit.state_address(
        "trang", agent='{"account":{"homePage":"https://lms.example","name":"khac"}}'
    )

    assert again.ask("GET", "/activities/state", query_string=address).get_json() == {"trang": 3}
    assert again.ask("GET", "/activities/state", query_string=foreign).status_code == 403


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.spec("10.2.1.0-5")
def test_a_unit_does_not_change_its_launch_data(room, method):
    unit = room.launch(room.bring_in(make_cmi5_package())).start()

    answer = unit.ask(
        method, "/activities/state", json={"x": 1}, query_string=unit.state_address(cmi5.LAUNCH_DATA)
    )

    assert answer.status_code == 403


@pytest.mark.spec("11.0.0.0-5")
def test_preferences_are_kept_in_the_form_that_cmi5_gives_them(room):
    unit = room.launch(room.bring_in(make_cmi5_package())).start()
    sound = {"languagePreference": "vi,en-US", "audioPreference": "on"}
    options = {"query_string": unit.preferences_address(), "headers": {"If-None-Match": "*"}}

    assert (
        unit.ask(
            "PUT", "/agents/profile", json={**sound, "languagePreference": "tiếng Việt"}, **options
        ).status_code
        == 403
    )
    assert unit.ask("PUT", "/agents/profile", json=sound, **options).status_code == 204
    assert unit.ask("GET", "/agents/profile", query_string=unit.preferences_address()).get_json() == sound


def test_a_withdrawn_course_shows_and_records_nothing_more(room):
    package_id = room.bring_in(make_cmi5_package())
    unit = room.launch(package_id).start()

    with room.app.app_context(), transaction() as session:
        withdraw_course(session, package_id, by="thu", now=now())

    assert unit.say("experienced").status_code == 403
    assert room.content_client().get(unit.launch.url, base_url=CONTENT).status_code == 403


def test_a_session_ends_with_its_time(room, clock):
    unit = room.launch(room.bring_in(make_cmi5_package())).start()

    clock.forward(hours=9)

    assert unit.say("experienced").status_code == 403
    assert room.content_client().get(unit.launch.url, base_url=CONTENT).status_code == 403


def test_a_bare_structure_launches_units_on_their_publishers_server(room):
    text = make_structure(make_unit(url="https://nxb.example/bai/?a=1"))

    unit = room.launch(room.bring_in(text.encode(), file_name="cmi5.xml"))

    assert unit.launch.url.startswith("https://nxb.example/bai/?a=1&endpoint=")
    assert unit.start().say("experienced").status_code == 204


def test_erasing_a_learner_takes_the_registration_away(room):

    unit = room.launch(room.bring_in(make_cmi5_package(GRADED))).start()
    unit.say("completed")

    with room.app.app_context(), transaction() as session:
        held = imported_progress_of(session, LEARNER)
        erased = erase_imported(session, LEARNER)
        left = session.get(ActiveRegistration, unit.registration)

    assert [one["course"] for one in held] == ["khoa-hoc"]
    assert erased == 3
    assert left is None
    assert unit.say("experienced").status_code == 401
