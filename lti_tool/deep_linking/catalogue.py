"""What a teacher can choose: programmes, modules and tests that are published, searched without tone marks.

A new kind of content (a question-and-answer room, a survey) is one more row in `KINDS`.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from sqlalchemy.orm import Session

from content_packages.active.models import ActivePackage
from content_packages.active.staging import list_published
from content_packages.active.tickets import LINK_PREFIX
from content_packages.contents import Module, Package, Quiz
from content_packages.experts.areas import AREA_TITLES, CHANNEL_TITLE, channel_content
from content_packages.knowledge import holds_anything
from content_packages.library import list_current_packages, read_package
from lti_tool.deep_linking.basket import LONGEST_TEXT, LONGEST_TITLE, BasketItem
from sync.organization.folding import fold_name


@dataclass(frozen=True)
class ContentEntry:
    """One content that a link can open.

    Attributes:
        content: our own name for it, which the link carries: `package`, `package/m/module`, `package/z/quiz`.
        kind: code of its kind, one of `KINDS`.
        summary: what it is about, for the list and as the link's text.
        searched: everything that a search looks at, folded.
        question_count: 0 where nothing is asked.
    """

    content: str
    kind: str
    title: str
    summary: str
    package_title: str
    areas: tuple[str, ...]
    skills: tuple[str, ...]
    searched: str
    minutes: float | None = None
    question_count: int = 0
    time_limit: timedelta | None = None


@dataclass(frozen=True)
class Kind:
    """A kind of content.

    Attributes:
        is_test: it has attempts: a time for them can be set, and its submissions can be looked at.
        graded: whether a gradebook column is proposed.
        entries: those of one package.
    """

    code: str
    is_test: bool
    graded: bool
    entries: Callable[[Package], Iterable[ContentEntry]]


@dataclass(frozen=True)
class Wanted:
    """What the teacher looks for; an empty field excludes nothing.

    Attributes:
        words: all of them must occur, whatever their tone marks.
    """

    words: str = ""
    kind: str = ""
    area: str = ""
    skill: str = ""

    def admits(self, entry: ContentEntry) -> bool:
        """Whether the entry is one of these."""
        return (
            self.kind in ("", entry.kind)
            and (not self.area or self.area in entry.areas)
            and (not self.skill or self.skill in entry.skills)
            and all(word in entry.searched for word in fold_name(self.words).split())
        )


def list_contents(session: Session) -> list[ContentEntry]:
    """Everything that can be chosen: packages in their order, imported courses, the question channel."""
    native = [
        entry
        for published in list_current_packages(session)
        for entry in _entries_of(read_package(session, published.digest))
    ]
    return [*native, *map(_imported, list_published(session)), *_channels(session)]


def find_contents(session: Session, wanted: Wanted) -> list[ContentEntry]:
    """The entries that the teacher looks for, in the same order."""
    return [entry for entry in list_contents(session) if wanted.admits(entry)]


def find_content(session: Session, content: str) -> ContentEntry | None:
    """The entry with that name, if it is published."""
    return next((entry for entry in list_contents(session) if entry.content == content), None)


def kind_of(entry: ContentEntry) -> Kind:
    """The row of the entry's kind."""
    return next(kind for kind in (*KINDS, IMPORTED) if kind.code == entry.kind)


def propose_item(entry: ContentEntry) -> BasketItem:
    """An item as most teachers want it: tests get a column and can be looked at, lessons do not."""
    kind = kind_of(entry)
    return BasketItem(
        content=entry.content,
        title=entry.title[:LONGEST_TITLE],
        text=entry.summary[:LONGEST_TEXT],
        graded=kind.graded,
        reviewable=kind.is_test,
    )


def areas_in(entries: Sequence[ContentEntry]) -> list[str]:
    """The areas that occur, in the order of the entries."""
    return list(dict.fromkeys(area for entry in entries for area in entry.areas))


def skills_in(entries: Sequence[ContentEntry]) -> list[str]:
    """The skills that occur, likewise."""
    return list(dict.fromkeys(skill for entry in entries for skill in entry.skills))


def _channels(session: Session) -> Iterator[ContentEntry]:
    """The question channel, whole and by area; nothing while the knowledge base is empty."""
    if not holds_anything(session):
        return
    for area in ("", *AREA_TITLES):
        named = f"{CHANNEL_TITLE}: {AREA_TITLES[area]}" if area else CHANNEL_TITLE
        yield ContentEntry(
            content=channel_content(area),
            kind="questions",
            title=named,
            summary="Tìm câu trả lời có căn cứ, gửi câu hỏi cho chuyên gia.",
            package_title=CHANNEL_TITLE,
            areas=(area,) if area else (),
            skills=(),
            searched=fold_name(f"{named} {area} hoi dap"),
        )


