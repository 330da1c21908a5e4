"""What a package holds, as frozen dataclasses: the one reading of the canonical JSON (pure)."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

QuestionType = Literal["single", "multiple", "truefalse", "match", "order", "numeric", "short", "essay"]

#: How the compiler writes an inline check into a section. Authors cannot write it: the sanitiser
#: removes `data-q`.
CHECK_SLOT = re.compile(r'<div class="kiem-tra" data-q="([a-z0-9-]+)"></div>')

_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


@dataclass(frozen=True)
class Option:
    """One choice of a question; `feedback` is shown to who chose it."""

    text: str
    correct: bool
    feedback: str | None


@dataclass(frozen=True)
class Question:
    """One question. Which of options, pairs, answers and items is filled follows from `type`.

    Attributes:
        pairs: (left, right) that belong together.
        items: in their right order.
        mark: weight in an attempt's score, above zero.
        graded: checked against its source, so it may count in a graded quiz; None when not said.
    """

    id: str
    bank: str
    type: QuestionType
    stem: str
    level: str | None
    area: str | None
    graded: bool | None
    source: str | None
    explain: str | None
    mark: float
    partial: bool
    tolerance: float
    options: tuple[Option, ...]
    pairs: tuple[tuple[str, str], ...]
    answers: tuple[str, ...]
    items: tuple[str, ...]


@dataclass(frozen=True)
class Section:
    """One section of a module; `number` counts from 1."""

    number: int
    title: str
    html: str

    @property
    def parts(self) -> tuple[str, ...]:
        """HTML and ids of inline checks in turn: even positions are HTML, odd positions are question ids."""
        return tuple(CHECK_SLOT.split(self.html))

    @property
    def check_ids(self) -> tuple[str, ...]:
        """Questions placed in this section, in order."""
        return self.parts[1::2]


@dataclass(frozen=True)
class Module:
    """One chuyên đề: what a person is credited with.

    Attributes:
        minutes: planned time, when the author gave it.
        quiz_id: the end quiz that must be passed, when there is one.
    """

    id: str
    folder: str
    title: str
    minutes: float | None
    objectives: tuple[str, ...]
    sections: tuple[Section, ...]
    sections_count: bool
    checks_count: bool
    quiz_id: str | None

    @property
    def check_ids(self) -> tuple[str, ...]:
        """All inline checks of the module, in order."""
        return tuple(check for section in self.sections for check in section.check_ids)


@dataclass(frozen=True)
class DrawRule:
    """Draw `count` questions of a bank whose fields have one of the allowed values."""

    bank: str
    count: int
    where: Mapping[str, tuple[Any, ...]]

    def admits(self, question: Question) -> bool:
        """Whether the question is in the pool of this rule."""
        return question.bank == self.bank and all(
            getattr(question, field) in allowed for field, allowed in self.where.items()
        )


@dataclass(frozen=True)
class Quiz:
    """A blueprint with its rules.

    Attributes:
        mastery: pass mark, 0..1 of the maximum.
        attempts: allowed attempts; None: no limit.
        feedback_after: of `score`, `marks`, `explanations`.
        answers: when the key is shown: `never`, `after_attempt`, `after_close` (passed or no attempt left).
        recommend: ids of modules to read again after a fail.
    """

    id: str
    title: str
    mode: str
    mastery: float
    attempts: int | None
    wait_between: timedelta
    time_limit: timedelta | None
    shuffle_questions: bool
    shuffle_options: bool
    draw: tuple[DrawRule, ...]
    feedback_after: frozenset[str]
    answers: str
    recommend: tuple[str, ...]

    @property
    def question_count(self) -> int:
        """How many questions one attempt has."""
        return sum(rule.count for rule in self.draw)


@dataclass(frozen=True)
class OutlineEntry:
    """One step of the package in order of delivery; `id` is that of the module or quiz."""

    kind: Literal["module", "quiz"]
    id: str


@dataclass(frozen=True)
class Package:
    """One immutable version of a package."""

    digest: str
    id: str
    version: str
    title: str
    lang: str
    owner: str | None
    outline: tuple[OutlineEntry, ...]
    modules: Mapping[str, Module]
    quizzes: Mapping[str, Quiz]
    questions: Mapping[str, Question]

    def module_of_quiz(self, quiz_id: str) -> Module | None:
        """The module that the quiz ends, if any."""
        return next((module for module in self.modules.values() if module.quiz_id == quiz_id), None)


def package_from_canonical(canonical: str, *, digest: str) -> Package:
    """The package that the compiler wrote as canonical JSON; it was checked there, so nothing is refused."""
    written = json.loads(canonical)
    package = written["package"]
    return Package(
        digest=digest,
        id=package["id"],
        version=package["version"],
        title=package["title"],
        lang=package["lang"],
        owner=package.get("owner"),
        outline=tuple(OutlineEntry(entry["kind"], entry["id"]) for entry in written["outline"]),
        modules={module["id"]: _module(module) for module in written["modules"]},
        quizzes={quiz["id"]: _quiz(quiz) for quiz in written["quizzes"]},
        questions={question["id"]: question_from_canonical(question) for question in written["questions"]},
    )


def question_from_canonical(question: Mapping[str, Any]) -> Question:
    """One question in canonical form (schema cchc-question/1)."""
    return Question(
        id=question["id"],
        bank=question["bank"],
        type=question["type"],
        stem=question["stem"],
        level=question.get("level"),
        area=question.get("area"),
        graded=question.get("graded"),
        source=question.get("source"),
        explain=question.get("explain"),
        mark=float(question.get("mark", 1)),
        partial=question.get("partial", False),
        tolerance=float(question.get("tolerance", 0)),
        options=tuple(
            Option(option["text"], option["correct"], option.get("feedback"))
            for option in question.get("options", ())
        ),
        pairs=tuple((left, right) for left, right in question.get("pairs", ())),
        answers=tuple(question.get("answers", ())),
        items=tuple(question.get("items", ())),
    )


def _module(module: Mapping[str, Any]) -> Module:
    rule = module.get("complete_when", {"sections": "all", "checks": "all"})
    return Module(
        id=module["id"],
        folder=module["folder"],
        title=module["title"],
        minutes=module.get("minutes"),
        objectives=tuple(module.get("objectives", ())),
        sections=tuple(
            Section(number, section["title"], section["html"])
            for number, section in enumerate(module["sections"], start=1)
        ),
        sections_count="sections" in rule,
        checks_count="checks" in rule,
        quiz_id=rule.get("quiz"),
    )


def _quiz(quiz: Mapping[str, Any]) -> Quiz:
    shuffle = quiz.get("shuffle", {})
    feedback = quiz.get("feedback", {})
    return Quiz(
        id=quiz["id"],
        title=quiz["title"],
        mode=quiz["mode"],
        mastery=float(quiz["mastery"]),
        attempts=quiz.get("attempts"),
        wait_between=duration(quiz.get("wait_between", "PT0S")),
        time_limit=duration(quiz["time_limit"]) if "time_limit" in quiz else None,
        shuffle_questions=shuffle.get("questions", False),
        shuffle_options=shuffle.get("options", False),
        draw=tuple(_draw_rule(rule) for rule in quiz["draw"]),
        feedback_after=frozenset(feedback.get("after", ("score",))),
        answers=feedback.get("answers", "never"),
        recommend=tuple(
            target.removeprefix("module:") for target in quiz.get("on_fail", {}).get("recommend", ())
        ),
    )


def _draw_rule(rule: Mapping[str, Any]) -> DrawRule:
    where = {field: tuple(allowed) for field, allowed in rule.get("where", {}).items()}
    return DrawRule(bank=rule["bank"], count=rule["count"], where=where)


def duration(text: str) -> timedelta:
    """A length of time from its ISO 8601 form with days, hours, minutes and seconds, such as PT20M.

    Raises:
        ValueError: `text` has another form; the quiz schema lets none pass.
    """
    found = _DURATION.match(text)
    if found is None:
        raise ValueError(f"Not a duration that a quiz may have: {text!r}. Write for example PT20M.")
    days, hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
