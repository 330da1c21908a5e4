"""What comes due for platforms without anyone asking: steps of a key rotation, self-tests that wait."""

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from lti_tool.platforms.key_rotation import Stage, Waits, due_keys, take_due_steps
from lti_tool.platforms.self_test import SelfTests


class PlatformsUpkeep:
    """Fills sync's port `PlatformUpkeep`."""

    def __init__(
        self,
        engine: Engine,
        self_tests: SelfTests,
        *,
        secret: str,
        waits: Waits,
        clock: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._self_tests = self_tests
        self._secret = secret
        self._waits = waits
        self._clock = clock

    def do_due_work(self) -> int:
        """Takes the key steps that came due and does the self-tests that wait; returns how many."""
        done = self._take_key_steps()
        while self._self_tests.do_next():
            done += 1
        return done

    def _take_key_steps(self) -> int:
        # Looking first keeps an idle installation from taking the write lock every few seconds.
        with Session(self._engine.execution_options(read_only=True)) as session:
            due = [
                kid
                for stage in (Stage.PUBLISHED, Stage.RESTING)
                for kid in due_keys(
                    session, secret=self._secret, waits=self._waits, now=self._clock(), stage=stage
                )
            ]
        if not due:
            return 0
        with Session(self._engine) as session, session.begin():
            return take_due_steps(session, secret=self._secret, waits=self._waits, now=self._clock())
