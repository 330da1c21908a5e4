"""What one file says about another: every name must lead somewhere."""

import random
from collections.abc import Iterable, Iterator, Mapping, Sequence

from content_packages.assessment.blueprint import PoolTooSmall, choose_without_repeats
from content_packages.authoring.banks import Bank, BankQuestion
from content_packages.authoring.findings import Finding
from content_packages.authoring.modules import ModuleSource
from content_packages.authoring.quizzes import QuizSource
from content_packages.authoring.yaml_text import YamlText
from content_packages.contents import DrawRule, Question, question_from_canonical

PACKAGE_FILE = "package.yaml"


def check_questions(banks: Sequence[Bank]) -> Iterator[Finding]:
    """Ids are unique in the whole package."""
    seen: dict[str, BankQuestion] = {}
    for question in (question for bank in banks for question in bank.questions):
        first = seen.setdefault(question.id, question)
        if first is not question:
            message = f"mã câu hỏi “{question.id}” đã dùng ở {first.path}:{first.line}"
            yield Finding(question.path, question.line, "Q003", message)


def check_modules(
    modules: Sequence[ModuleSource],
    questions: Mapping[str, Question],
    *,
    broken_ids: set[str],
    quizzes: Iterable[str],
) -> Iterator[Finding]:
    """Ids, inline checks and end quizzes of all modules."""
    known_quizzes = set(quizzes)
    seen: dict[str, str] = {}
    for module in modules:
        if module.canonical is None:
            continue
        module_id = module.canonical["id"]
        first = seen.setdefault(module_id, module.path)
        if first != module.path:
            yield Finding(module.path, 1, "P005", f"mã chuyên đề “{module_id}” đã dùng ở {first}")
        quiz_id = module.canonical.get("complete_when", {}).get("quiz")
        if quiz_id is not None and quiz_id not in known_quizzes:
            yield Finding(module.path, 1, "M007", f"không có bài kiểm tra “{quiz_id}” trong quizzes/")
        yield from _check_places(module, questions, broken_ids)


def _check_places(
    module: ModuleSource, questions: Mapping[str, Question], broken_ids: set[str]
) -> Iterator[Finding]:
    seen: set[str] = set()
    for place in module.checks:
        question = questions.get(place.question_id)
        if question is None and place.question_id not in broken_ids:
            yield Finding(
                module.path, place.line, "M004", f"không có câu hỏi “{place.question_id}” trong banks/"
            )
        elif question is not None and question.type == "essay":
            yield Finding(module.path, place.line, "Q013", "câu tự luận không chấm tự động được ở đây")
        if place.question_id in seen:
            yield Finding(module.path, place.line, "M009", f"câu “{place.question_id}” đã đặt ở trên")
        seen.add(place.question_id)


def check_quizzes(
    quizzes: Sequence[QuizSource],
    questions: Sequence[Question],
    banks: Sequence[Bank],
    modules: Sequence[ModuleSource],
) -> Iterator[Finding]:
    """Banks, pools and recommendations of all quizzes."""
    module_ids = {module.canonical["id"] for module in modules if module.canonical}
    # A module that could not be read may be the one that is recommended.
    all_are_known = all(module.canonical for module in modules)
    for quiz in quizzes:
        if quiz.canonical is None:
            continue
        yield from _check_draw(quiz, quiz.canonical["draw"], questions, banks)
        for index, target in enumerate(quiz.canonical.get("on_fail", {}).get("recommend", ())):
            if all_are_known and target.removeprefix("module:") not in module_ids:
                line = quiz.line_of("on_fail", "recommend", index)
                yield Finding(quiz.path, line, "Z006", f"không có chuyên đề “{target}”")


def _check_draw(
    quiz: QuizSource, draw: list[dict[str, object]], questions: Sequence[Question], banks: Sequence[Bank]
) -> Iterator[Finding]:
    rules = [
        DrawRule(str(rule["bank"]), int(str(rule["count"])), _where(rule.get("where", {}))) for rule in draw
    ]
    unknown = [
        (index, rule.bank)
        for index, rule in enumerate(rules)
        if rule.bank not in {bank.name for bank in banks}
    ]
    for index, bank in unknown:
        yield Finding(quiz.path, quiz.line_of("draw", index), "Z004", f"không có ngân hàng câu hỏi “{bank}”")
    if unknown or any(bank.broken_ids for bank in banks):
        return  # The pools are not known until the questions are mended.
    for index, rule in enumerate(rules):
        essays = [question.id for question in questions if rule.admits(question) and question.type == "essay"]
        if essays:
            message = f"câu tự luận {', '.join(essays)} nằm trong nguồn rút đề; hãy lọc theo type"
            yield Finding(quiz.path, quiz.line_of("draw", index), "Z007", message)
    try:
        choose_without_repeats(rules, questions, random.Random(0))  # noqa: S311 - only whether it can be done
    except PoolTooSmall:
        yield Finding(quiz.path, quiz.line_of("draw"), "Z005", _pool_message(rules, questions))


def _where(where: object) -> dict[str, tuple[object, ...]]:
    return {field: tuple(allowed) for field, allowed in where.items()} if isinstance(where, dict) else {}


def _pool_message(rules: Sequence[DrawRule], questions: Sequence[Question]) -> str:
    pools = [f"{rule.count} câu từ {sum(map(rule.admits, questions))}" for rule in rules]
    return f"không đủ câu hỏi khác nhau để rút: cần {'; '.join(pools)} (mỗi câu chỉ rút một lần)"


def check_outline(
    package: YamlText, modules: Sequence[ModuleSource], quizzes: Sequence[QuizSource]
) -> Iterator[Finding]:
    """The outline names what exists, and everything that exists is in the outline."""
    files = {
        "module": {module.folder: module.path for module in modules},
        "quiz": {quiz.name: quiz.path for quiz in quizzes},
    }
    named: set[tuple[str, str]] = set()
    for index, entry in enumerate(package.value["outline"]):
        ((kind, name),) = entry.items()
        line = package.line_of(["outline", index])
        if name not in files[kind]:
            yield Finding(PACKAGE_FILE, line, "P003", f"không có {kind} “{name}”")
        if (kind, name) in named:
            yield Finding(PACKAGE_FILE, line, "P005", f"{kind} “{name}” đã có trong outline")
        named.add((kind, name))
    for kind, paths in files.items():
        for name, path in sorted(paths.items()):
            if (kind, name) not in named:
                message = f"{kind} “{name}” chưa có trong outline nên người học không thấy"
                yield Finding(path, 1, "P004", message, "warning")


def usable_questions(banks: Sequence[Bank]) -> dict[str, Question]:
    """Questions without errors, by id; of two with one id, the first."""
    found: dict[str, Question] = {}
    for question in (question for bank in banks for question in bank.questions):
        found.setdefault(question.id, question_from_canonical(question.canonical))
    return found
