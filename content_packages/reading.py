"""The one reading of the canonical JSON: what the compiler wrote -> the dataclasses of `contents` (pure)."""

import json
import re
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from content_packages.companions import LegalBasis, QAEntry, Survey, SurveyItem
from content_packages.contents import (
    Behaviour,
    Blank,
    Criterion,
    DrawRule,
    Feedback,
    Module,
    Option,
    OutlineEntry,
    Package,
    Question,
    Quiz,
    Section,
    Shown,
    Situation,
    Window,
)

_DURATION = re.compile(r"^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$")


def package_from_canonical(canonical: str, *, digest: str, language: str | None = None) -> Package:
    """The package that the compiler wrote as canonical JSON; it was checked there, so nothing is refused.

    Args:
        language: of its translations, where it has some; what is not translated stays as written.
    """
    written = json.loads(canonical)
    translated = in_language(written, language) if language is not None else written
    return package_from_canonical_value(translated, digest=digest)


def in_language(written: Mapping[str, Any], language: str) -> Mapping[str, Any]:
    """The canonical package with its translated words in place of its own."""
    words = written.get("translations", {}).get(language)
    if words is None:
        return written
    members = {
        member: [{**one, **words[member].get(one["id"], {})} for one in written[member]]
        for member in words.keys() & written.keys() - {"package"}
    }
    package = {**written["package"], **words.get("package", {}).get("", {}), "lang": language}
    return {**written, **members, "package": package}


def package_from_canonical_value(written: Mapping[str, Any], *, digest: str) -> Package:
    """The same from the JSON as parsed already."""
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
        areas=tuple(package.get("areas", ())),
        skills=tuple(package.get("skills", ())),
        situations={one["id"]: Situation(**one) for one in written.get("situations", ())},
        qa={one["id"]: _qa_entry(one) for one in written.get("qa", ())},
        surveys={one["id"]: _survey(one) for one in written.get("surveys", ())},
        legal_basis={one["ref"]: legal_basis_from(one) for one in package.get("legal_basis", ())},
        review_by=_day(package.get("review_by")),
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
        options=_options(question),
        pairs=tuple((left, right) for left, right in question.get("pairs", ())),
        answers=tuple(question.get("answers", ())),
        items=tuple(question.get("items", ())),
        blanks=tuple(
            Blank(tuple(blank.get("answers", ())), _options(blank)) for blank in question.get("blanks", ())
        ),
        rubric=tuple(Criterion(one["criterion"], float(one["points"])) for one in question.get("rubric", ())),
        fold_diacritics=question.get("fold_diacritics", False),
        case_sensitive=question.get("case_sensitive", False),
        min_words=question.get("min_words"),
        situation=question.get("situation"),
        situational=question.get("situational", False),
        skill=question.get("skill"),
        hint=question.get("hint"),
        facts=tuple(question.get("facts", ())),
        review_by=_day(question.get("review_by")),
    )


def _options(of: Mapping[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(option["text"], option["correct"], option.get("feedback"), option.get("pin", False))
        for option in of.get("options", ())
    )


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written is not None else None


def legal_basis_from(written: Mapping[str, str]) -> LegalBasis:
    """A cited document as package.yaml names it."""
    return LegalBasis(
        ref=written["ref"],
        signed_on=date.fromisoformat(written["date"]),
        title=written.get("title"),
        effective_on=_day(written.get("effective")),
        last_day=_day(written.get("expires")),
        replaced_by=written.get("replaced_by"),
    )


def _qa_entry(written: Mapping[str, Any]) -> QAEntry:
    return QAEntry(
        id=written["id"],
        collection=written["qa"],
        area=written.get("area"),
        question=written["question"],
        answer=written["answer"],
        also=tuple(written.get("also", ())),
        source=written["source"],
        as_of=_day(written.get("as_of")),
        review_by=_day(written.get("review_by")),
    )


def _survey(written: Mapping[str, Any]) -> Survey:
    items = tuple(
        SurveyItem(one["id"], one["type"], one["text"], one.get("optional", False))
        for one in written["items"]
    )
    return Survey(written["id"], written["title"], written["kind"], written.get("anonymous", False), items)


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
        area=module.get("area"),
        skill=module.get("skill"),
        review_by=_day(module.get("review_by")),
    )


def _quiz(quiz: Mapping[str, Any]) -> Quiz:
    shuffle = quiz.get("shuffle", {})
    behaviour: Behaviour = quiz.get("behaviour", "deferred")
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
        feedback=_feedback(quiz.get("feedback", {}), behaviour),
        recommend=tuple(
            target.removeprefix("module:") for target in quiz.get("on_fail", {}).get("recommend", ())
        ),
        behaviour=behaviour,
        tries=quiz.get("tries", 2),
        certainty=quiz.get("certainty", False),
        window=_window(quiz["window"]) if "window" in quiz else None,
        commend=quiz.get("on_pass", {}).get("commend"),
        pair=quiz.get("pair"),
        part=quiz.get("part"),
    )


#: What is shown during an attempt when the author does not say: enough to learn from at once.
_SHOWN_DURING: Mapping[Behaviour, frozenset[Shown]] = {
    "deferred": frozenset(),
    "immediate": frozenset({"marks", "answers", "explanations"}),
    "interactive": frozenset({"marks", "explanations"}),
}


def _feedback(written: Mapping[str, Any], behaviour: Behaviour) -> Feedback:
    """The matrix, also from its first form, in which `answers` said when the key is shown."""
    during = written.get("during")
    key: frozenset[Shown] = frozenset({"answers"})
    after: frozenset[Shown] = frozenset(written.get("after", ("score",)))
    if written.get("answers") == "after_attempt":
        after |= key
    closed = frozenset(written["closed"]) if "closed" in written else after
    if written.get("answers") == "after_close":
        closed |= key
    shown_during = (
        _SHOWN_DURING[behaviour] if during is None else frozenset(during if during != "none" else ())
    )
    return Feedback(during=shown_during, after=after, closed=closed)


def _window(written: Mapping[str, str]) -> Window:
    def instant(name: str) -> datetime | None:
        return datetime.fromisoformat(written[name]) if name in written else None

    return Window(instant("opens"), instant("closes"), instant("last_start"))


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
