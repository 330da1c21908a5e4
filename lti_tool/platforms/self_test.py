"""The self-test of a registration: an operator asks, the background does it, the page shows how far it is.

The row is the queue: a process takes it by one UPDATE, writes each step as it is done, and another takes over
when that process died.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Engine, and_, func, or_, select, update
from sqlalchemy.orm import Session

from lti_tool.launch.errors import BrowserNotRecognized, CookiesBlocked
from lti_tool.launch.models import LaunchAttempt
from lti_tool.platforms.care import get_registration
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.models import Deployment, PlatformRegistration, SelfTest
from lti_tool.platforms.outside_view import OutsideView
from lti_tool.platforms.register import Platform, platform_of
from lti_tool.platforms.self_test_steps import (
    EXAMINATIONS,
    Attempts,
    Deployments,
    Examined,
    Outcome,
    Step,
    steps_as_json,
    steps_from_json,
)
from lti_tool.platforms.tool_keys import SigningKey, find_or_create_signing_key
from lti_tool.platforms.trust import note_scopes, note_trust

#: Longer than a whole test takes with every request at its limit.
TAKEN_OVER_AFTER: Final = timedelta(minutes=5)
#: Launches longer ago tell little about the LMS of today.
LOOKED_BACK: Final = timedelta(days=30)
_COOKIE_CODES: Final = (CookiesBlocked.code, BrowserNotRecognized.code)


@dataclass(frozen=True)
class SelfTestResult:
    """The last test of a registration.

    Attributes:
        finished_at: None while it waits or runs.
        steps: those that are done, in order.
    """

    asked_at: datetime
    began_at: datetime | None
    finished_at: datetime | None
    steps: tuple[Step, ...]

    @property
    def outcome(self) -> Outcome | None:
        """The worst of the steps; None before the first."""
        found = {step.outcome for step in self.steps}
        return next((worst for worst in (Outcome.FAIL, Outcome.WARN, Outcome.PASS) if worst in found), None)


@dataclass(frozen=True)
class _Taken:
    platform: Platform
    key: SigningKey
    deployments: Deployments
    attempts: Attempts


class SelfTests:
    """Does the tests that were asked for; a port of the application.

    Args:
        secret: opens our signing key.
        leeway: how far clocks may differ when messages are checked.
    """

    def __init__(
        self,
        engine: Engine,
        http: LmsHttp,
        outside: OutsideView,
        *,
        secret: str,
        leeway: timedelta,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._http = http
        self._outside = outside
        self._secret = secret
        self._leeway = leeway
        self._clock = clock

    def do_next(self) -> bool:
        """Takes the test that waits longest and does it; whether there was one."""
        with Session(self._engine.execution_options(read_only=True)) as session:
            waiting = find_waiting_test(session, now=self._clock())
        if waiting is None or not self._take(waiting):
            return False
        self.test(waiting)
        return True

    def test(self, registration_id: int) -> list[Step]:
        """Does all steps, each written down when it is done.

        Raises:
            PlatformUnknown
        """
        taken = self._prepare(registration_id)
        examined = Examined(
            platform=taken.platform,
            key=taken.key,
            http=self._http,
            outside=self._outside,
            deployments=taken.deployments,
            attempts=taken.attempts,
            leeway=self._leeway,
            clock=self._clock,
        )
        steps: list[Step] = []
        for examine in EXAMINATIONS:
            steps += examine(examined)
            self._write(registration_id, steps, finished=examine is EXAMINATIONS[-1])
        self._note_findings(registration_id, examined)
        return steps

    def _take(self, registration_id: int) -> bool:
        now = self._clock()
        with Session(self._engine) as session, session.begin():
            taken = session.scalar(
                update(SelfTest)
                .where(SelfTest.registration_id == registration_id, _is_waiting(now))
                .values(began_at=now)
                .returning(SelfTest.registration_id)
                .execution_options(synchronize_session=False)
            )
        return taken is not None

    def _prepare(self, registration_id: int) -> _Taken:
        with Session(self._engine) as session, session.begin():
            registration = get_registration(session, registration_id)
            ask_self_test(session, registration_id, now=self._clock(), began_at=self._clock())
            rows = session.scalars(select(Deployment).where(Deployment.registration_id == registration_id))
            return _Taken(
                platform_of(session, registration),
                find_or_create_signing_key(session, secret=self._secret, now=self._clock()),
                Deployments({row.deployment_id: row.last_launch_at for row in rows}),
                look_at_attempts(session, registration_id, now=self._clock()),
            )

    def _write(self, registration_id: int, steps: list[Step], *, finished: bool) -> None:
        with Session(self._engine) as session, session.begin():
            row = session.get(SelfTest, registration_id)
            if row is not None:
                row.steps = steps_as_json(steps)
                row.finished_at = self._clock() if finished else None

    def _note_findings(self, registration_id: int, examined: Examined) -> None:
        now = self._clock()
        with Session(self._engine) as session, session.begin():
            # Without any token nothing is known; what was known before stays.
            if examined.tokens_came:
                note_scopes(session, registration_id, granted=examined.granted, now=now)
                note_trust(session, registration_id, kid=examined.key.kid, now=now)


def ask_self_test(
    session: Session, registration_id: int, *, now: datetime, began_at: datetime | None = None
) -> None:
    """Puts a test into the queue; a test that waits or runs is not asked for twice.

    Raises:
        PlatformUnknown
    """
    get_registration(session, registration_id)
    row = session.get(SelfTest, registration_id)
    if row is None:
        session.add(SelfTest(registration_id=registration_id, asked_at=now, began_at=began_at, steps="[]"))
    elif began_at is not None or row.finished_at is not None:
        row.began_at, row.finished_at, row.steps = began_at, None, "[]"
        row.asked_at = now if began_at is None else row.asked_at
    session.flush()


def find_self_test(session: Session, registration_id: int) -> SelfTestResult | None:
    """The last test, as far as it is; None when none was ever asked for."""
    row = session.get(SelfTest, registration_id)
    if row is None:
        return None
    return SelfTestResult(row.asked_at, row.began_at, row.finished_at, tuple(steps_from_json(row.steps)))


def find_waiting_test(session: Session, *, now: datetime) -> int | None:
    """The registration whose test waits longest, or whose test was begun by a process that died."""
    return session.scalar(
        select(SelfTest.registration_id)
        .join(PlatformRegistration, PlatformRegistration.id == SelfTest.registration_id)
        .where(_is_waiting(now))
        .order_by(SelfTest.asked_at)
        .limit(1)
    )


def look_at_attempts(session: Session, registration_id: int, *, now: datetime) -> Attempts:
    """What the recorded attempts of a registration came to in the last weeks."""
    ours = (LaunchAttempt.registration_id == registration_id, LaunchAttempt.started_at > now - LOOKED_BACK)
    last = session.scalar(
        select(LaunchAttempt)
        .where(
            *ours, LaunchAttempt.step == "launch", LaunchAttempt.outcome.in_(("opened", "refused", "broken"))
        )
        .order_by(LaunchAttempt.started_at.desc(), LaunchAttempt.id.desc())
        .limit(1)
    )
    rungs = session.execute(
        select(LaunchAttempt.rung, func.count())
        .where(*ours, LaunchAttempt.outcome == "opened", LaunchAttempt.rung != "")
        .group_by(LaunchAttempt.rung)
    )
    blocked = select(func.count()).where(*ours, LaunchAttempt.error_code.in_(_COOKIE_CODES))
    return Attempts(
        last_code=last.code if last else "",
        last_error=last.error_code if last else "",
        last_at=last.started_at if last else None,
        rungs=dict(iter(rungs)),
        blocked=session.scalar(blocked) or 0,
    )


def _is_waiting(now: datetime) -> ColumnElement[bool]:
    return and_(
        SelfTest.finished_at.is_(None),
        or_(SelfTest.began_at.is_(None), SelfTest.began_at <= now - TAKEN_OVER_AFTER),
    )
