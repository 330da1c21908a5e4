"""A unit is launched: registration, session, launch data, `launched`, and the address for the browser."""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID, uuid4

import msgspec
from sqlalchemy.orm import Session

from content_packages.active.closing import (
    abandon_open_sessions,
    record_as_lms,
    run_of,
    satisfied_between,
)
from content_packages.active.cmi5_rules import LaunchMode
from content_packages.active.counting import course_opened
from content_packages.active.launch_data import launch_extensions, write_launch_data
from content_packages.active.models import ActiveRegistration, ActiveSession
from content_packages.active.moving_on import UnitProgress, is_satisfied
from content_packages.active.running import (
    Course,
    Enrolment,
    Following,
    hold_registration,
    registration_id_of,
)
from content_packages.formats.course_structure import LaunchMethod, Unit
from xapi_bridge.database import insert_if_absent
from xapi_bridge.translate import cmi5 as telling
from xapi_bridge.translate.building import agent

_SECRET_BYTES: Final = 24


@dataclass(frozen=True)
class LaunchWish:
    """How a unit is to be launched.

    Attributes:
        mode: of the launch.
        content_origin: of the second host.
        return_url: where the unit leads when it is done.
        frame_origin: origins whose pages may frame it, separated by spaces.
        open_for: how long it works.
    """

    mode: LaunchMode
    content_origin: str
    return_url: str
    frame_origin: str
    open_for: timedelta


@dataclass(frozen=True)
class Launch:
    """A unit that was launched.

    Attributes:
        url: for the browser; holds secrets of this session.
        capability: secret in the addresses of its files on the second host.
        token: for tracking, of kinds that do not fetch one; "" for cmi5.
    """

    session_id: UUID
    url: str
    method: LaunchMethod
    capability: str = field(repr=False)
    token: str = field(repr=False, default="")


def open_registration(session: Session, course: Course, enrolment: Enrolment, *, now: datetime) -> Following:
    """The learner in the course, held to be changed; moveOn is judged at once (cmi5 9.6.1.1)."""
    registration_id = registration_id_of(enrolment.registration, course.package.id)
    row = {
        "id": registration_id,
        "package_id": course.package.id,
        "home_page": enrolment.learner.home_page,
        "name": enrolment.learner.name,
        "enrolment": enrolment.registration,
        "opened_at": now,
    }
    is_new = insert_if_absent(session, ActiveRegistration.__table__, [row]) > 0
    following = hold_registration(session, registration_id, iri_base=course.iri_base)
    assert following is not None  # noqa: S101 - inserted three lines above
    if is_new:
        told = satisfied_between(following, None, following.progress, session_id=uuid4(), now=now)
        record_as_lms(session, following, told, now=now)
    return following


def mode_for(unit: Unit, progress: UnitProgress, *, is_learner: bool) -> LaunchMode:
    """Browse for who only looks; Review when nothing better can be reached; else Normal."""
    if not is_learner:
        return "Browse"
    is_done = progress.passed or (progress.completed and is_satisfied(unit.move_on, progress))
    return "Review" if is_done else "Normal"


def launch_unit(
    session: Session, following: Following, place: int, wish: LaunchWish, *, now: datetime
) -> Launch:
    """Begins a session of the unit and ends the open ones of this registration.

    Args:
        following: held to be changed.

    Raises:
        UnitNotFound: there is none.

    Spec: cmi5 8.1, 9.3.1, 10.
    """
    course = following.course
    unit = course.find_unit(place)
    abandoned = abandon_open_sessions(session, following, now=now)
    launch, address = _begin(session, following, unit, wish, now=now)
    told = list(abandoned)
    if course.structure.kind == "cmi5":
        part = course.unit_part(unit)
        write_launch_data(
            session, following, unit, launch.session_id, mode=wish.mode, return_url=wish.return_url, now=now
        )
        extensions = launch_extensions(unit, mode=wish.mode, address=address)
        told.append(
            telling.unit_launched(run_of(following, launch.session_id), part, launch=extensions, at=now)
        )
    if wish.mode == "Normal":
        told.append(course_opened(following))
    record_as_lms(session, following, told, now=now)
    return launch


def digest_of(secret: str) -> str:
    """As which a secret is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


def _begin(
    session: Session, following: Following, unit: Unit, wish: LaunchWish, *, now: datetime
) -> tuple[Launch, str]:
    """The session's row and the launch; also the address without what the launch adds to it."""
    session_id = uuid4()
    capability, fetch, token = (secrets.token_urlsafe(_SECRET_BYTES) for _ in range(3))
    fetches = following.course.structure.kind == "cmi5"
    session.add(
        ActiveSession(
            id=session_id,
            registration_id=following.row.id,
            place=unit.place,
            launch_mode=wish.mode,
            mastery=unit.mastery,
            capability_digest=digest_of(capability),
            frame_origin=wish.frame_origin,
            fetch_digest=digest_of(fetch),
            token_digest="" if fetches else digest_of(token),
            launched_at=now,
            expires_at=now + wish.open_for,
            last_at=now,
            preferences_read=False,
            said="[]",
            ended_how="",
        )
    )
    session.flush()
    address = _address(following.course, unit, wish.content_origin, capability)
    added = _added(following, unit, wish, session_id, fetch=fetch, token=token)
    url = with_parameters(address, added)
    launch = Launch(session_id, url, unit.launch_method, capability, "" if fetches else token)
    return launch, address


def _address(course: Course, unit: Unit, origin: str, capability: str) -> str:
    """Where the unit's first page is; SCOs and H5P are opened by a page of ours that plays them."""
    if course.structure.kind in {"scorm12", "scorm2004", "h5p"}:
        return f"{origin}/choi/{capability}/"
    if urlsplit(unit.url).scheme:
        return unit.url
    return f"{origin}/c/{capability}/{unit.url}"


def _added(
    following: Following, unit: Unit, wish: LaunchWish, session_id: UUID, *, fetch: str, token: str
) -> dict[str, str]:
    """The parameters that the launch adds to the unit's own (cmi5 8.1; of tincan by custom)."""
    kind = following.course.structure.kind
    if kind not in {"cmi5", "tincan"}:
        return {}
    common = {
        "endpoint": f"{wish.content_origin}/xapi/{session_id}",
        "actor": msgspec.json.encode(agent(following.learner)).decode(),
        "registration": str(following.row.id),
    }
    iri = following.course.unit_part(unit).iri
    if kind == "cmi5":
        return {**common, "fetch": f"{wish.content_origin}/fetch/{fetch}", "activityId": iri}
    # Many authoring tools of that time join paths to the endpoint without a slash.
    return {
        **common,
        "endpoint": common["endpoint"] + "/",
        "auth": basic_authorization(session_id, token),
        "activity_id": iri,
    }


def basic_authorization(session_id: UUID, token: str) -> str:
    """The Authorization header that a unit sends."""
    return "Basic " + auth_token(session_id, token)


def auth_token(session_id: UUID, token: str) -> str:
    """The token as `fetch` gives it: user and password of Basic authorization (cmi5 8.2.1)."""
    return base64.b64encode(f"{session_id}:{token}".encode()).decode()


def with_parameters(address: str, added: dict[str, str]) -> str:
    """The address with more parameters behind its own; a fragment stays last."""
    parts = urlsplit(address)
    own = parse_qsl(parts.query, keep_blank_values=True)
    query = urlencode([*own, *added.items()]) if added else parts.query
    return urlunsplit(parts._replace(query=query))
