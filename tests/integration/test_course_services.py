"""From a launch to the teacher's pages: columns, scores on their way, who is enrolled and has not begun."""

import re
from html import unescape
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.launch.identity import account_from_subject
from sync.grade_jobs import read_rosters
from sync.models import (
    AwaitedColumn,
    CourseRoster,
    ExpectedScore,
    LineItemWish,
    OutgoingScore,
    ScoreDifference,
)
from sync.organization.staff import register_person
from tests.factories.lti import (
    AGS_SCOPE,
    INSTRUCTOR,
    SECRET,
    TOOL,
    Browser,
    FakePlatform,
    create_package,
    create_platform,
    json_answer,
    make_ags,
    make_claims,
    open_tool,
)

NRPS = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
MEMBERSHIPS = {
    "context_memberships_url": "https://lms.example.test/memberships",
    "service_versions": ["1.0", "2.0"],
}


@pytest.fixture
def platform():
    made = FakePlatform()
    made.answers["/memberships"] = lambda _request: json_answer(
        {
            "members": [
                {"user_id": "1", "roles": ["Learner"], "lis_person_sourcedid": "CB-1"},
                {"user_id": "2", "roles": ["Learner"], "lis_person_sourcedid": "CB-2"},
                {"user_id": "9", "roles": ["Learner"]},
                {"user_id": "thay", "roles": ["Learner"]},
            ]
        }
    )
    return made


@pytest.fixture
def app(database_url, engine, clock, platform):
    with Session(engine) as session, session.begin():
        create_platform(session, platform, now=clock())
        create_package(session, now=clock(), package_id="cchc", modules=("m1",))
        register_person(session, staff_code="CB-1", full_name="Đặng Thị Ánh", now=clock())
        register_person(session, staff_code="CB-2", full_name="Vũ Văn Bình", now=clock())
    with open_tool(database_url, platform, clock=clock) as opened:
        yield opened


@pytest.fixture
def launch(app, platform, clock):
    def launched(subject, **changes):
        browser = Browser(app, platform, clock)
        claims = {"custom": {"content": "cchc"}, "lis": {}, "ags": make_ags()} | changes
        asked = browser.begin()
        message = make_claims(platform, nonce=asked["nonce"], now=clock(), sub=subject, **claims)
        answer = browser.post(asked["state"], platform.sign(message | {NRPS: MEMBERSHIPS}))
        assert answer.status_code == 303, answer.text
        return browser.client, "/".join(urlsplit(answer.headers["Location"]).path.split("/")[:3])

    return launched


@pytest.fixture
def teacher(launch):
    return launch("thay", roles=[INSTRUCTOR])


def rows(engine, table):
    with Session(engine) as session:
        return session.scalars(select(table)).all()


def words(answer):
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", answer.text)).split())


def outgoing_of(engine, **changed):
    """The score of the only learner of the course, as the outbox has it."""
    with Session(engine, expire_on_commit=False) as session, session.begin():
        expected = session.scalars(select(ExpectedScore)).one()
        score = OutgoingScore(
            platform_registration_id=expected.platform_registration_id,
            line_item_url=expected.line_item_url,
            lms_user_id=expected.lms_user_id,
            score_maximum=100.0,
            **{"best_scaled": 0.8, "scored_at": expected.named_at} | changed,
        )
        session.add(score)
        session.flush()
        return score.outgoing_score_id


def test_a_launch_with_a_column_expects_its_score_there(launch, engine):
    launch("1")

    (expected,) = rows(engine, ExpectedScore)
    assert expected.line_item_url == "https://lms.example.test/items/3/lineitem?type_id=2"
    assert rows(engine, LineItemWish) == []


@pytest.mark.parametrize("lineitem", ["", None])
def test_a_launch_without_a_column_waits_for_one(launch, engine, lineitem):
    launch("1", ags=make_ags(lineitem=lineitem))
    launch("2", ags=make_ags(lineitem=lineitem))

    (wish,) = rows(engine, LineItemWish)
    assert (wish.container_url, wish.resource_link_id) == ("https://lms.example.test/items?type_id=2", "7")
    assert (wish.purpose, wish.label, wish.due_at) == ("cchc", "Bài thử", None)
    assert len(rows(engine, AwaitedColumn)) == 2


@pytest.mark.parametrize(
    "changes",
    [
        {"ags": make_ags(lineitem="", scope=[f"{AGS_SCOPE}score"])},
        {"ags": make_ags(lineitem="", lineitems="")},
        {"ags": make_ags(lineitem="", lineitems="javascript:alert(1)")},
        {"ags": make_ags(lineitem="", lineitems="https://lms.example.test/" + "x" * 1500)},
        {"ags": make_ags(lineitem=""), "custom": {"content": "cchc", "grade_column": "none"}},
        {"ags": make_ags(lineitem="https://lms.example.test/" + "x" * 1500, scope=[f"{AGS_SCOPE}score"])},
        {"ags": None},
    ],
)
def test_no_column_is_wanted_where_it_cannot_or_shall_not_be_made(launch, engine, changes):
    launch("1", **changes)

    assert rows(engine, LineItemWish) == []
    assert rows(engine, ExpectedScore) == []


def test_a_teachers_launch_expects_no_score(teacher, engine):
    assert rows(engine, ExpectedScore) == []
    assert len(rows(engine, CourseRoster)) == 1


