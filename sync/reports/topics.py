"""Areas of reform and skills of the scheme: which modules teach which."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from content_packages.library.versions import list_current_packages, read_package
from xapi_bridge.vocabulary.cchc import module_iri

TopicKind = Literal["area", "skill"]


@dataclass(frozen=True)
class Topics:
    """Topic → the modules that name it, in the order of the packages; a topic without modules has none."""

    areas: Mapping[str, frozenset[str]]
    skills: Mapping[str, frozenset[str]]

    def of(self, kind: TopicKind) -> Mapping[str, frozenset[str]]:
        """The topics of one kind."""
        return self.areas if kind == "area" else self.skills


def read_topics(session: Session, *, iri_base: str) -> Topics:
    """The topics of the current version of every package.

    Args:
        iri_base: beginning of our activity identifiers.
    """
    areas: dict[str, frozenset[str]] = {}
    skills: dict[str, frozenset[str]] = {}
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        areas |= {area: areas.get(area, frozenset()) for area in package.areas}
        skills |= {skill: skills.get(skill, frozenset()) for skill in package.skills}
        for module in package.modules.values():
            iri = frozenset({module_iri(iri_base, package.id, module.id)})
            if module.area:
                areas[module.area] = areas.get(module.area, frozenset()) | iri
            if module.skill:
                skills[module.skill] = skills.get(module.skill, frozenset()) | iri
    return Topics(areas, skills)
