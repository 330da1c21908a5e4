"""Whether a blueprint can be drawn: today, and once cited law is out of force."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from content_packages.assessment.blueprint import PoolTooSmall, choose_without_repeats
from content_packages.authoring.findings import Finding
from content_packages.authoring.named_yaml import NamedYaml
from content_packages.authoring.names import Names
from content_packages.companions import LegalBasis
from content_packages.contents import DrawRule, Question


def check_draw(quiz: NamedYaml, draw: list[dict[str, object]], names: Names) -> Iterator[Finding]:
    """Unknown banks, essays drawn by chance, and pools too small for all rules together."""
    rules = _rules(draw)
    unknown = [(index, rule.bank) for index, rule in enumerate(rules) if rule.bank not in names.banks]
    for index, bank in unknown:
        yield Finding(quiz.path, quiz.line_of("draw", index), "Z004", f"không có ngân hàng câu hỏi “{bank}”")
    if unknown or names.broken_ids:
        return  # The pools are not known until the questions are mended.
    questions = list(names.questions.values())
    yield from _essays_in_pools(quiz, rules, questions)
    if not _can_be_drawn(rules, questions):
        yield Finding(quiz.path, quiz.line_of("draw"), "Z005", _pool_message(rules, questions))


def _essays_in_pools(
    quiz: NamedYaml, rules: Sequence[DrawRule], questions: Sequence[Question]
) -> Iterator[Finding]:
    """Essays wait for a person; a rule that asks for them by type means it, another draws them by chance."""
    for index, rule in enumerate(rules):
        essays = [question.id for question in questions if rule.admits(question) and question.type == "essay"]
        if essays and "type" not in rule.where:
            message = f"câu tự luận {', '.join(essays)} nằm trong nguồn rút đề; hãy lọc theo type"
            yield Finding(quiz.path, quiz.line_of("draw", index), "Z007", message)


def _where(where: object) -> dict[str, tuple[object, ...]]:
    return {field: tuple(allowed) for field, allowed in where.items()} if isinstance(where, dict) else {}


def _pool_message(rules: Sequence[DrawRule], questions: Sequence[Question]) -> str:
    pools = [f"{rule.count} câu từ {sum(map(rule.admits, questions))}" for rule in rules]
    return f"không đủ câu hỏi khác nhau để rút: cần {'; '.join(pools)} (mỗi câu chỉ rút một lần)"


def check_draw_in_force(
    quiz: NamedYaml, names: Names, law: Mapping[str, LegalBasis], today: date
) -> Iterator[Finding]:
    """A graded quiz that can be drawn, but not from what rests on law in force today."""
    if quiz.canonical is None or quiz.canonical["mode"] == "practice":
        return
    rules, questions = _rules(quiz.canonical["draw"]), list(names.questions.values())
    expired = {ref for ref, one in law.items() if not one.is_in_force(today)}
    left = [one for one in questions if one.source not in expired]
    if _can_be_drawn(rules, questions) and not _can_be_drawn(rules, left):
        message = f"bỏ câu dẫn văn bản hết hiệu lực thì không đủ câu để rút ({_pool_message(rules, left)})"
        yield Finding(quiz.path, quiz.line_of("draw"), "Z009", message, "warning")


def _rules(draw: Sequence[Mapping[str, object]]) -> list[DrawRule]:
    return [DrawRule(str(one["bank"]), int(str(one["count"])), _where(one.get("where", {}))) for one in draw]


def _can_be_drawn(rules: Sequence[DrawRule], questions: Sequence[Question]) -> bool:
    try:
        choose_without_repeats(rules, questions, random.Random(0))  # noqa: S311 - only whether it can be done
    except PoolTooSmall:
        return False
    return True
