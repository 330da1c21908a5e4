"""Who is enrolled: read page by page, goes on after a crash, says who left only when it read everything."""

from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.grade_errors import RosterForbidden, RosterNotRead, RosterPageGone, RosterUnknown
from sync.models import CourseRoster, RosterMember
from sync.organization.models import ActorIdentity
from sync.organization.staff import find_identity, link_identity, register_person
from sync.ports import ListedMember, RosterPage
from sync.roster import LEASE, WHOLE_LIST_AFTER, note_course, read_due_rosters, read_roster_now
from tests.factories.learning import HOME_PAGE, make_account

URL = "https://lms.example/memberships"
DAY = timedelta(hours=24)


class FakeRoster:
    """Fills the port `Roster`: pages by address; a page may be an exception, raised once."""

    def __init__(self, *first, **pages) -> None:
        self.pages = {"": RosterPage(tuple(first))} | pages
        self.asked: list[str] = []

    def read_learners(self, platform_registration_id, memberships_url):
        assert memberships_url == URL
        return self._page("")

    def read_more(self, platform_registration_id, memberships_url, page_url):
        return self._page(page_url)

    def _page(self, name):
        self.asked.append(name)
        page = self.pages[name]
        if isinstance(page, list):
            page = page.pop(0)
        if isinstance(page, BaseException):
            raise page
        return page


def member(name, *, role="learner", status="active", staff_code=None):
    return ListedMember(HOME_PAGE, name, role, status, staff_code)


def pages(*names, then="", **more):
    return RosterPage(tuple(member(name) for name in names), then, **more)


@pytest.fixture
def transaction(engine):
    @contextmanager
    def opened():
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session

    return opened


@pytest.fixture
def course(transaction, clock):
    with transaction() as session:
        note_course(
            session,
            platform_registration_id=1,
            course_id="2",
            course_title="Khóa thử",
            memberships_url=URL,
            now=clock(),
        )


@pytest.fixture
def read(transaction, clock, course):
    def reading(roster):
        return read_due_rosters(transaction, roster, clock=clock, again_after=DAY)

    return reading


@pytest.fixture
def state(transaction):
    def looked():
        with transaction() as session:
            return session.scalars(select(CourseRoster)).one()

    return looked


@pytest.fixture
def members(transaction):
    def listed():
        with transaction() as session:
            rows = session.scalars(select(RosterMember).order_by(RosterMember.account_name))
            return {row.account_name: row.status for row in rows}

    return listed


def test_a_new_course_is_read_at_once_and_then_every_day(read, state, members, clock):
    roster = FakeRoster(member("an"), member("binh", status="inactive"), member("thay", role="teacher"))

    first = read(roster)
    again = read(roster)
    clock.forward(hours=24)
    next_day = read(roster)

    assert (first, again, next_day) == (1, 0, 1)
    assert members() == {"an": "active", "binh": "inactive"}
    assert state().completed_at == clock()


def test_all_pages_are_read(read, members):
    roster = FakeRoster(p2=pages("binh", then="p3"), p3=pages("chi"))
    roster.pages[""] = pages("an", then="p2")

    read(roster)

    assert roster.asked == ["", "p2", "p3"]
    assert sorted(members()) == ["an", "binh", "chi"]


def test_a_killed_process_goes_on_where_it_stopped(read, members, clock):
    roster = FakeRoster(p2=[KeyboardInterrupt(), pages("binh")])
    roster.pages[""] = pages("an", then="p2")
    with pytest.raises(KeyboardInterrupt):
        read(roster)

    during_lease = read(roster)
    clock.instant += LEASE
    after_lease = read(roster)

    assert (during_lease, after_lease) == (0, 1)
    assert roster.asked == ["", "p2", "p2"]
    assert members() == {"an": "active", "binh": "active"}


def test_whoever_is_absent_from_a_whole_list_has_left_and_may_come_back(read, members, clock):
    read(FakeRoster(member("an"), member("binh")))
    clock.forward(hours=24)
    read(FakeRoster(member("an")))
    after_leaving = members()
    clock.forward(hours=24)
    read(FakeRoster(member("an"), member("binh")))

    assert after_leaving == {"an": "active", "binh": "left"}
    assert members() == {"an": "active", "binh": "active"}


def test_a_list_that_was_not_read_to_its_end_makes_nobody_leave(read, members, state, clock):
    read(FakeRoster(member("an"), member("binh")))
    clock.forward(hours=24)
    broken = FakeRoster(p2=RosterNotRead("502"))
    broken.pages[""] = pages("an", then="p2")

    read(broken)

    assert members() == {"an": "active", "binh": "active"}
    assert (state().trouble_code, state().next_page_url) == ("roster_not_read", "p2")


