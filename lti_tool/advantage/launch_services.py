"""What a verified launch says about services: where its result belongs, and who else is in the course.

Called once by each launch, in its transaction. Nothing here talks to the LMS: what is to be asked is noted,
and asked in the background.
"""

from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from content_packages.player.ticket import Ticket
from lti_tool.launch.claims import LaunchClaims
from sync.grades import expect_score
from sync.line_items import expect_score_in_wanted_column
from sync.ports import WantedLineItem
from sync.roster import note_course

#: Scores are sent as points of 100; the LMS converts them to the maximum of its column.
SCORE_MAXIMUM: Final = 100.0
#: Custom parameter of a link whose results shall stay out of the gradebook: `grade_column=none`.
COLUMN_PARAMETER: Final = "grade_column"
#: What our tables hold of an address and of a text for people.
LONGEST_ADDRESS: Final = 1000
_LONGEST_LABEL: Final = 255


def note_services(
    session: Session,
    claims: LaunchClaims,
    ticket: Ticket,
    platform_registration_id: int,
    *,
    is_graded: bool,
    title: str,
    now: datetime,
) -> None:
    """Notes the gradebook column of a learner's launch, and the roster of its course.

    Args:
        ticket: what the launch opens, for whom.
        is_graded: a learner opens it, and its result goes into the gradebook.
        title: heading of a column that must be made, where the link has no title.
    """
    _note_roster(session, claims, platform_registration_id=platform_registration_id, now=now)
    if not is_graded:
        return
    line_item_url = claims.line_item_url
    if line_item_url and len(line_item_url) <= LONGEST_ADDRESS:
        expect_score(
            session,
            registration=ticket.registration,
            platform_registration_id=platform_registration_id,
            line_item_url=line_item_url,
            lms_user_id=claims.subject,
            score_maximum=SCORE_MAXIMUM,
            now=now,
        )
    elif wants_column(claims):
        wanted = WantedLineItem(
            platform_registration_id=platform_registration_id,
            container_url=str(claims.line_items_url),
            resource_link_id=claims.resource_link_id,
            purpose="/".join(filter(None, (ticket.package_id, ticket.item)))[:_LONGEST_LABEL],
            label=(claims.resource_link_title or title)[:_LONGEST_LABEL],
            score_maximum=SCORE_MAXIMUM,
        )
        expect_score_in_wanted_column(
            session, wanted, registration=ticket.registration, lms_user_id=claims.subject, now=now
        )


def wants_column(claims: LaunchClaims) -> bool:
    """Whether a column is to be looked for: the LMS lets us, and the link does not say otherwise."""
    container = claims.line_items_url
    if not container or len(container) > LONGEST_ADDRESS:
        return False
    return claims.custom.get(COLUMN_PARAMETER, "").lower() != "none"


def _note_roster(
    session: Session, claims: LaunchClaims, *, platform_registration_id: int, now: datetime
) -> None:
    if claims.course is not None and claims.memberships_url:
        note_course(
            session,
            platform_registration_id=platform_registration_id,
            course_id=claims.course.id,
            course_title=claims.course.title,
            memberships_url=claims.memberships_url,
            now=now,
        )
