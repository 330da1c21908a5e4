"""How a unit was launched: as it reads it itself (LMS.LaunchData), and as `launched` tells it (cmi5 10)."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.orm import Session

from content_packages.active.cmi5_rules import LaunchMode
from content_packages.active.running import Following
from content_packages.formats.course_structure import Unit
from xapi_bridge.store.documents import DocumentShelf, NewDocument, put_document
from xapi_bridge.store.models import DocumentKind
from xapi_bridge.store.preconditions import Preconditions
from xapi_bridge.translate import cmi5 as telling
from xapi_bridge.vocabulary import cmi5


def launch_extensions(unit: Unit, *, mode: LaunchMode, address: str) -> dict[str, Any]:
    """How it was launched, for the context of `launched` (cmi5 9.6.3)."""
    given = {
        cmi5.LAUNCH_MODE: mode,
        cmi5.LAUNCH_URL: address,
        cmi5.MOVE_ON_RULE: unit.move_on,
        cmi5.MASTERY_SCORE: unit.mastery,
        cmi5.LAUNCH_PARAMETERS: unit.launch_parameters,
    }
    return {name: value for name, value in given.items() if value is not None}


def write_launch_data(
    session: Session,
    following: Following,
    unit: Unit,
    session_id: UUID,
    *,
    mode: LaunchMode,
    return_url: str,
    now: datetime,
) -> None:
    """The state document that the unit reads first (cmi5 10)."""
    part = following.course.unit_part(unit)
    optional: dict[str, Any] = {
        "masteryScore": unit.mastery,
        "launchParameters": unit.launch_parameters,
        "entitlementKey": {"courseStructure": unit.entitlement_key} if unit.entitlement_key else None,
    }
    document = {
        "contextTemplate": telling.context_template(session_id, part.publisher_iri),
        "launchMode": mode,
        "moveOn": unit.move_on,
        "returnURL": return_url,
        **{name: value for name, value in optional.items() if value is not None},
    }
    given = NewDocument(msgspec.json.encode(document), "application/json")
    put_document(
        session,
        state_shelf(following, part),
        cmi5.LAUNCH_DATA,
        given,
        preconditions=Preconditions(),
        version="1.0.3",
        now=now,
    )


def state_shelf(following: Following, part: telling.CoursePart) -> DocumentShelf:
    """Where the states of a unit lie."""
    learner = following.learner
    identifier = ("account", learner.home_page, learner.name)
    return DocumentShelf(DocumentKind.STATE, part.iri, identifier, following.row.id)