def test_a_list_that_suddenly_names_nobody_is_not_believed(read, members, state, clock):
    read(FakeRoster(member("an")))
    clock.forward(hours=24)

    read(FakeRoster())

    assert members() == {"an": "active"}
    assert state().trouble_code == "roster_incomplete"


def test_pages_that_lead_in_a_circle_end(read, state, members):
    roster = FakeRoster(p2=pages("binh", then="p3"), p3=pages("chi", then="p2"))
    roster.pages[""] = pages("an", then="p2")

    read(roster)

    assert state().trouble_code == "roster_incomplete"
    assert len(roster.asked) == 3


def test_a_bookmark_that_leads_nowhere_begins_anew(read, members, clock):
    roster = FakeRoster(p2=[RosterNotRead("502"), RosterPageGone("404"), pages("binh")])
    roster.pages[""] = pages("an", then="p2")
    read(roster)
    clock.forward(hours=1)

    read(roster)

    assert roster.asked == ["", "p2", "p2", "", "p2"]
    assert members() == {"an": "active", "binh": "active"}


def test_the_pause_that_an_lms_asks_for_is_kept(read, state, clock):
    read(FakeRoster(**{"": RosterNotRead("429", retry_after_seconds=7200.0)}))

    assert state().due_at == clock() + timedelta(hours=2)


def test_a_list_that_is_refused_is_asked_for_again_the_next_day(read, state, clock):
    roster = FakeRoster()
    roster.pages[""] = RosterForbidden("403")

    read(roster)

    assert (state().trouble_code, state().due_at) == ("roster_forbidden", clock() + DAY)


def test_only_differences_are_read_where_the_lms_offers_them(read, members, clock):
    roster = FakeRoster(
        d=RosterPage((member("binh", status="deleted"), member("chi")), differences_url="d2"),
        d2=RosterPage((), differences_url="d3"),
    )
    roster.pages[""] = pages("an", "binh", differences_url="d")
    read(roster)
    clock.forward(hours=24)
    read(roster)
    clock.forward(hours=24)
    read(roster)

    assert roster.asked == ["", "d", "d2"]
    assert members() == {"an": "active", "binh": "left", "chi": "active"}


def test_the_whole_list_is_read_again_after_a_week_of_differences(read, clock):
    roster = FakeRoster(d=RosterPage(()))
    roster.pages[""] = pages("an", differences_url="d")
    read(roster)
    clock.instant += WHOLE_LIST_AFTER

    read(roster)

    assert roster.asked == ["", ""]


def test_a_member_who_never_launched_belongs_to_the_official_with_the_staff_code(read, transaction, clock):
    with transaction() as session:
        person = register_person(session, staff_code="CB-1", full_name="Đặng Thị Ánh", now=clock())

    read(FakeRoster(member("an", staff_code="CB-1"), member("binh", staff_code="CB-2"), member("chi")))

    with transaction() as session:
        identities = session.scalars(select(ActorIdentity)).all()
    assert [(one.account_name, one.person_id) for one in identities] == [("an", person.person_id)]


def test_the_list_does_not_move_an_account_that_a_launch_tied_to_someone(read, transaction, clock):
    with transaction() as session:
        register_person(session, staff_code="CB-1", full_name="Đặng Thị Ánh", now=clock())
        other = register_person(session, staff_code="CB-2", full_name="Vũ Văn Bình", now=clock())
        identity = find_identity(session, make_account("an"), now=clock())
        link_identity(session, identity.identity_id, person_id=other.person_id, now=clock())

    read(FakeRoster(member("an", staff_code="CB-1")))

    with transaction() as session:
        assert session.scalars(select(ActorIdentity.person_id)).one() == other.person_id


def test_a_second_process_does_not_read_the_same_list(read, members):
    second = FakeRoster(member("an"))

    class Meanwhile(FakeRoster):
        def _page(self, name):
            assert read(second) == 0
            return super()._page(name)

    read(Meanwhile(member("an")))

    assert second.asked == []


def test_a_new_address_is_read_at_once_from_its_beginning(read, transaction, state, clock):
    read(FakeRoster(member("an")))

    with transaction() as session:
        note_course(
            session,
            platform_registration_id=1,
            course_id="2",
            course_title="Khóa thử",
            memberships_url="https://lms.example/other",
            now=clock(),
        )

    assert (state().due_at, state().memberships_url) == (clock(), "https://lms.example/other")


def test_an_operator_has_it_read_now(read, transaction, state, clock):
    read(FakeRoster(member("an")))

    with transaction() as session:
        read_roster_now(session, state().roster_id, now=clock())

    assert read(FakeRoster(member("an"))) == 1
    with transaction() as session, pytest.raises(RosterUnknown):
        read_roster_now(session, 999, now=clock())
