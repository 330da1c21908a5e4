"""What is new in a version, in the words of a learner (pure)."""

import json
from collections.abc import Iterator

from flask_babel import gettext as _
from flask_babel import ngettext

from content_packages.authoring.numbering import numbers_of
from content_packages.contents import Module, Package, Quiz


def authors_words(canonical: str, *, after: str, until: str) -> list[str]:
    """What the author wrote about each version after one and up to another, the newest first."""
    written: dict[str, str] = json.loads(canonical)["package"].get("changes", {})
    told = [one for one in written if numbers_of(after) < numbers_of(one) <= numbers_of(until)]
    return [written[one] for one in sorted(told, key=numbers_of, reverse=True)]


def told_changes(old: Package, new: Package) -> list[str]:
    """Modules, sections, questions and rules that differ."""
    return [
        *_modules(old, new),
        *_quizzes(old, new),
        *_questions(old, new),
    ]


def _modules(old: Package, new: Package) -> Iterator[str]:
    for name, module in new.modules.items():
        if name not in old.modules:
            yield _("Chuyên đề mới: %(title)s", title=module.title)
        else:
            yield from _sections(old.modules[name], module)
    for name in old.modules.keys() - new.modules.keys():
        yield _("Không còn chuyên đề: %(title)s", title=old.modules[name].title)


def _sections(old: Module, new: Module) -> Iterator[str]:
    known = {section.title: section.html for section in old.sections}
    added = [section.title for section in new.sections if section.title not in known]
    changed = [
        section.title for section in new.sections if known.get(section.title, section.html) != section.html
    ]
    if added:
        yield _("“%(module)s” có mục mới: %(sections)s", module=new.title, sections="; ".join(added))
    if changed:
        yield _("“%(module)s” sửa mục: %(sections)s", module=new.title, sections="; ".join(changed))


def _quizzes(old: Package, new: Package) -> Iterator[str]:
    for name, quiz in new.quizzes.items():
        if name not in old.quizzes:
            yield _("Bài kiểm tra mới: %(title)s", title=quiz.title)
        elif _rules(quiz) != _rules(old.quizzes[name]):
            yield _("“%(quiz)s” đổi quy định hoặc đề", quiz=quiz.title)


def _rules(quiz: Quiz) -> tuple[object, ...]:
    return (quiz.draw, quiz.mastery, quiz.attempts, quiz.time_limit, quiz.wait_between, quiz.window)


def _questions(old: Package, new: Package) -> Iterator[str]:
    added = len(new.questions.keys() - old.questions.keys())
    if added:
        yield ngettext("Thêm %(num)d câu hỏi", "Thêm %(num)d câu hỏi", added)
