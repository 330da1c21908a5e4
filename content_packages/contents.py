"""What a package holds, as frozen dataclasses (pure). `reading` makes them of the canonical JSON."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from content_packages.companions import LegalBasis, QAEntry, Survey

QuestionType = Literal[
    "single", "multiple", "truefalse", "match", "order", "numeric", "short", "cloze", "essay"
]
#: When a learner hears about an answer: after the attempt, after each answer, or with further tries.
Behaviour = Literal["deferred", "immediate", "interactive"]
#: What a learner may be shown: the score, marks per question, the key, explanations and feedback.
Shown = Literal["score", "marks", "answers", "explanations"]

#: How the compiler writes an inline check into a section. Authors cannot write it: the sanitiser
#: removes `data-q`.
CHECK_SLOT = re.compile(r'<div class="kiem-tra" data-q="([a-z0-9-]+)"></div>')


@dataclass(frozen=True)
class Option:
    """One choice of a question; `feedback` is shown to who chose it, `pin` keeps its place in a shuffle."""

    text: str
    correct: bool
    feedback: str | None
    pin: bool = False


@dataclass(frozen=True)
class Blank:
    """One blank of a cloze question: typed (`answers` are accepted) or chosen from `options`."""

    answers: tuple[str, ...] = ()
    options: tuple[Option, ...] = ()


@dataclass(frozen=True)
class Criterion:
    """One line of an essay's rubric; `points` is the most it can earn, above zero."""

    criterion: str
    points: float


@dataclass(frozen=True)
class Situation:
    """A story that at least two questions of its bank ask about; a draw takes the set whole.

    Attributes:
        text: Markdown, like a stem.
    """

    id: str
    bank: str
    text: str


@dataclass(frozen=True)
class Question:
    """One question. Which of options, pairs, answers, items, blanks and rubric is filled follows from `type`.

    Attributes:
        stem: Markdown; in a cloze question `[[1]]`, `[[2]]` … stand where `blanks` are filled in.
        pairs: (left, right) that belong together.
        items: in their right order.
        mark: weight in an attempt's score, above zero.
        graded: checked against its source, so it may count in a graded quiz; None when not said.
        source: `ref` of one of the package's legal basis or other sources.
        fold_diacritics: for short and cloze: an answer without diacritics is accepted too.
        case_sensitive: for short and cloze: capitals must be right.
        min_words: for essay: fewer words cannot be handed in.
        situation: id of the situation that the question asks about.
        situational: asks for a decision in a case from work.
        hint: shown before a further try in the interactive behaviour.
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
    blanks: tuple[Blank, ...] = ()
    rubric: tuple[Criterion, ...] = ()
    fold_diacritics: bool = False
    case_sensitive: bool = False
    min_words: int | None = None
    situation: str | None = None
    situational: bool = False
    skill: str | None = None
    hint: str | None = None
    facts: tuple[str, ...] = ()
    review_by: date | None = None


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
        area: the subject area that the author named.
        skill: the skill that it trains.
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
    area: str | None = None
    review_by: date | None = None
    skill: str | None = None

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
class Feedback:
    """The policy matrix: what is shown at which time.

    Attributes:
        during: while the attempt runs (`immediate` and `interactive` behaviour).
        after: as soon as an attempt is finished.
        closed: when the learner has passed, has no attempt left, or the window is over.
    """

    during: frozenset[Shown]
    after: frozenset[Shown]
    closed: frozenset[Shown]


@dataclass(frozen=True)
class Window:
    """When attempts are possible; each bound may be open."""

    opens_at: datetime | None
    closes_at: datetime | None
    last_start_at: datetime | None


@dataclass(frozen=True)
class Quiz:
    """A blueprint with its rules.

    Attributes:
        mastery: pass mark, 0..1 of the maximum.
        attempts: allowed attempts; None: no limit.
        recommend: ids of modules to read again after a fail.
        tries: how often one question may be answered in the `interactive` behaviour.
        certainty: the learner also says how sure they are; only in practice.
        commend: template of the commendation after a pass.
        pair: name that a pre-test and its post-test share; `part` says which of the two this is.
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
    feedback: Feedback
    recommend: tuple[str, ...]
    behaviour: Behaviour = "deferred"
    tries: int = 2
    certainty: bool = False
    window: Window | None = None
    commend: str | None = None
    pair: str | None = None
    part: Literal["pre", "post"] | None = None

    @property
    def question_count(self) -> int:
        """How many questions one attempt has."""
        return sum(rule.count for rule in self.draw)

    @property
    def feedback_after(self) -> frozenset[Shown]:
        """What is shown as soon as an attempt is finished."""
        return self.feedback.after

    @property
    def answers(self) -> Literal["never", "after_attempt", "after_close"]:
        """From when the key is shown."""
        if "answers" in self.feedback.after:
            return "after_attempt"
        return "after_close" if "answers" in self.feedback.closed else "never"


@dataclass(frozen=True)
class OutlineEntry:
    """One step of the package in order of delivery; `id` is that of the module, quiz or survey."""

    kind: Literal["module", "quiz", "survey"]
    id: str


@dataclass(frozen=True)
class Package:
    """One immutable version of a package.

    Attributes:
        areas: subject areas of the whole package.
        skills: skills that it trains.
        situations, qa, surveys: by id.
        legal_basis: cited documents by `ref`.
        review_by: the day by which the author wants to have read it all again.
    """

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
    areas: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    situations: Mapping[str, Situation] = field(default_factory=dict)
    qa: Mapping[str, QAEntry] = field(default_factory=dict)
    surveys: Mapping[str, Survey] = field(default_factory=dict)
    legal_basis: Mapping[str, LegalBasis] = field(default_factory=dict)
    review_by: date | None = None

    def module_of_quiz(self, quiz_id: str) -> Module | None:
        """The module that the quiz ends, if any."""
        return next((module for module in self.modules.values() if module.quiz_id == quiz_id), None)
