"""The steps of a self-test: each asks one question about the way between an LMS and us.

A step never raises for what it finds: it passes, warns or fails, and says by a short reason what was seen.
The words for people stand in `self_test_words`.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Any, Final

from lti_tool.platforms.errors import AccessTokenRefused, LmsUnreachable
from lti_tool.platforms.key_sets import read_key_set, usable_key_fault
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.outside_view import OutsideView
from lti_tool.platforms.register import Platform
from lti_tool.platforms.token_requests import TOOL_SCOPES, Grant, request_token
from lti_tool.platforms.tool_keys import SigningKey

#: A clock that differs by less than this is right.
_SKEW_WARN: Final = timedelta(seconds=5)
#: A certificate that ends sooner is told.
_CERTIFICATE_WARN: Final = timedelta(days=21)


class Outcome(StrEnum):
    """What a step came to."""

    PASS = "pass"  # noqa: S105 - an outcome, not a password
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Step:
    """One answered question.

    Attributes:
        name: stable: which question.
        outcome: pass, warn or fail.
        reason: stable within the step: what was found; decides cause and next step on the page.
        seen: what was seen, in English, with figures; no tokens.
        lms_words: what the LMS answered; may be empty.
    """

    name: str
    outcome: Outcome
    reason: str
    seen: str = ""
    lms_words: str = ""


@dataclass(frozen=True)
class Deployments:
    """What the database knows of launches.

    Attributes:
        known: deployment id -> when a launch from it was last opened.
    """

    known: dict[str, datetime | None]


@dataclass(frozen=True)
class Attempts:
    """What launches of the last weeks came to.

    Attributes:
        last_code: support code of the newest attempt that came as far as a message; empty when none came.
        last_error: its stable error code; empty when it opened.
        rungs: rung of the cookie ladder -> how many launches opened on it.
        blocked: how many attempts ended because the browser kept no cookies.
    """

    last_code: str = ""
    last_error: str = ""
    last_at: datetime | None = None
    rungs: dict[str, int] = field(default_factory=dict)
    blocked: int = 0


@dataclass
class Examined:
    """What the steps work with, and what one step leaves for another.

    Attributes:
        clock: our clock; asked again for each answer whose Date is compared.
        dates: pairs of (what an answer of the LMS said its clock shows, ours at that instant).
        granted: scopes that token replies granted.
    """

    platform: Platform
    key: SigningKey
    http: LmsHttp
    outside: OutsideView
    deployments: Deployments
    attempts: Attempts
    leeway: timedelta
    clock: Callable[[], datetime]
    dates: list[tuple[datetime, datetime]] = field(default_factory=list)
    granted: frozenset[str] = frozenset()
    tokens_came: bool = False


def examine_key_set(examined: Examined) -> list[Step]:
    """Is their key set reachable and does it hold a key that their messages may be signed with?"""
    address = examined.platform.key_set_url
    try:
        answer = examined.http.get(address, headers={"Accept": "application/json"})
        _note_date(examined, str(answer.headers.get("Date", "")))
        keys = read_key_set(answer)
    except LmsUnreachable as failed:
        return [Step("key_set", Outcome.FAIL, "unreachable", str(failed))]
    faults = {kid: usable_key_fault(key) for kid, key in keys.items()}
    usable = [kid for kid, fault in faults.items() if fault is None]
    if not usable:
        return [
            Step("key_set", Outcome.FAIL, "no_usable_key", "; ".join(_told(faults)) or "No key has a kid.")
        ]
    odd = [f"{kid}: {fault}" for kid, fault in faults.items() if fault is not None]
    without_alg = [kid for kid in usable if "alg" not in keys[kid]]
    if odd or without_alg:
        seen = "; ".join([*odd, *(f"{kid}: no alg" for kid in without_alg)])
        return [Step("key_set", Outcome.WARN, "some_keys_odd", seen)]
    return [Step("key_set", Outcome.PASS, "usable", f"{len(usable)} key(s): {', '.join(sorted(usable))}")]


def examine_tokens(examined: Examined) -> list[Step]:
    """Does the LMS grant a token for each scope? Each is asked for alone, so that the answer is clear."""
    steps = []
    for scope in TOOL_SCOPES:
        step = _examine_scope(examined, scope)
        steps.append(step)
        if step.reason in {"unreachable", "key_set_unread"}:
            # The other scopes would wait for the same server and tell the same.
            break
    return steps


def examine_clock(examined: Examined) -> list[Step]:
    """How far is the LMS's clock from ours? Its answers carry a Date in whole seconds."""
    if not examined.dates:
        return [Step("clock", Outcome.WARN, "unknown", "No answer of the LMS carried a Date.")]
    skew = max((theirs - ours for theirs, ours in examined.dates), key=abs)
    seconds = round(skew.total_seconds())
    seen = f"The LMS's clock is {abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'} ours."
    # A Date has no fractions, and the answer took its time.
    if abs(skew) <= _SKEW_WARN:
        return [Step("clock", Outcome.PASS, "right", seen)]
    return [Step("clock", *_judge_skew(abs(skew), examined.leeway), seen)]


def examine_our_addresses(examined: Examined) -> list[Step]:
    """Do our public addresses lead to this installation, as browsers and LMSs see them?"""
    steps = [examined.outside.examine_instance(), examined.outside.examine_key_set()]
    certificate = examined.outside.certificate_end()
    if certificate is not None:
        steps.append(_judge_certificate(certificate, examined.clock()))
    return [_as_step(each) for each in steps]


