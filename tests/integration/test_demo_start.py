"""The demo finds its house again at each start, and says clearly why it cannot begin."""

import io
import re
import socket
import stat

import pytest
import requests
from flask import Flask

from lti_tool.cli.demo import demo
from lti_tool.demo.errors import DataFolderTaken, PortTaken
from lti_tool.demo.history import TaughtModule, earlier_statements
from lti_tool.demo.installation import demo_settings, open_installation
from lti_tool.demo.people import OFFICIALS
from lti_tool.demo.progress import Progress
from lti_tool.demo.running import build_house
from lti_tool.demo.servers import require_free_port, serve
from lti_tool.practice_lms import PROFILES
from lti_tool.settings import load_settings
from tests.factories.ports import find_free_port


@pytest.fixture
def taken_port():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


def test_secrets_are_made_once_and_readable_by_their_owner_only(tmp_path):
    first = open_installation(tmp_path / "demo", tool_port=None, lms_port=None)

    again = open_installation(tmp_path / "demo", tool_port=None, lms_port=None)

    assert again == first
    assert stat.S_IMODE((tmp_path / "demo" / "demo.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "demo").stat().st_mode) == 0o700


def test_a_data_folder_keeps_its_ports(tmp_path):
    open_installation(tmp_path, tool_port=8111, lms_port=8222)

    with pytest.raises(DataFolderTaken, match="--lms-port 8222"):
        open_installation(tmp_path, tool_port=8111, lms_port=8223)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=PROFILES.keys())
def test_the_practice_lms_plays_the_product_that_was_asked_for(tmp_path, profile):
    installation = open_installation(tmp_path, tool_port=None, lms_port=None)
    settings = demo_settings(load_settings({}), installation, tmp_path)

    house = build_house(settings, installation, tmp_path, profile=profile)

    assert f"<title>Đăng nhập · {profile.title}</title>" in house.lms.test_client().get("/sign-in").text


def test_a_taken_port_is_named_with_the_option_that_helps(taken_port):
    with pytest.raises(PortTaken, match=f"Port {taken_port} .*--tool-port"):
        require_free_port("127.0.0.1", taken_port, option="--tool-port")


def test_a_served_application_answers_at_its_host_name_and_stops_with_its_block():
    app = Flask("test")
    app.get("/")(lambda: "xin chào")
    port = find_free_port()

    with serve(app, host="localhost", port=port, option="--lms-port"):
        answer = requests.get(f"http://localhost:{port}/", timeout=5)

    assert answer.text == "xin chào"
    with pytest.raises(requests.ConnectionError):
        requests.get(f"http://localhost:{port}/", timeout=5)


def test_each_step_is_one_plain_line_where_there_is_no_terminal():
    out = io.StringIO()
    progress = Progress(total=12, out=out)

    with progress.step("Nạp đơn vị") as outcome:
        outcome.append("14.188 đơn vị")

    assert re.fullmatch(r"\[ 1/12\] Nạp đơn vị: 14\.188 đơn vị \(\d+,\d giây\)\n", out.getvalue())


def test_the_earlier_record_is_the_same_at_every_start_and_ends_before_the_districts_do():
    modules = [TaughtModule(f"https://cchc.example/p/cchc/m/{n}", f"Chuyên đề {n}") for n in range(4)]

    first, again = earlier_statements(OFFICIALS, modules), earlier_statements(OFFICIALS, modules)

    assert first == again
    assert len({statement["id"] for statement in first}) == len(first) == 8
    assert all(statement["timestamp"].startswith("2024-") for statement in first)


def test_the_command_describes_its_options():
    assert {option.name for option in demo.params} == {
        "data_dir",
        "tool_port",
        "lms_port",
        "lms_profile",
        "no_wait",
    }
