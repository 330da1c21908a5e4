"""What there is to learn with, by title: for readers who look for an activity and do not know its IRI."""

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_packages.active.staging import list_published
from content_packages.library.versions import list_current_packages, read_package
from sync.organization.folding import fold_name
from xapi_bridge.store.models import Term, TermKind
from xapi_bridge.vocabulary import cchc


@dataclass(frozen=True)
class ActivityTitle:
    """Attributes: kind is package, module or quiz; empty for an activity of somebody else."""

    iri: str
    title: str
    kind: str = ""


def list_titles(session: Session, *, iri_base: str) -> list[ActivityTitle]:
    """Packages with their modules and quizzes, in order of delivery."""
    return list(_titles(session, iri_base))


def search_titles(session: Session, text: str, *, iri_base: str, limit: int = 12) -> list[ActivityTitle]:
    """Activities whose title contains the text, tones and upper case aside; else those whose IRI does."""
    folded = fold_name(text)
    titles = list_titles(session, iri_base=iri_base)
    found = [one for one in titles if folded and folded in fold_name(one.title)]
    found.sort(key=lambda one: not fold_name(one.title).startswith(folded))
    if not found and len(text) >= 3:
        found = _search_iris(session, text, limit=limit)
    return found[:limit]


def title_of_activity(session: Session, iri: str, *, iri_base: str) -> str:
    """The title of an activity of ours; empty for others."""
    return next((one.title for one in _titles(session, iri_base) if one.iri == iri), "")


def _titles(session: Session, iri_base: str) -> Iterator[ActivityTitle]:
    for version in list_current_packages(session):
        package = read_package(session, version.digest)
        yield ActivityTitle(cchc.package_iri(iri_base, package.id), package.title, "package")
        for module in package.modules.values():
            yield ActivityTitle(cchc.module_iri(iri_base, package.id, module.id), module.title, "module")
        for quiz in package.quizzes.values():
            yield ActivityTitle(cchc.quiz_iri(iri_base, package.id, quiz.id), quiz.title, "quiz")
    for course in list_published(session):
        package_id = cchc.imported_package_id(course.name)
        yield ActivityTitle(cchc.module_iri(iri_base, package_id, course.name), course.title, "module")


def _search_iris(session: Session, text: str, *, limit: int) -> list[ActivityTitle]:
    rows = session.scalars(
        select(Term.value)
        .where(Term.kind == TermKind.ACTIVITY.value, Term.value.contains(text, autoescape=True))
        .limit(limit)
    )
    return [ActivityTitle(iri, iri) for iri in rows]
