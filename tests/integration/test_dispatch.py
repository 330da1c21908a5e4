"""Dispatch packages: what a key opens, for whom, and until when."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta

import pytest

from content_packages.active.errors import DispatchRefused
from content_packages.formats.dispatch_out import DispatchPackage, write_dispatch
from content_packages.formats.scorm_in import read_scorm
from lti_tool.dispatch.keys import give_out, take_back
from tests.factories.content import create_package
from tests.factories.imported import TOOL, ImportingApp, open_importing_app
from xapi_bridge.running_app import now, transaction

LMS = "https://lms-cu.example"


@pytest.fixture
def room(database_url, tmp_path, clock) -> Iterator[ImportingApp]:
    with open_importing_app(database_url, tmp_path, clock=clock) as opened:
        with opened.app.app_context(), transaction() as session:
            create_package(session, tmp_path / "nguon")
        yield opened


def give(room: ImportingApp, content: str = "nhap-mon", days: int = 30) -> DispatchPackage:
    with room.app.app_context(), transaction() as session:
        return give_out(
            session,
            content,
            label="Trường tỉnh",
            origin=TOOL,
            lasts=timedelta(days=days),
            by="thu",
            now=now(),
        )


def enter(room: ImportingApp, package: DispatchPackage, learner: str = "hv-1", **changes: str):
    form = {"key": package.key_id, "secret": package.secret, "learner": learner, **changes}
    return room.app.test_client().post("/goi/vao", data=form, base_url=TOOL, headers={"Origin": LMS})


def test_a_package_is_a_sco_that_holds_no_content(room):
    with zipfile.ZipFile(io.BytesIO(write_dispatch(give(room)))) as archive:
        course, findings = read_scorm(
            archive.read("imsmanifest.xml"), has_file=archive.namelist().__contains__
        )
        page = archive.read("index.html").decode()

    assert findings == ()
    assert course.kind == "scorm12"
    assert f'action="{TOOL}/goi/vao"' in page
    assert len(write_dispatch(give(room))) < 30_000


def test_a_learner_of_the_other_lms_enters_under_a_pseudonym_and_comes_back_to_the_same_work(room):
    package = give(room)

    first, again, other = enter(room, package), enter(room, package), enter(room, package, "hv-2")
    client = room.app.test_client()
    pages = [client.get(one.headers["Location"], base_url=TOOL) for one in (first, again, other)]

    assert [page.status_code for page in pages] == [200, 200, 200]
    assert f"frame-ancestors {LMS} {TOOL}" in pages[0].headers["Content-Security-Policy"]
    assert f'data-lms="{LMS}"' in pages[0].text
    assert "hv-1" not in pages[0].text
    state = client.get(progress_of(pages[0]), base_url=TOOL).get_json()
    assert state == {"completed": False, "passed": None, "scaled": None}


def progress_of(page) -> str:
    found = re.search(r'data-progress="([^"]+)"', page.text)
    assert found is not None
    return found[1]


@pytest.mark.parametrize(
    "changes", [{"secret": "sai"}, {"key": "0" * 32}, {"learner": ""}, {"learner": "x" * 300}]
)
def test_a_wrong_key_or_nobody_opens_nothing(room, changes):
    answer = enter(room, give(room), **changes)

    assert answer.status_code == 403
    assert "dispatch_refused" in answer.text


def test_a_key_ends_with_its_time_and_when_it_is_taken_back(room, clock):
    timed, taken = give(room, days=1), give(room)
    with room.app.app_context(), transaction() as session:
        take_back(session, taken.key_id, now=now())

    clock.forward(days=2)

    assert enter(room, timed).status_code == 403
    assert enter(room, taken).status_code == 403


def test_no_key_is_given_for_what_is_not_published(room):
    with pytest.raises(DispatchRefused):
        give(room, "khong-co")


def test_two_packages_never_know_that_they_have_the_same_learner(room):
    locations = [enter(room, give(room)).headers["Location"] for _ in range(2)]
    client = room.app.test_client()

    for location in locations:
        client.get(location.replace("/khung", "/m/tong-quan"), base_url=TOOL)

    actors = {one.actor.account for one in room.statements() if one.actor.account}
    assert len({actor.name for actor in actors}) == 2
    assert len({actor.home_page for actor in actors}) == 2
