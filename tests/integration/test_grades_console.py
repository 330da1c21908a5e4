"""Operators see what LMSs do not take, and decide; commands have the same powers."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select
from sqlalchemy.orm import Session

from lti_tool.cli import cli
from sync.grade_errors import RosterUnknown, ScoreUnknown
from sync.models import (
    ColumnCheck,
    CourseRoster,
    GradebookBreaker,
    LineItemWish,
    OutgoingScore,
    RosterMember,
    ScoreDifference,
)
from tests.factories.lti import FakePlatform, create_platform, open_tool
from tests.factories.reports import come_in, create_country, create_operators, csrf_token

ADDRESS = "/quan-tri/diem/"


@pytest.fixture
def troubled(engine, clock):
    """One of everything that can be in trouble."""
    now = clock()
    with Session(engine) as session, session.begin():
        create_operators(session, create_country(session))
        platform = create_platform(session, FakePlatform(issuer="http://127.0.0.1:1"), now=now)

        def score(user, **changed):
            made = OutgoingScore(
                platform_registration_id=platform.id,
                line_item_url="https://lms.example.test/items/1",
                lms_user_id=user,
                score_maximum=100.0,
                best_scaled=0.8,
                scored_at=now,
                claims=1,
                **changed,
            )
            session.add(made)
            session.flush()
            return made.outgoing_score_id

        score("1", given_up_at=now, trouble_code="learner_not_graded", trouble="The gradebook answered 400.")
        score("2", due_at=now + timedelta(hours=1), failures=3, trouble_code="score_not_delivered")
        different = score("3", delivered_at=now, delivered_scaled=0.8, held_scaled=0.5, checked_at=now)
        session.add_all(
            [
                ScoreDifference(
                    outgoing_score_id=different,
                    kind="lower",
                    sent_scaled=0.8,
                    held_scaled=0.5,
                    found_by="nightly",
                    found_at=now,
                    seen_at=now,
                ),
                GradebookBreaker(
                    platform_registration_id=platform.id,
                    failures=5,
                    opened_at=now,
                    retry_at=now + timedelta(minutes=5),
                    trouble_code="score_not_delivered",
                    trouble="The gradebook answered 502.",
                ),
                ColumnCheck(
                    platform_registration_id=platform.id,
                    line_item_url="https://lms.example.test/items/1",
                    due_at=now + timedelta(hours=9),
                    checked_at=now,
                    scores=1,
                    differences=1,
                ),
                LineItemWish(
                    wish_key="k",
                    platform_registration_id=platform.id,
                    container_url="https://lms.example.test/items",
                    resource_link_id="7",
                    purpose="cchc",
                    label="Bài không có cột",
                    score_maximum=100.0,
                    trouble_code="score_forbidden",
                    wished_at=now,
                ),
                CourseRoster(
                    platform_registration_id=platform.id,
                    course_id="2",
                    course_title="Khóa thử",
                    memberships_url="http://127.0.0.1:1/memberships",
                    due_at=now + timedelta(hours=9),
                    trouble_code="roster_forbidden",
                ),
            ]
        )
        session.flush()
        session.add(
            RosterMember(
                roster_id=1,
                account_name="an-danh",
                account_home_page="https://lms.example.test",
                status="active",
                seen_reading=1,
                first_seen_at=now,
                seen_at=now,
            )
        )


@pytest.fixture
def client(database_url, troubled, clock):
    with open_tool(database_url, clock=clock) as app:
        opened = app.test_client()
        come_in(opened, "administrator")
        yield opened


def press(client, address, **fields):
    token = csrf_token(client.get(ADDRESS))
    answer = client.post(address, data={"csrf_token": token, **fields}, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer.text


def scores(engine):
    with Session(engine) as session:
        return session.scalars(select(OutgoingScore).order_by(OutgoingScore.outgoing_score_id)).all()


def test_the_page_tells_what_is_in_trouble_why_and_what_to_do(client):
    page = client.get(ADDRESS).text

    for told in (
        "Tạm ngừng gửi",
        "LMS không chấm điểm người này trong khóa học",
        "Ghi danh người học vào khóa với vai trò học viên",
        "The gradebook answered 400.",
        "Bài không có cột",
        "LMS không cho công cụ dùng sổ điểm",
        "https://lms.example.test/items/1",
    ):
        assert told in page


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("khac", "Hỏi giáo viên có sửa điểm không"),
        ("loi", "LMS không trả lời"),
        ("cho", "Không có điểm nào"),
        ("?", "400"),
    ],
)
def test_scores_are_shown_by_state(client, word, told):
    assert told in client.get(ADDRESS, query_string={"tinh-trang": word}).text


def test_one_score_is_sent_again(client, engine, clock):
    assert "Điểm sẽ được gửi lại" in press(client, f"{ADDRESS}1/gui-lai")

    first = scores(engine)[0]
    assert (first.due_at, first.given_up_at, first.scored_at) == (
        clock(),
        None,
        clock() + timedelta(seconds=1),
    )


def test_all_scores_of_a_state_are_sent_again(client, engine, clock):
    assert "1 điểm sẽ được gửi lại" in press(client, f"{ADDRESS}gui-lai", state="khac")

    assert [one.due_at == clock() for one in scores(engine)] == [False, False, True]


def test_closing_a_breaker_makes_what_waited_due(client, engine, clock):
    press(client, f"{ADDRESS}cau-dao/1/dong")

    with Session(engine) as session:
        assert session.scalars(select(GradebookBreaker)).one().opened_at is None
    assert scores(engine)[1].due_at == clock()


def test_comparison_columns_and_rosters_are_asked_for_at_once(client, engine, clock):
    press(client, f"{ADDRESS}doi-chieu")
    press(client, f"{ADDRESS}cot/tim-lai")
    page = press(client, f"{ADDRESS}danh-sach-lop/1/doc-lai")

    assert "Khóa thử" in page
    assert "LMS không cho đọc danh sách lớp" in page
    with Session(engine) as session:
        for table in (ColumnCheck, LineItemWish, CourseRoster):
            assert session.scalars(select(table)).one().due_at == clock()


def test_what_is_not_there_is_said(client):
    token = csrf_token(client.get(ADDRESS))

    for address in (f"{ADDRESS}999/gui-lai", f"{ADDRESS}danh-sach-lop/999/doc-lai"):
        assert client.post(address, data={"csrf_token": token}).status_code == 404


@pytest.mark.parametrize("username", ["analyst", None])
def test_only_administrators_see_the_page(database_url, troubled, clock, username):
    with open_tool(database_url, clock=clock) as app:
        other = app.test_client()
        if username:
            come_in(other, username)

        assert other.get(ADDRESS, headers={"Accept": "application/json"}).status_code in {401, 403}


def test_a_form_without_its_token_changes_nothing(client, engine):
    assert client.post(f"{ADDRESS}1/gui-lai").status_code == 400
    assert scores(engine)[0].due_at is None


@pytest.fixture
def run(database_url, troubled):
    def invoke(*arguments):
        result = CliRunner().invoke(cli, list(arguments), env={"CCHC_DATABASE_URL": database_url})
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.output

    return invoke


def test_commands_show_the_outbox_and_the_breakers(run):
    status = run("grades", "status")

    assert "sẽ thử lại 1" in status
    assert "tạm ngừng gửi" in status
    assert "LMS không chấm điểm người này" in run("grades", "list")
    assert "0.8\t0.5" in run("grades", "list", "--state", "different")
    assert "Không có điểm nào" in run("grades", "list", "--state", "waiting")


def test_commands_send_again_and_close_breakers(run, engine):
    assert "1 điểm sẽ được gửi lại" in run("grades", "retry", "1")
    assert "1 điểm sẽ được gửi lại" in run("grades", "retry", "--state", "different", "--platform", "1")
    assert "0 điểm sẽ được gửi lại" in run("grades", "retry", "--state", "different", "--platform", "2")
    assert "Đã cho gửi lại" in run("grades", "close-breaker", "1")
    assert "không bị tạm ngừng" in run("grades", "close-breaker", "1")
    assert "Cho biết số của điểm" in run("grades", "retry")
    assert all(one.due_at is not None for one in scores(engine))
    with pytest.raises(ScoreUnknown):
        run("grades", "retry", "999")


def test_commands_show_and_read_rosters(run):
    assert "Khóa thử\t1 học viên\t0 đã rời" in run("roster", "list")
    assert run("roster", "members", "1").startswith("an-danh\tactive\t")
    with pytest.raises(RosterUnknown):
        run("roster", "members", "999")
    with pytest.raises(RosterUnknown):
        run("roster", "sync", "999")


def test_commands_that_ask_an_lms_tell_what_it_refused(run, engine):
    # The LMS of this test is on a private network, which is not allowed: nothing is asked.
    assert "Đã thử gửi" in run("grades", "send")
    assert "Đã tìm lại 1 cột điểm" in run("grades", "find-columns")
    assert "khác" in run("grades", "compare")
    assert "CCHC_PRIVATE_NETWORKS_ALLOWED" in run("roster", "sync", "1")
    with Session(engine) as session:
        assert session.scalars(select(CourseRoster)).one().trouble_code == "roster_not_read"
