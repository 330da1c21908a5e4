"""Named rules that say who is counted; a rule that is changed gets a new version and the old one stays."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.organization.cchc_roles import CCHC_ROLES, STAFF_CATEGORIES
from sync.organization.population_models import PopulationRule
from sync.organization_errors import PopulationMalformed, PopulationUnknown
from sync.rollups.definitions import POPULATIONS, Population

_CODE: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")
_SHIPPED: Final = {one.code: one for one in POPULATIONS}


def list_populations(session: Session) -> list[Population]:
    """The newest version of every rule: those that we ship in their order, then the others by code."""
    newest = dict(_SHIPPED)
    rows = session.scalars(select(PopulationRule).order_by(PopulationRule.code, PopulationRule.version))
    newest |= {row.code: _population(row) for row in rows}
    return list(newest.values())


def find_population(session: Session, code: str, *, version: int | None = None) -> Population:
    """A rule in a version, by default the newest.

    Raises:
        PopulationUnknown.
    """
    asked = select(PopulationRule).where(PopulationRule.code == code).order_by(PopulationRule.version.desc())
    if version is not None:
        asked = asked.where(PopulationRule.version == version)
    row = session.scalars(asked.limit(1)).first()
    if row is not None:
        return _population(row)
    shipped = _SHIPPED.get(code)
    if shipped is None or version not in {None, shipped.version}:
        raise PopulationUnknown(
            f"There is no rule {code!r}" + (f" in version {version}." if version else ".")
        )
    return shipped


def save_population(session: Session, rule: Population, *, by: str, now: datetime) -> Population:
    """Adds a rule, or the next version of one; returns it with its version.

    Raises:
        PopulationMalformed: an unknown category or role, no title, or a code that is none.
    """
    _check(rule)
    known = [one.version for one in [_SHIPPED.get(rule.code)] if one]
    stored = session.scalars(select(PopulationRule.version).where(PopulationRule.code == rule.code))
    row = PopulationRule(
        code=rule.code,
        version=max([*known, *stored], default=0) + 1,
        title=rule.title.strip(),
        staff_categories=" ".join(sorted(rule.staff_categories)),
        only_cchc=rule.only_cchc,
        cchc_roles=" ".join(sorted(rule.cchc_roles)),
        legal_basis=rule.legal_basis.strip(),
        made_by=by,
        made_at=now,
    )
    session.add(row)
    session.flush()
    return _population(row)


def list_versions(session: Session, code: str) -> Sequence[PopulationRule]:
    """The stored versions of a rule, newest first."""
    return session.scalars(
        select(PopulationRule).where(PopulationRule.code == code).order_by(PopulationRule.version.desc())
    ).all()


def _population(row: PopulationRule) -> Population:
    return Population(
        code=row.code,
        title=row.title,
        staff_categories=frozenset(row.staff_categories.split()),
        only_cchc=row.only_cchc,
        legal_basis=row.legal_basis,
        cchc_roles=frozenset(row.cchc_roles.split()),
        version=row.version,
    )


def _check(rule: Population) -> None:
    if not _CODE.fullmatch(rule.code):
        raise PopulationMalformed("A rule's code has 1 to 40 letters a-z, digits and hyphens.")
    if not 0 < len(rule.title.strip()) <= 200 or len(rule.legal_basis) > 300:
        raise PopulationMalformed(
            "A rule has a title of up to 200 and a legal basis of up to 300 characters."
        )
    if not rule.staff_categories or not rule.staff_categories <= STAFF_CATEGORIES.keys():
        raise PopulationMalformed(f"A rule names at least one of {', '.join(STAFF_CATEGORIES)}.")
    if not rule.cchc_roles <= CCHC_ROLES.keys():
        raise PopulationMalformed(f"Roles are {', '.join(CCHC_ROLES)}.")
