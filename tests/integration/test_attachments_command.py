"""`cchc attachments …`: what an operator sees of the bytes, before and after something happened to them."""

from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lti_tool.cli.attachments import attachments
from lti_tool.settings import Settings, load_settings
from tests.conftest import StandingClock
from tests.factories.attachments import ESSAY, make_attached, make_multipart, send, sha2_of
from tests.factories.statements import make_agent
from tests.factories.xapi_door import Door, open_door
from xapi_bridge.running_app import utc_now

ID = "6690e6c9-3ef0-4ed3-8b37-7f3964730bee"
PICTURE = bytes(range(256))


@pytest.fixture
def settings(database_url, tmp_path) -> Settings:
    return load_settings({"CCHC_DATABASE_URL": database_url, "CCHC_DATA_DIR": str(tmp_path)})


@pytest.fixture
def three_days_ago() -> StandingClock:
    return StandingClock(utc_now() - timedelta(days=3))


def command(settings: Settings, *words: str) -> Result:
    return CliRunner().invoke(attachments, words, obj=settings)


def door_of(settings: Settings, clock):
    """The door of the installation that the commands are about."""
    return open_door(settings.database_url, clock=clock, CCHC_DATA_DIR=str(settings.data_dir))


def file_of(settings: Settings, body: bytes) -> Path:
    sha2 = sha2_of(body)
    return settings.data_dir / "attachments" / sha2[:2] / sha2[2:4] / sha2


def send_essay_and_picture(door: Door) -> None:
    assert send(door, make_multipart(make_attached(ESSAY, id=ID), ESSAY)).status_code == 200
    assert send(door, make_multipart(make_attached(PICTURE), PICTURE)).status_code == 200


def test_a_check_finds_everything_in_order(settings, three_days_ago):
    with door_of(settings, three_days_ago) as door:
        send_essay_and_picture(door)

    answer = command(settings, "check")

    assert answer.exit_code == 0, answer.output
    assert answer.output.startswith("2 tệp đúng, 0 tệp thiếu, 0 tệp bị thay đổi")


def test_a_check_names_what_is_missing_and_what_was_changed(settings, three_days_ago):
    with door_of(settings, three_days_ago) as door:
        send_essay_and_picture(door)
    file_of(settings, ESSAY).unlink()
    file_of(settings, PICTURE).write_bytes(PICTURE[::-1])

    answer = command(settings, "check")

    assert answer.exit_code == 1
    assert f"{sha2_of(ESSAY)}: thiếu trong kho" in answer.output
    assert f"{sha2_of(PICTURE)}: nội dung đã bị thay đổi" in answer.output


def test_a_sweep_removes_what_no_statement_names_and_nothing_else(settings, three_days_ago):
    with door_of(settings, three_days_ago) as door:
        send_essay_and_picture(door)
        orphan = b"of a statement that was refused"
        conflicting = make_attached(orphan, id=ID, actor=make_agent("b"))
        assert send(door, make_multipart(conflicting, orphan)).status_code == 409
    assert file_of(settings, orphan).exists()

    answer = command(settings, "sweep")

    assert (answer.exit_code, answer.output) == (0, "Đã xóa 1 tệp và 0 thư mục tạm.\n")
    assert not file_of(settings, orphan).exists()
    assert command(settings, "check").exit_code == 0


def test_a_sweep_leaves_what_came_in_today(settings):
    with door_of(settings, utc_now) as door:
        send_essay_and_picture(door)
        orphan = b"of a statement that was refused"
        send(door, make_multipart(make_attached(orphan, id=ID, actor=make_agent("b")), orphan))

    answer = command(settings, "sweep")

    assert answer.output == "Đã xóa 0 tệp và 0 thư mục tạm.\n"
    assert file_of(settings, orphan).exists()


def test_files_that_the_database_does_not_know_get_a_day(settings):
    place = file_of(settings, ESSAY)
    place.parent.mkdir(parents=True)
    place.write_bytes(ESSAY)

    checked, swept = command(settings, "check"), command(settings, "sweep")

    assert checked.exit_code == 0
    assert f"{sha2_of(ESSAY)}: không có trong cơ sở dữ liệu" in checked.output
    assert "1 tệp không có trong cơ sở dữ liệu" in swept.output
    assert place.exists()
    assert "không có trong cơ sở dữ liệu:" not in command(settings, "check").output