def _programme(package: Package) -> Iterator[ContentEntry]:
    titles = [package.modules[step.id].title for step in package.outline if step.kind == "module"]
    minutes = [module.minutes for module in package.modules.values() if module.minutes]
    yield _entry(
        package,
        content=package.id,
        kind="package",
        title=package.title,
        summary="; ".join(titles),
        areas=package.areas or _areas_of_questions(package, package.questions),
        more=[package.owner or ""],
        minutes=sum(minutes) or None,
    )


def _modules(package: Package) -> Iterator[ContentEntry]:
    for step in package.outline:
        if step.kind == "module":
            module = package.modules[step.id]
            yield _entry(
                package,
                content=f"{package.id}/m/{module.id}",
                kind="module",
                title=module.title,
                summary="; ".join(module.objectives),
                areas=_areas_of_module(package, module),
                more=[section.title for section in module.sections],
                minutes=module.minutes,
            )


def _tests(package: Package, *, periodic: bool) -> Iterator[ContentEntry]:
    for quiz in package.quizzes.values():
        if (quiz.mode == "periodic") is periodic:
            module = package.module_of_quiz(quiz.id)
            yield _entry(
                package,
                content=f"{package.id}/z/{quiz.id}",
                kind="periodic" if periodic else "quiz",
                title=quiz.title,
                summary=module.title if module else "",
                areas=_areas_of_quiz(package, quiz),
                more=[package.modules[name].title for name in quiz.recommend],
                question_count=quiz.question_count,
                time_limit=quiz.time_limit,
            )


#: In the order in which the filter offers them.
KINDS: Final[tuple[Kind, ...]] = (
    Kind("package", is_test=False, graded=False, entries=_programme),
    Kind("module", is_test=False, graded=False, entries=_modules),
    Kind("quiz", is_test=True, graded=True, entries=lambda package: _tests(package, periodic=False)),
    Kind("periodic", is_test=True, graded=True, entries=lambda package: _tests(package, periodic=True)),
    # Belongs to no package: `_channels` lists it.
    Kind("questions", is_test=False, graded=False, entries=lambda _package: ()),
)


#: Courses that were imported; no package of ours holds them.
IMPORTED: Final = Kind("imported", is_test=False, graded=True, entries=lambda _package: ())


#: Digest -> entries, of the versions that this process has shown; a version never changes.
_ENTRIES: dict[str, tuple[ContentEntry, ...]] = {}


def _entries_of(package: Package) -> tuple[ContentEntry, ...]:
    """The programme, then modules and tests in the order in which they are delivered, then the rest."""
    if package.digest not in _ENTRIES:
        by_content = {entry.content: entry for kind in KINDS for entry in kind.entries(package)}
        letters = {"module": "m", "quiz": "z"}
        delivered = [f"{package.id}/{letters[step.kind]}/{step.id}" for step in package.outline]
        first = [by_content.pop(name) for name in (package.id, *delivered) if name in by_content]
        _ENTRIES[package.digest] = (*first, *by_content.values())
    return _ENTRIES[package.digest]


def _imported(course: ActivePackage) -> ContentEntry:
    return ContentEntry(
        content=f"{LINK_PREFIX}{course.name}",
        kind=IMPORTED.code,
        title=course.title,
        summary="",
        package_title=course.title,
        areas=(),
        skills=(),
        searched=fold_name(f"{course.title} {course.name}"),
    )


def _entry(
    package: Package,
    *,
    content: str,
    kind: str,
    title: str,
    summary: str,
    areas: Sequence[str],
    more: Sequence[str],
    minutes: float | None = None,
    question_count: int = 0,
    time_limit: timedelta | None = None,
) -> ContentEntry:
    # Codes of areas and skills are their Vietnamese names without tone marks.
    told = [title, summary, package.title, content, *more, *areas, *package.skills]
    return ContentEntry(
        content=content,
        kind=kind,
        title=title,
        summary=summary,
        package_title=package.title,
        areas=tuple(areas),
        skills=package.skills,
        searched=fold_name(" ".join(told)),
        minutes=minutes,
        question_count=question_count,
        time_limit=time_limit,
    )


def _areas_of_module(package: Package, module: Module) -> tuple[str, ...]:
    """What its author named, else what its questions are about."""
    if module.area:
        return (module.area,)
    quiz = package.quizzes.get(module.quiz_id or "")
    of_quiz = _areas_of_quiz(package, quiz) if quiz else ()
    return tuple(dict.fromkeys([*_areas_of_questions(package, module.check_ids), *of_quiz]))


def _areas_of_quiz(package: Package, quiz: Quiz) -> tuple[str, ...]:
    banks = {rule.bank for rule in quiz.draw}
    return _areas_of_questions(
        package, [name for name, question in package.questions.items() if question.bank in banks]
    )


def _areas_of_questions(package: Package, names: Iterable[str]) -> tuple[str, ...]:
    areas = [package.questions[name].area for name in names if name in package.questions]
    return tuple(dict.fromkeys(area for area in areas if area))
