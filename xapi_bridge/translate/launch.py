"""A learner opens content from an LMS.

The verb is `launched` of the ADL vocabulary: cmi5 uses it for the same moment, "the LMS started the content".
`initialized` would say that learning began, which the player says itself; `accessed` is in no vocabulary that
ADL or cmi5 keep. The statement carries no cmi5 category, because no cmi5 launch took place.
"""

from datetime import datetime

from xapi_bridge.statement import Statement
from xapi_bridge.translate.building import Enrolment, NamedActivity, build_statement
from xapi_bridge.vocabulary import adl


def content_launched(
    enrolment: Enrolment,
    thing: NamedActivity,
    *,
    course: NamedActivity | None,
    event_id: str,
    at: datetime,
) -> Statement:
    """The learner opened the content by a link in an LMS.

    Args:
        thing: the package, module or quiz that the link opens.
        course: the course in the LMS; None for a launch from outside a course.
    """
    return build_statement(
        enrolment,
        adl.LAUNCHED,
        thing,
        parents=[] if thing == enrolment.package else [enrolment.package],
        courses=[course] if course else [],
        event_id=event_id,
        at=at,
    )
