"""The second host: only its own room answers there, nothing sets a cookie, and what opens is a capability."""

import pytest

from tests.factories.imported import CONTENT, TOOL, ImportingApp, make_cmi5_package, open_importing_app

SCRIPT_PICTURE = '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
FILES = {
    "phim.mp4": bytes(range(256)),
    "anh/hinh.svg": SCRIPT_PICTURE,
    "nguon.fla": "x",
    "muc/index.html": "mục",
}


@pytest.fixture
def room(prepared_sqlite_file, tmp_path, clock):
    """What a browser gets does not depend on the engine; the run-time tests use both."""
    copy = tmp_path / "test.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_importing_app(f"sqlite:///{copy}", tmp_path, clock=clock) as opened:
        yield opened


@pytest.fixture
def unit(room: ImportingApp):
    return room.launch(room.bring_in(make_cmi5_package(files=FILES)))


def get(unit, path: str, *, host: str = CONTENT, **headers: str):
    address = f"/c/{unit.launch.capability}/{path}"
    return unit.room.content_client().get(address, base_url=host, headers=headers)


def test_the_launched_page_comes_with_the_policy_that_holds_it(unit):
    answer = unit.room.content_client().get(unit.launch.url, base_url=CONTENT)

    policy = answer.headers["Content-Security-Policy"]
    assert answer.status_code == 200
    assert "Nội dung bài" in answer.text
    assert "connect-src 'self';" in policy
    assert "form-action 'none'" in policy
    assert f"frame-ancestors 'self' {CONTENT} {TOOL} https://lms.example" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


@pytest.mark.parametrize(
    "path", ["/", "/quan-tri/", "/lti/login", "/xapi/statements", "/static/base.css", "/hoc/x/"]
)
def test_no_page_of_the_tool_answers_on_the_second_host(room, path):
    answer = room.content_client().get(path, base_url=CONTENT)

    assert answer.status_code == 404


def test_no_file_of_a_course_answers_on_the_tools_host(unit):
    assert get(unit, "index.html", host=TOOL).status_code == 404


@pytest.mark.parametrize("path", ["index.html", "khac.html", "phim.mp4"])
def test_no_answer_of_the_second_host_sets_a_cookie(unit, path):
    client = unit.room.content_client()
    client.set_cookie("cchc_operator", "x", domain="noidung.example")

    answer = client.get(f"/c/{unit.launch.capability}/{path}", base_url=CONTENT)

    assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("capability", ["sai", "A" * 32])
def test_a_capability_that_was_not_given_out_opens_nothing(room, unit, capability):
    answer = room.content_client().get(f"/c/{capability}/index.html", base_url=CONTENT)

    assert answer.status_code == 403
    assert answer.get_json()["code"] == "capability_refused"


def test_people_get_a_page_without_scripts_where_programs_get_json(unit):
    answer = get(unit, "khac.html", **{"Sec-Fetch-Dest": "iframe"})

    assert answer.status_code == 404
    assert "<p>" in answer.text
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"


def test_a_part_of_a_film_is_sent_when_a_player_asks_for_it(unit):
    whole, part = get(unit, "phim.mp4"), get(unit, "phim.mp4", Range="bytes=100-109")

    assert whole.headers["Accept-Ranges"] == "bytes"
    assert part.status_code == 206
    assert part.data == bytes(range(100, 110))
    assert part.headers["Content-Range"] == "bytes 100-109/256"


@pytest.mark.parametrize(
    ("asked", "status", "length"),
    [("bytes=-6", 206, 6), ("bytes=250-", 206, 6), ("bytes=0-1,5-6", 200, 256), ("bytes=300-", 416, None)],
)
def test_every_form_of_a_range_is_understood(unit, asked, status, length):
    answer = get(unit, "phim.mp4", Range=asked)

    assert answer.status_code == status
    assert length is None or len(answer.data) == length


def test_a_file_that_the_browser_has_is_not_sent_again(unit):
    etag = get(unit, "index.html").headers["ETag"]

    answer = get(unit, "index.html", **{"If-None-Match": etag})

    assert answer.status_code == 304
    assert answer.data == b""


@pytest.mark.parametrize("path", ["anh/hinh.svg", "nguon.fla"])
def test_what_could_run_as_a_page_of_its_own_is_sent_as_a_download(unit, path):
    assert get(unit, path).headers["Content-Disposition"] == "attachment"


def test_a_folder_shows_its_first_page(unit):
    assert get(unit, "muc/").text == "mục"


@pytest.mark.parametrize("path", ["../cmi5.xml", "%2e%2e/%2e%2e/etc/passwd", "muc/../../index.html"])
def test_no_path_leads_out_of_the_package(unit, path):
    assert get(unit, path).status_code in {403, 404}


def test_a_script_of_another_site_may_ask_the_record_store_and_is_told_so(unit):
    path = f"/xapi/{unit.launch.session_id}/statements"

    answer = unit.room.content_client().options(path, base_url=CONTENT)

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]


def test_without_a_second_host_every_host_is_the_tools(prepared_sqlite_file, tmp_path, clock):
    copy = tmp_path / "khac.sqlite"
    copy.write_bytes(prepared_sqlite_file.read_bytes())
    with open_importing_app(f"sqlite:///{copy}", tmp_path, clock=clock, CCHC_CONTENT_URL="") as alone:
        answer = alone.content_client().get("/c/x/index.html", base_url=CONTENT)

    assert answer.status_code == 404
