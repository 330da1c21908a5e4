"""A verified submission review opens what one learner did, for a teacher to read.

Spec: LTI Submission Review 1.0.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from content_packages.player.ticket import Ticket
from lti_tool.launch.claims import LaunchClaims
from lti_tool.launch.enrolment import Enrolling, find_enrolment
from lti_tool.launch.errors import ContentNotFound, TeachingRoleMissing
from lti_tool.launch.identity import account_from_subject
from lti_tool.launch.login_state import PendingLogin, consume_login
from lti_tool.launch.open_content import (
    choose_content,
    find_own_link,
    find_published,
    launch_session_of,
    write_ticket,
)
from lti_tool.launch.roles import role_from_lti
from lti_tool.platforms.register import Platform


def open_review(
    session: Session,
    claims: LaunchClaims,
    *,
    login: PendingLogin,
    platform: Platform,
    secret: str,
    iri_base: str,
    open_for: timedelta,
    now: datetime,
    bound: bool = True,
) -> Ticket:
    """Opens what one learner did at this link, for a teacher to read, once.

    The ticket names the learner of whom the message speaks (`for_user`), under the registration and in the
    version of that learner's own launches; a teacher's ticket records nothing.

    Raises:
        TeachingRoleMissing: none of the roles teaches this course.
        LoginAlreadyUsed, LoginExpired, ContentNotChosen, ContentNotFound: as `open_launch`.
    """
    consume_login(session, login, now=now)
    if claims.for_user is None or role_from_lti(claims.roles) != "teacher":
        raise TeachingRoleMissing("Only those who teach the course may look at a learner's work.")
    link = find_own_link(session, claims, platform)
    choice = choose_content(claims, link)
    if choice.is_channel:
        raise ContentNotFound("The question channel has no work to look at.")
    of_learner = replace(claims, subject=claims.for_user.user_id, full_name=claims.for_user.full_name)
    current = find_published(session, choice)
    learner = account_from_subject(claims.issuer, of_learner.subject, secret=secret)
    enrolling = Enrolling(of_learner, link, learner, choice.package_id, choice.item, current, iri_base)
    enrolment = find_enrolment(session, enrolling, role="learner", now=now)
    ticket = write_ticket(
        of_learner,
        choice,
        platform,
        role="teacher",
        account=learner,
        version=enrolment.version,
        registration=enrolment.registration,
        expires_at=now + open_for,
        bound=bound,
        link=None,
    )
    teacher = account_from_subject(claims.issuer, claims.subject, secret=secret)
    by_teacher = replace(ticket, learner=teacher)
    session.add(launch_session_of(claims, by_teacher, registration_id=platform.id, now=now))
    session.flush()
    return ticket
