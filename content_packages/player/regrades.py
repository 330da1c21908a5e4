"""A whole quiz counted again by another key: look first, then apply exactly what was seen."""

from datetime import datetime

from sqlalchemy.orm import Session

from content_packages.assessment.regrading import (
    NewKey,
    RegradePlan,
    compare_attempt,
    find_regradable,
    not_comparable,
)
from content_packages.contents import Package
from content_packages.errors import ItemNotFound, RegradeRefused
from content_packages.library import read_package
from content_packages.player.results import regrade_and_tell


def plan_regrade(session: Session, *, quiz_id: str, key: NewKey) -> RegradePlan:
    """Who would get what instead of what; nothing is changed.

    Raises:
        ItemNotFound: a question that everybody should get is in no version of the package.
    """
    attempts = find_regradable(session, package_id=key.package.id, quiz_id=quiz_id)
    pinned: dict[str, Package] = {
        digest: read_package(session, digest) for digest in {one.package_digest for one in attempts}
    }
    known = key.package.questions.keys() | {
        question_id for package in pinned.values() for question_id in package.questions
    }
    unknown = (key.given_to_all | key.only) - known
    if unknown:
        raise ItemNotFound(f"The package has no question {', '.join(sorted(unknown))}.")
    changes = [
        change
        for attempt in attempts
        if (change := compare_attempt(session, attempt, pinned=pinned[attempt.package_digest], key=key))
    ]
    return RegradePlan(
        changes=tuple(changes),
        seen=len(attempts),
        not_comparable=not_comparable(pinned.values(), key=key, drawn=key.only or known),
    )


def apply_regrade(
    session: Session,
    *,
    quiz_id: str,
    key: NewKey,
    fingerprint: str,
    reason: str,
    made_by: str,
    iri_base: str,
    now: datetime,
) -> RegradePlan:
    """Applies the plan that was seen, as new steps; grades follow. Applied again, it finds nothing to change.

    Args:
        fingerprint: of the plan that somebody looked at.
        reason: a few words; they stand in each step.

    Raises:
        RegradeRefused: the plan is another one by now, or there is no reason.
    """
    plan = plan_regrade(session, quiz_id=quiz_id, key=key)
    if not 3 <= len(reason.strip()) <= 200:
        raise RegradeRefused("Give a reason of 3 to 200 characters.")
    if plan.fingerprint != fingerprint:
        raise RegradeRefused("Since you looked, other attempts would change. Look at the difference again.")
    for change in plan.changes:
        regrade_and_tell(
            session,
            change,
            key=key,
            reason=reason.strip(),
            made_by=made_by,
            iri_base=iri_base,
            now=now,
        )
    return plan
