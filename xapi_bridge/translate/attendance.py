"""Roll-call: who was present at which session of a class, and the taking back of a mistake."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from xapi_bridge.statement import Account, Statement
from xapi_bridge.translate.building import (
    NamedActivity,
    activity_context,
    activity_object,
    agent,
    compose_statement,
    duration_from_seconds,
)
from xapi_bridge.vocabulary import adl, cchc

#: How a session is held: in a classroom, live online, as a workshop (hội thảo), on a study trip (tham quan).
Delivery = Literal["in-class", "live-online", "workshop", "study-trip"]


@dataclass(frozen=True)
class ClassSession:
    """One meeting (buổi) of a class.

    Attributes:
        class_id, session_id: ours.
        class_title, title: in Vietnamese.
        begins_at: when it began, aware: the time of every attendance.
        module: the module that the session teaches; None for a session of no single module.
    """

    class_id: str
    session_id: str
    class_title: str
    title: str
    delivery: Delivery
    begins_at: datetime
    module: NamedActivity | None = None


def session_attended(
    learner: Account,
    session: ClassSession,
    *,
    responsible: Account,
    seconds: float,
    iri_base: str,
    event_id: str,
) -> Statement:
    """The learner was present.

    Args:
        responsible: who called the roll, a pseudonymous account: the statement's instructor.
        seconds: how long the learner was present.
    """
    thing = NamedActivity(
        cchc.class_session_iri(iri_base, session.class_id, session.session_id), session.title, adl.MEETING
    )
    whole = NamedActivity(cchc.class_iri(iri_base, session.class_id), session.class_title, adl.COURSE)
    groupings = [session.module] if session.module else []
    return compose_statement(
        learner,
        adl.ATTENDED,
        activity_object(thing, more={"extensions": {cchc.delivery_extension(iri_base): session.delivery}}),
        iri=thing.iri,
        context={"instructor": agent(responsible), **activity_context(parents=[whole], groupings=groupings)},
        result={"completion": True, "duration": duration_from_seconds(seconds)},
        iri_base=iri_base,
        event_id=event_id,
        at=session.begins_at,
    )


def statement_voided(
    who: Account, target: UUID, *, reason: str, iri_base: str, event_id: str, at: datetime
) -> Statement:
    """An earlier statement is taken back (xAPI Data 2.3.2), for example a mistaken roll-call.

    Args:
        who: the responsible person, or the tool's own account.
        target: the statement's id.
        reason: a code such as `roll-call-mistake`; never words about a person.
    """
    taken_back: dict[str, Any] = {"objectType": "StatementRef", "id": str(target)}
    return compose_statement(
        who,
        adl.VOIDED,
        taken_back,
        iri=str(target),
        context={},
        extensions={cchc.reason_extension(iri_base): reason},
        iri_base=iri_base,
        event_id=event_id,
        at=at,
    )
