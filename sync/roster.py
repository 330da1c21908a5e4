"""Rosters: who is enrolled in a course of an LMS, read page by page, so that "not yet begun" can be told.

A reading keeps a bookmark: each page is stored in a transaction of its own together with the address of the
next, so a killed process goes on where it stopped. Only a list that was read whole, from its first page to
its last, says who left. The list never changes what a launch said: roles come from launches where there was
one, and an account that a launch tied to a person stays with that person.

Spec: NRPS 2.0, 2.4 (members, paging) and 2.5 (differences).
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from sync.grade_errors import (
    RosterForbidden,
    RosterIncomplete,
    RosterNotRead,
    RosterNotTaken,
    RosterPageGone,
    RosterUnknown,
)
from sync.models import CourseRoster, RosterMember
from sync.organization.staff import find_identity, find_person_by_staff_code, link_identity
from sync.ports import ListedMember, Roster, RosterPage
from sync.score_delivery import retry_pause_seconds
from xapi_bridge.database import insert_if_absent, insert_or_update
from xapi_bridge.statement import Account

#: Longer than one page may take.
LEASE = timedelta(minutes=5)
#: Differences are believed for so long; then the whole list is read again.
WHOLE_LIST_AFTER = timedelta(days=7)
#: More pages than any course has: a list that goes on for ever is none.
MOST_MEMBERS = 200_000
_MOST_PAGES_PER_RUN = 2_000

OpenTransaction = Callable[[], AbstractContextManager[Session]]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class _Claim:
    """A roster that is being read; `page_url` is empty for the first page."""

    roster_id: int
    number: int
    reading: int
    platform_registration_id: int
    memberships_url: str
    page_url: str
    differences_only: bool


def note_course(
    session: Session,
    *,
    platform_registration_id: int,
    course_id: str,
    course_title: str,
    memberships_url: str,
    now: datetime,
) -> None:
    """Notes where a course's members can be asked for; a new course is read at once.

    Repeating it with the same changes nothing.
    """
    course = {"platform_registration_id": platform_registration_id, "course_id": course_id}
    known = session.scalars(select(CourseRoster).filter_by(**course)).first()
    if known is None:
        row = course | {"course_title": course_title, "memberships_url": memberships_url, "due_at": now}
        insert_if_absent(session, CourseRoster.__table__, [row])
        return
    if (known.memberships_url, known.course_title) == (memberships_url, course_title):
        return
    known.course_title = course_title
    if known.memberships_url != memberships_url:
        # The bookmark and the differences belong to the old address.
        known.memberships_url, known.next_page_url, known.differences_url = memberships_url, "", ""
        known.due_at, known.claims = now, known.claims + 1


def is_roster_due(session: Session, *, now: datetime) -> bool:
    """Whether a roster is to be read; asks without locking."""
    due = select(CourseRoster.roster_id).where(CourseRoster.due_at <= now).limit(1)
    return session.scalar(due) is not None


def read_due_rosters(
    open_transaction: OpenTransaction,
    roster: Roster,
    *,
    clock: Callable[[], datetime],
    again_after: timedelta,
    limit: int = 10,
) -> int:
    """Reads the rosters that are due, at most `limit`; returns how many. Several workers may do this at once.

    Args:
        again_after: pause between two readings of one roster.
    """
    read = 0
    while read < limit:
        with open_transaction() as session:
            claim = _claim_due(session, now=clock())
        if claim is None:
            break
        read += 1
        _read(open_transaction, roster, claim, clock=clock, again_after=again_after)
    return read


def read_roster_now(session: Session, roster_id: int, *, now: datetime) -> None:
    """Has one roster read at once, the whole list.

    Raises:
        RosterUnknown: there is no such roster.
    """
    found = session.get(CourseRoster, roster_id, with_for_update=True)
    if found is None:
        raise RosterUnknown(f"There is no roster {roster_id}. List them: cchc roster list")
    found.due_at, found.failures, found.whole_read_at = now, 0, None


def list_rosters(session: Session) -> list[tuple[CourseRoster, dict[str, int]]]:
    """All rosters, each with its members by status: those in trouble first, then by course."""
    rosters = session.scalars(
        select(CourseRoster).order_by(
            CourseRoster.trouble_code.desc(), CourseRoster.course_title, CourseRoster.roster_id
        )
    ).all()
    counted: dict[int, dict[str, int]] = {one.roster_id: {} for one in rosters}
    rows = session.execute(
        select(RosterMember.roster_id, RosterMember.status, func.count()).group_by(
            RosterMember.roster_id, RosterMember.status
        )
    )
    for roster_id, status, members in rows:
        counted[roster_id][status] = members
    return [(one, counted[one.roster_id]) for one in rosters]


def find_roster(session: Session, platform_registration_id: int, course_id: str) -> CourseRoster | None:
    """The roster of a course; None while no launch offered one."""
    return session.scalars(
        select(CourseRoster).where(
            CourseRoster.platform_registration_id == platform_registration_id,
            CourseRoster.course_id == course_id,
        )
    ).first()


def list_members(session: Session, roster_id: int) -> Sequence[RosterMember]:
    """The members of a roster, those who left among them, by account."""
    return session.scalars(
        select(RosterMember).where(RosterMember.roster_id == roster_id).order_by(RosterMember.account_name)
    ).all()


def _claim_due(session: Session, *, now: datetime) -> _Claim | None:
    due = (
        select(CourseRoster)
        .where(CourseRoster.due_at <= now)
        .order_by(CourseRoster.due_at, CourseRoster.roster_id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    found = session.scalars(due).first()
    if found is None:
        return None
    found.claims += 1
    found.due_at = now + LEASE
    if not found.next_page_url:
        _begin(found, now=now)
    return _Claim(
        roster_id=found.roster_id,
        number=found.claims,
        reading=found.reading,
        platform_registration_id=found.platform_registration_id,
        memberships_url=found.memberships_url,
        page_url=found.next_page_url or (found.differences_url if found.differences_only else ""),
        differences_only=found.differences_only,
    )


def _begin(found: CourseRoster, *, now: datetime) -> None:
    """A new reading; of differences only where the LMS offers them and a whole list is young enough."""
    found.reading += 1
    found.members_read = 0
    found.begun_at = now
    whole = found.whole_read_at
    found.differences_only = bool(
        found.differences_url and whole is not None and now - whole < WHOLE_LIST_AFTER
    )


def _read(
    open_transaction: OpenTransaction,
    roster: Roster,
    claim: _Claim,
    *,
    clock: Callable[[], datetime],
    again_after: timedelta,
) -> None:
    page_url = claim.page_url
    seen_pages = {page_url}
    try:
        for _ in range(_MOST_PAGES_PER_RUN):
            page = _ask(roster, claim, page_url)
            if page.next_url and page.next_url in seen_pages:
                raise RosterIncomplete("The pages of the list lead in a circle.")
            with open_transaction() as session:
                if not _store_page(session, claim, page, now=clock(), again_after=again_after):
                    return
            page_url = page.next_url
            seen_pages.add(page_url)
        raise RosterIncomplete(f"The list has more than {_MOST_PAGES_PER_RUN} pages.")
    except RosterNotTaken as refused:
        with open_transaction() as session:
            _record_trouble(session, claim, refused, now=clock(), again_after=again_after)


def _ask(roster: Roster, claim: _Claim, page_url: str) -> RosterPage:
    if not page_url:
        return roster.read_learners(claim.platform_registration_id, claim.memberships_url)
    return roster.read_more(claim.platform_registration_id, claim.memberships_url, page_url)


def _store_page(
    session: Session, claim: _Claim, page: RosterPage, *, now: datetime, again_after: timedelta
) -> bool:
    """Keeps a page and the bookmark behind it; returns whether this reading goes on."""
    found = _still_ours(session, claim)
    if found is None:
        return False
    # An LMS may drop the filter by role, on the first page or on later ones.
    learners = [one for one in page.members if one.role == "learner"]
    found.members_read += len(learners)
    if found.members_read > MOST_MEMBERS:
        raise RosterIncomplete(f"The list has more than {MOST_MEMBERS} members.")
    _keep_members(session, claim, learners, now=now)
    _recognize(session, learners, now=now)
    found.next_page_url = page.next_url
    found.due_at = now + LEASE
    if page.differences_url:
        found.differences_url = page.differences_url
    if page.next_url:
        return True
    _complete(session, found, claim, now=now, again_after=again_after)
    return False


def _keep_members(
    session: Session, claim: _Claim, learners: Sequence[ListedMember], *, now: datetime
) -> None:
    statuses = {"active": "active", "inactive": "inactive", "deleted": "left"}
    rows = {
        one.account_name: {
            "roster_id": claim.roster_id,
            "account_name": one.account_name,
            "account_home_page": one.account_home_page,
            "status": statuses.get(one.status, "active"),
            "seen_reading": claim.reading,
            "first_seen_at": now,
            "seen_at": now,
            "left_at": now if one.status == "deleted" else None,
        }
        for one in learners
    }
    insert_or_update(
        session,
        RosterMember.__table__,
        [rows[name] for name in sorted(rows)],
        change=lambda _kept, new: {
            name: new[name] for name in ("status", "seen_reading", "seen_at", "left_at")
        },
    )


def _recognize(session: Session, learners: Sequence[ListedMember], *, now: datetime) -> None:
    """Ties accounts to officials by staff code, so that members who never launched have a unit.

    An account that belongs to someone already stays: a launch, or a clerk, knew better.
    """
    for one in sorted(learners, key=lambda member: member.account_name):
        person = find_person_by_staff_code(session, one.staff_code) if one.staff_code else None
        if person is None:
            continue
        account = Account(home_page=one.account_home_page, name=one.account_name)
        identity = find_identity(session, account, now=now)
        if identity.person_id is None:
            link_identity(session, identity.identity_id, person_id=person.person_id, now=now)


def _complete(
    session: Session, found: CourseRoster, claim: _Claim, *, now: datetime, again_after: timedelta
) -> None:
    """The last page was read: whoever a whole list did not show has left."""
    if not claim.differences_only:
        if found.members_read == 0 and _has_active_members(session, found.roster_id):
            raise RosterIncomplete("The list names no learner, although it did before.")
        session.execute(
            update(RosterMember)
            .where(
                RosterMember.roster_id == found.roster_id,
                RosterMember.seen_reading < claim.reading,
                RosterMember.status != "left",
            )
            .values(status="left", left_at=now)
            .execution_options(synchronize_session=False)
        )
        found.whole_read_at = now
    found.completed_at, found.due_at = now, now + again_after
    found.failures, found.trouble_code, found.trouble = 0, "", ""
    log.info("roster_read", roster_id=found.roster_id, members=found.members_read)


def _has_active_members(session: Session, roster_id: int) -> bool:
    active = select(RosterMember.account_name).where(
        RosterMember.roster_id == roster_id, RosterMember.status == "active"
    )
    return session.scalar(active.limit(1)) is not None


def _record_trouble(
    session: Session, claim: _Claim, refused: RosterNotTaken, *, now: datetime, again_after: timedelta
) -> None:
    found = _still_ours(session, claim)
    if found is None:
        return
    found.failures += 1
    found.trouble_code, found.trouble = refused.code, str(refused)[:500]
    log.warning("roster_not_read", roster_id=found.roster_id, code=refused.code)
    if isinstance(refused, RosterNotRead):
        # The bookmark stays: the next try goes on behind the last page that was kept.
        asked = refused.retry_after_seconds or 0.0
        pause = max(retry_pause_seconds(found.failures, drawn=0.5), asked)
        found.due_at = now + timedelta(seconds=pause)
        return
    found.next_page_url = ""
    if claim.differences_only:
        found.differences_url = ""
    begins_anew = isinstance(refused, RosterPageGone) and found.failures <= 3
    found.due_at = now if begins_anew else now + again_after
    if isinstance(refused, RosterForbidden):
        found.differences_url = ""


def _still_ours(session: Session, claim: _Claim) -> CourseRoster | None:
    """The roster, locked; None when another process reads it now, or its address changed."""
    found = session.get(CourseRoster, claim.roster_id, with_for_update=True)
    return found if found is not None and found.claims == claim.number else None