def test_the_enrolled_who_never_opened_anything_are_listed_by_name(app, launch, teacher):
    launch("1", lis={"person_sourcedid": "CB-1"})
    with app.app_context():
        assert read_rosters() == 1
    client, address = teacher

    page = words(client.get(f"{address}/lop-hoc", base_url=TOOL))

    assert "2 người đã ghi danh, chưa mở bài" in page
    _, not_begun = page.split("chưa mở bài", 1)
    assert "Vũ Văn Bình" in not_begun
    assert "Đặng Thị Ánh" not in not_begun


def test_a_teacher_whom_the_list_calls_a_learner_stays_a_teacher(app, launch, teacher, platform):
    with app.app_context():
        read_rosters()
    client, address = teacher

    page = words(client.get(f"{address}/lop-hoc", base_url=TOOL))

    assert account_from_subject(platform.issuer, "thay", secret=SECRET).name[:8] not in page


def test_someone_who_left_the_course_is_marked(app, launch, teacher, platform, clock, engine):
    launch("1", lis={"person_sourcedid": "CB-1"})
    with app.app_context():
        read_rosters()
        platform.answers["/memberships"] = lambda _request: json_answer(
            {"members": [{"user_id": "2", "roles": ["Learner"]}]}
        )
        clock.forward(hours=25)
        read_rosters()
    client, address = launch("thay", roles=[INSTRUCTOR])

    page = words(client.get(f"{address}/lop-hoc", base_url=TOOL))

    assert "Đặng Thị Ánh Đã rời lớp" in page


def test_the_teacher_has_the_list_read_again(app, teacher, engine, clock):
    with app.app_context():
        read_rosters()
    client, address = teacher

    answer = client.post(f"{address}/lop-hoc/danh-sach/doc-lai", base_url=TOOL)

    assert answer.status_code == 303
    assert rows(engine, CourseRoster)[0].due_at == clock()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"due_at": "now"}, "Chưa gửi"),
        ({"delivered_at": "now"}, "Đã gửi 09:00 24/11/2026"),
        ({"delivered_at": "now", "checked_at": "now"}, "Đã gửi, đã kiểm tra lại"),
        (
            {"given_up_at": "now", "trouble_code": "learner_not_graded"},
            "LMS từ chối LMS không chấm điểm người này trong khóa học . Ghi danh người học",
        ),
        (
            {"due_at": "now", "failures": 2, "trouble_code": "score_not_delivered"},
            "Gửi lỗi, sẽ thử lại LMS không trả lời hoặc đang bận",
        ),
        ({"delivered_at": "now", "withdrawn_at": "now"}, "Kết quả đã bị thu hồi"),
    ],
)
def test_the_teacher_reads_where_each_score_is_and_what_to_do(launch, teacher, engine, clock, changed, told):
    launch("1", lis={"person_sourcedid": "CB-1"})
    outgoing_of(engine, **{name: clock() if value == "now" else value for name, value in changed.items()})
    client, address = teacher

    page = words(client.get(f"{address}/lop-hoc/diem", base_url=TOOL))

    assert "Đặng Thị Ánh" in page
    assert told in page


def test_a_difference_is_shown_and_sent_again_by_the_teacher(launch, teacher, engine, clock):
    launch("1", lis={"person_sourcedid": "CB-1"})
    number = outgoing_of(engine, delivered_at=clock(), delivered_scaled=0.8, held_scaled=0.5, claims=1)
    with Session(engine) as session, session.begin():
        session.add(
            ScoreDifference(
                outgoing_score_id=number,
                kind="lower",
                sent_scaled=0.8,
                held_scaled=0.5,
                found_by="nightly",
                found_at=clock(),
                seen_at=clock(),
            )
        )
    client, address = teacher
    page = words(client.get(f"{address}/lop-hoc/diem", base_url=TOOL))

    answer = client.post(f"{address}/lop-hoc/diem/{number}/gui-lai", base_url=TOOL, follow_redirects=True)

    assert "LMS hiện điểm khác" in page
    assert "LMS hiện 5/10" in page
    assert "1 điểm cần bạn xem" in page
    assert "Điểm sẽ được gửi lại" in words(answer)
    assert rows(engine, OutgoingScore)[0].due_at == clock()


def test_a_score_of_another_course_is_not_the_teachers(launch, engine, clock):
    launch("1", context={"id": "3", "title": "Khóa khác"})
    number = outgoing_of(engine, delivered_at=clock())
    client, address = launch("thay", roles=[INSTRUCTOR])

    answer = client.post(f"{address}/lop-hoc/diem/{number}/gui-lai", base_url=TOOL)

    assert answer.status_code == 404
    assert rows(engine, OutgoingScore)[0].due_at is None


def test_learners_and_foreign_pages_send_nothing_again(launch, teacher, engine, clock):
    learner, learners_address = launch("1")
    number = outgoing_of(engine, delivered_at=clock())
    client, address = teacher
    foreign = {"Origin": "https://evil.example"}

    as_learner = learner.post(f"{learners_address}/lop-hoc/diem/{number}/gui-lai", base_url=TOOL)
    as_foreigner = client.post(f"{address}/lop-hoc/diem/{number}/gui-lai", base_url=TOOL, headers=foreign)

    assert (as_learner.status_code, as_foreigner.status_code) == (403, 403)
    assert learner.get(f"{learners_address}/lop-hoc/diem", base_url=TOOL).status_code == 403
    assert rows(engine, OutgoingScore)[0].due_at is None