def examine_launches(examined: Examined) -> list[Step]:
    """Are deployments known, and has each opened a launch?"""
    known = examined.deployments.known
    if not known:
        return [Step("deployments", Outcome.FAIL, "none", "The registration has no deployment.")]
    never = sorted(name for name, seen_at in known.items() if seen_at is None)
    last = max((seen_at for seen_at in known.values() if seen_at is not None), default=None)
    if last is None:
        return [
            Step("deployments", Outcome.WARN, "never_launched", f"Deployments: {', '.join(sorted(known))}")
        ]
    seen = f"Last launch opened {last.isoformat(timespec='minutes')}."
    if never:
        return [Step("deployments", Outcome.WARN, "some_never_launched", f"{seen} Never: {', '.join(never)}")]
    return [Step("deployments", Outcome.PASS, "launched", seen)]


def examine_last_launch(examined: Examined) -> list[Step]:
    """Did the last message of this LMS open something?"""
    seen = examined.attempts
    if seen.last_at is None:
        return [Step("last_launch", Outcome.WARN, "none")]
    when = seen.last_at.isoformat(timespec="minutes")
    if seen.last_error:
        told = f"{seen.last_error} at {when}, support code {seen.last_code}."
        return [Step("last_launch", Outcome.FAIL, "refused", told)]
    return [Step("last_launch", Outcome.PASS, "opened", f"At {when}.")]


def examine_cookies(examined: Examined) -> list[Step]:
    """On which rung of the ladder do launches of this LMS open?"""
    seen = examined.attempts
    counted = ", ".join(f"{rung} {count}" for rung, count in sorted(seen.rungs.items()))
    if not seen.rungs:
        reason = "blocked" if seen.blocked else "unknown"
        return [Step("cookies", Outcome.FAIL if seen.blocked else Outcome.WARN, reason)]
    if seen.blocked:
        return [Step("cookies", Outcome.WARN, "some_blocked", f"{counted}; blocked {seen.blocked}")]
    return [Step("cookies", Outcome.PASS, "kept", counted)]


#: In the order in which they are done and shown.
EXAMINATIONS: Final[tuple[Callable[[Examined], list[Step]], ...]] = (
    examine_key_set,
    examine_tokens,
    examine_clock,
    examine_our_addresses,
    examine_launches,
    examine_last_launch,
    examine_cookies,
)


def _examine_scope(examined: Examined, scope: str) -> Step:
    name = f"token:{scope}"
    try:
        grant = request_token(examined.http, examined.platform, examined.key, [scope], now=examined.clock())
    except AccessTokenRefused as refused:
        quirk = examined.platform.quirks.token_404_means_key_set_unread
        unread = refused.status == 404 and quirk
        reason = "key_set_unread" if unread else "denied" if refused.status == 400 else "refused"
        return Step(name, Outcome.FAIL, reason, f"Status {refused.status}.", refused.lms_words)
    except LmsUnreachable as failed:
        return Step(name, Outcome.FAIL, "unreachable", str(failed))
    examined.tokens_came = True
    return _judge_grant(examined, name, scope, grant)


def _judge_grant(examined: Examined, name: str, scope: str, grant: Grant) -> Step:
    _note_date(examined, grant.lms_date)
    if scope not in grant.scopes:
        return Step(name, Outcome.FAIL, "denied", "A token came, without this scope.")
    examined.granted |= {scope}
    return Step(name, Outcome.PASS, "granted", f"For {int(grant.lifetime.total_seconds())} s.")


def _note_date(examined: Examined, date: str) -> None:
    try:
        theirs = parsedate_to_datetime(date)
    except (ValueError, TypeError):
        return
    if theirs.tzinfo is not None:
        examined.dates.append((theirs, examined.clock()))


def _judge_skew(skew: timedelta, leeway: timedelta) -> tuple[Outcome, str]:
    return (Outcome.FAIL, "too_far") if skew > leeway else (Outcome.WARN, "off")


def _told(faults: dict[str, str | None]) -> list[str]:
    return [f"{kid}: {fault}" for kid, fault in faults.items()]


def _judge_certificate(end: datetime | LmsUnreachable, now: datetime) -> tuple[str, str, str, str]:
    if isinstance(end, LmsUnreachable):
        return "certificate", Outcome.FAIL, "invalid", str(end)
    days = (end - now).days
    seen = f"Valid until {end.date().isoformat()}, {days} days."
    if end <= now:
        return "certificate", Outcome.FAIL, "expired", seen
    if end - now < _CERTIFICATE_WARN:
        return "certificate", Outcome.WARN, "ends_soon", seen
    return "certificate", Outcome.PASS, "valid", seen


def _as_step(told: tuple[str, str, str, str]) -> Step:
    name, outcome, reason, seen = told
    return Step(name, Outcome(outcome), reason, seen)


def steps_as_json(steps: list[Step]) -> str:
    """For the row of the test."""
    return json.dumps([vars(step) for step in steps], ensure_ascii=False)


def steps_from_json(text: str) -> list[Step]:
    """The inverse of `steps_as_json`."""
    told: Any = json.loads(text)
    return [Step(**{**each, "outcome": Outcome(each["outcome"])}) for each in told]
