"""A launch becomes a statement in the transaction of the launch itself."""

from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from content_packages.library import PublishedVersion
from content_packages.player.ticket import Ticket
from xapi_bridge.errors import XapiRefused
from xapi_bridge.store.record import record_statements
from xapi_bridge.translate import Enrolment, NamedActivity
from xapi_bridge.translate.launch import content_launched
from xapi_bridge.vocabulary import adl, cchc

log = structlog.get_logger(__name__)

#: A course title longer than this says no more in a statement.
_LONGEST_TITLE = 200


def tell_launch(
    session: Session,
    ticket: Ticket,
    *,
    version: PublishedVersion,
    title: str,
    iri_base: str,
    now: datetime,
) -> None:
    """Records that the learner opened the content; once per launch, because a launch is opened once.

    From here on no other transaction can record, so let it be the last that a launch does. A statement that
    the store refuses, for example for a course title with a character that no database keeps, is noted in the
    log and leaves the launch alone: the lesson matters more.

    Args:
        title: of the module, quiz or package that opens.
    """
    package = NamedActivity(cchc.package_iri(iri_base, ticket.package_id), version.title, adl.COURSE)
    enrolment = Enrolment(
        learner=ticket.learner,
        registration=ticket.registration,
        package=package,
        package_version=ticket.package_digest,
        iri_base=iri_base,
    )
    try:
        statement = content_launched(
            enrolment,
            _opened(ticket, package, title=title, iri_base=iri_base),
            course=_course(ticket, iri_base=iri_base),
            event_id=f"launch/{ticket.launch_session_id}",
            at=now,
        )
        with session.begin_nested():
            record_statements(session, [statement], authority=cchc.tool_authority(iri_base), now=now)
    except XapiRefused as refused:
        log.warning("launch_not_told", launch_session_id=ticket.launch_session_id, code=refused.code)


def _opened(ticket: Ticket, package: NamedActivity, *, title: str, iri_base: str) -> NamedActivity:
    kind, _, name = ticket.item.partition("/")
    if not kind:
        return package
    if kind == "m":
        return NamedActivity(cchc.module_iri(iri_base, ticket.package_id, name), title, adl.MODULE)
    return NamedActivity(cchc.quiz_iri(iri_base, ticket.package_id, name), title, adl.ASSESSMENT)


def _course(ticket: Ticket, *, iri_base: str) -> NamedActivity | None:
    if not ticket.course_id:
        return None
    iri = cchc.course_iri(iri_base, ticket.learner.home_page, ticket.course_id)
    return NamedActivity(iri, ticket.course_title[:_LONGEST_TITLE] or ticket.course_id, adl.COURSE)
