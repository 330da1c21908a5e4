"""What the running practice LMS lends to its pages: the database, its own address, a clock."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, cast

from flask import Flask, current_app
from sqlalchemy import Engine

from lti_tool.practice_lms.misbehaviour import Misbehaviour
from lti_tool.practice_lms.profiles import Profile
from lti_tool.practice_lms.tools import FetchKeySet, Visit

_EXTENSION: Final = "practice_lms"


@dataclass(frozen=True)
class RunningLms:
    """The parts of one running practice LMS.

    Attributes:
        issuer: its public address without a trailing slash, which is also its name in messages.
        clock: the present instant, aware.
        fetch_key_set: how the keys of a tool are fetched from their address.
        profile: the product that this LMS plays.
        visit: how the server looks at the address of a new activity.
        misbehaviour: faults that a test has switched on; usually none.
    """

    engine: Engine
    issuer: str
    clock: Callable[[], datetime]
    fetch_key_set: FetchKeySet
    profile: Profile
    visit: Visit
    misbehaviour: Misbehaviour


def lend(app: Flask, running: RunningLms) -> None:
    """Makes the parts available to every page of `app`."""
    app.extensions[_EXTENSION] = running


def running_lms() -> RunningLms:
    """The parts of the practice LMS that answers the present request."""
    return cast(RunningLms, current_app.extensions[_EXTENSION])
