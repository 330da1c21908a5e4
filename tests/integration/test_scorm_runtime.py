"""SCOs: commits in any order, resuming, and what counts, on both engines."""

from collections.abc import Iterator
from uuid import uuid4

import pytest

from tests.factories.imported import CONTENT, ImportingApp, make_scorm_package, open_importing_app


@pytest.fixture
def room(database_url, tmp_path, clock) -> Iterator[ImportingApp]:
    players = tmp_path / "trinh-phat"
    with open_importing_app(database_url, tmp_path, clock=clock, CCHC_PLAYERS_DIR=str(players)) as opened:
        yield opened


def commit(unit, number: int, *, last: bool = False, **elements: str):
    named = {f"cmi.{name.replace('__', '.')}": value for name, value in elements.items()}
    body = {"number": number, "last": last, "elements": named}
    return unit.room.content_client().post(f"/choi/{unit.launch.capability}/luu", base_url=CONTENT, json=body)


def page(unit) -> str:
    answer = unit.room.content_client().get(f"/choi/{unit.launch.capability}/", base_url=CONTENT)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_what_a_sco_reaches_counts_and_is_graded_once(room):
    unit = room.launch(room.bring_in(make_scorm_package()), enrolment=(enrolment := uuid4()))

    commit(unit, 1, core__lesson_status="incomplete")
    commit(unit, 2, core__lesson_status="passed", core__score__raw="90")
    commit(unit, 3, last=True, core__lesson_status="passed", core__score__raw="90")

    assert room.told(enrolment) == ["initialized", "passed", "completed"]
    assert room.statements(enrolment)[1].result.score.scaled == 0.9


def test_a_commit_that_comes_late_does_not_overwrite_a_newer_one(room):
    package_id, enrolment = room.bring_in(make_scorm_package()), uuid4()
    unit = room.launch(package_id, enrolment=enrolment)

    commit(unit, 2, suspend_data="mới", core__exit="suspend")
    commit(unit, 1, suspend_data="cũ")

    assert '"cmi.suspend_data": "m\\u1edbi"' in page(room.launch(package_id, enrolment=enrolment))


def test_a_sco_goes_on_where_it_stopped_with_more_than_four_thousand_characters(room, clock):
    package_id, enrolment = room.bring_in(make_scorm_package()), uuid4()
    first = room.launch(package_id, enrolment=enrolment)
    commit(first, 1, suspend_data="x" * 60_000, core__exit="suspend", core__session_time="00:10:00.00")

    clock.forward(minutes=10)
    second = room.launch(package_id, enrolment=enrolment)
    commit(second, 1, suspend_data="y", core__exit="suspend", core__session_time="00:05:00.00")
    shown = page(room.launch(package_id, enrolment=enrolment))

    assert '"cmi.core.entry": "resume"' in shown
    assert '"cmi.core.total_time": "0000:15:00.00"' in shown


def test_a_session_that_was_replaced_saves_nothing_more(room):
    package_id, enrolment = room.bring_in(make_scorm_package()), uuid4()
    first = room.launch(package_id, enrolment=enrolment)
    room.launch(package_id, enrolment=enrolment)

    answer = commit(first, 1, core__lesson_status="passed")

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "session_over"


def test_who_only_looks_leaves_nothing(room):
    unit = room.launch(room.bring_in(make_scorm_package()), mode="Browse")

    assert commit(unit, 1, core__lesson_status="passed", core__score__raw="100").status_code == 204
    assert room.statements() == []


def test_the_package_decides_what_is_enough(room):
    unit = room.launch(room.bring_in(make_scorm_package(mastery="80")), enrolment=(enrolment := uuid4()))

    commit(unit, 1, core__lesson_status="passed", core__score__raw="79")

    assert room.told(enrolment) == ["initialized", "failed"]


def test_a_name_in_the_page_that_plays_cannot_end_its_script(room):
    unit = room.launch(room.bring_in(make_scorm_package(data="&lt;/script&gt;&lt;script&gt;alert(1)")))

    assert "</script><script>alert" not in page(unit)


@pytest.mark.parametrize("name", ["../../etc/passwd", "scorm12.min.js", "../players.json"])
def test_only_files_of_an_installed_player_are_served(room, name):
    answer = room.content_client().get(f"/trinh-phat/scorm-again/{name}", base_url=CONTENT)

    assert answer.status_code == 404
