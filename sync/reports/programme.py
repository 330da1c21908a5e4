"""Which modules there are, and which of them are required."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content_packages.active.staging import list_published
from content_packages.library.versions import list_current_packages, read_package
from sync.rollups.definitions import PROGRAMME_PACKAGE
from xapi_bridge.vocabulary.cchc import imported_package_id, module_iri


@dataclass(frozen=True)
class ModuleName:
    """A module as lists show it."""

    iri: str
    title: str


@dataclass(frozen=True)
class Programme:
    """The modules that learners can get now.

    Attributes:
        modules: of all packages, in order of delivery.
        required_iris: those that make the programme complete; empty when the curriculum is not published.
    """

    modules: tuple[ModuleName, ...] = ()
    required_iris: frozenset[str] = frozenset()

    def place_of(self, iri: str) -> int:
        """Where the module stands in order of delivery; modules that are published no more come last."""
        iris = [module.iri for module in self.modules]
        return iris.index(iri) if iri in iris else len(iris)

    def title_of(self, iri: str) -> str:
        """The module's title; of one that is published no more, the last part of its IRI."""
        known = {module.iri: module.title for module in self.modules}
        return known.get(iri) or iri.rstrip("/").rpartition("/")[2]


def read_programme(session: Session, *, iri_base: str) -> Programme:
    """The modules of the current version of every package, then the imported courses.

    Args:
        iri_base: beginning of our activity identifiers.
    """
    modules: list[ModuleName] = []
    required: set[str] = set()
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        names = [
            ModuleName(module_iri(iri_base, package.id, entry.id), package.modules[entry.id].title)
            for entry in package.outline
            if entry.kind == "module"
        ]
        modules += names
        if package.id == PROGRAMME_PACKAGE:
            required |= {module.iri for module in names}
    modules += [
        ModuleName(module_iri(iri_base, imported_package_id(course.name), course.name), course.title)
        for course in list_published(session)
    ]
    return Programme(tuple(modules), frozenset(required))
