"""Every name that a file of the package may refer to, its own and those of a base package (pure)."""

from collections.abc import Mapping
from dataclasses import dataclass

from content_packages.authoring.overlay import BasePackage
from content_packages.authoring.sources import PackageSources
from content_packages.contents import Question
from content_packages.reading import question_from_canonical


@dataclass(frozen=True)
class Names:
    """What can be referred to.

    Attributes:
        questions: questions without errors, by id; of two with one id, the first.
        broken_ids: questions and Q&A entries with errors of their own, so that nobody calls them missing.
        refs: documents that the package cites as legal basis or other source.
        all_modules_known: False when a module could not be read; it may be the one referred to.
        base_is_missing: an overlay is checked without its base, which may hold what is not found.
    """

    questions: Mapping[str, Question]
    broken_ids: set[str]
    banks: set[str]
    modules: set[str]
    quizzes: set[str]
    qa: set[str]
    refs: set[str]
    all_modules_known: bool
    base_is_missing: bool


def names_of(sources: PackageSources, base: BasePackage | None) -> Names:
    """All names of the package and, for an overlay, of its base."""
    refs = {one["ref"] for member in ("legal_basis", "sources") for one in sources.header.get(member, ())}
    return Names(
        questions=_questions(sources, base),
        broken_ids=set().union(
            *(one.broken_ids for one in sources.banks), *(one.broken_ids for one in sources.qa)
        ),
        banks={bank.name for bank in sources.banks if bank.name}
        | {one["bank"] for one in (base.written["questions"] if base else ())},
        modules={one.canonical["id"] for one in sources.modules if one.canonical} | _of(base, "modules"),
        quizzes={quiz.name for quiz in sources.quizzes} | _of(base, "quizzes"),
        qa={entry.id for file in sources.qa for entry in file.entries} | _of(base, "qa"),
        refs=refs | (base.refs("legal_basis") | base.refs("sources") if base else set()),
        all_modules_known=all(module.canonical for module in sources.modules),
        base_is_missing="extends" in sources.header and base is None,
    )


def _of(base: BasePackage | None, member: str) -> set[str]:
    return base.ids(member) if base else set()


def _questions(sources: PackageSources, base: BasePackage | None) -> dict[str, Question]:
    found: dict[str, Question] = {}
    own = [question.canonical for bank in sources.banks for question in bank.questions]
    for canonical in [*(base.written["questions"] if base else ()), *own]:
        found.setdefault(canonical["id"], question_from_canonical(canonical))
    return found
