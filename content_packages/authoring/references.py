"""What one file says about another: every name must lead somewhere."""

from collections import Counter
from collections.abc import Iterator, Sequence

from content_packages.authoring.banks import Bank
from content_packages.authoring.draws import check_draw
from content_packages.authoring.findings import Finding
from content_packages.authoring.modules import LinkPlace, ModuleSource
from content_packages.authoring.named_yaml import NamedYaml
from content_packages.authoring.names import Names
from content_packages.authoring.sources import PACKAGE_FILE, PackageSources


def check_references(sources: PackageSources, names: Names) -> Iterator[Finding]:
    """Findings about every name that does not lead where it should."""
    yield from _check_unique(sources)
    for bank in sources.banks:
        yield from _check_sets(bank)
    for module in sources.modules:
        yield from _check_module(module, names)
    for quiz in sources.quizzes:
        yield from _check_quiz(quiz, names)
    yield from _check_pairs(sources.quizzes)
    yield from _check_outline(sources)


def _check_unique(sources: PackageSources) -> Iterator[Finding]:
    """Ids are unique in the whole package."""
    banks = sources.banks
    places = [
        ("Q003", "câu hỏi", [(q.id, q.path, q.line) for bank in banks for q in bank.questions]),
        ("Q014", "tình huống", [(s.id, s.path, s.line) for bank in banks for s in bank.situations]),
        ("H003", "hỏi đáp", [(e.id, e.path, e.line) for file in sources.qa for e in file.entries]),
        ("P005", "chuyên đề", [(m.canonical["id"], m.path, 1) for m in sources.modules if m.canonical]),
    ]
    for code, kind, named in places:
        seen: dict[str, tuple[str, int]] = {}
        for name, path, line in named:
            first = seen.setdefault(name, (path, line))
            if first != (path, line):
                yield Finding(path, line, code, f"mã {kind} “{name}” đã dùng ở {first[0]}:{first[1]}")


def _check_sets(bank: Bank) -> Iterator[Finding]:
    """Every situation is asked about by two questions of its file at least; every named one exists."""
    sizes = Counter(question.canonical.get("situation") for question in bank.questions)
    known = {situation.id for situation in bank.situations}
    for question in bank.questions:
        named = question.canonical.get("situation")
        if named is not None and named not in known:
            message = f"câu {question.id}: không có tình huống “{named}” trong cùng tệp này"
            yield Finding(question.path, question.line, "Q016", message)
    for situation in bank.situations:
        if sizes[situation.id] < 2 and not bank.broken_ids:
            message = f"tình huống {situation.id} chỉ có {sizes[situation.id]} câu hỏi; cần ít nhất hai câu"
            yield Finding(situation.path, situation.line, "Q017", message)


def _check_module(module: ModuleSource, names: Names) -> Iterator[Finding]:
    quiz_id = (module.canonical or {}).get("complete_when", {}).get("quiz")
    if quiz_id is not None and quiz_id not in names.quizzes and not names.base_is_missing:
        yield Finding(module.path, 1, "M007", f"không có bài kiểm tra “{quiz_id}” trong quizzes/")
    for link in module.links:
        if not _leads_somewhere(link, names):
            yield Finding(module.path, link.line, "M005", f"liên kết “{link.address}” không dẫn tới đâu")
    yield from _check_places(module, names)


def _leads_somewhere(link: LinkPlace, names: Names) -> bool:
    kind, _, name = link.address.partition(":")
    known = {"qa": names.qa, "module": names.modules}.get(kind)
    return known is not None and (
        name in known or name in names.broken_ids or names.base_is_missing or not names.all_modules_known
    )


def _check_places(module: ModuleSource, names: Names) -> Iterator[Finding]:
    seen: set[str] = set()
    for place in module.checks:
        question = names.questions.get(place.question_id)
        is_known = question is not None or place.question_id in names.broken_ids or names.base_is_missing
        if not is_known:
            message = f"không có câu hỏi “{place.question_id}” trong banks/"
            yield Finding(module.path, place.line, "M004", message)
        if question is not None and question.type == "essay":
            yield Finding(module.path, place.line, "Q013", "câu tự luận không chấm tự động được ở đây")
        if place.question_id in seen:
            yield Finding(module.path, place.line, "M009", f"câu “{place.question_id}” đã đặt ở trên")
        seen.add(place.question_id)


def _check_quiz(quiz: NamedYaml, names: Names) -> Iterator[Finding]:
    """Banks, pools and recommendations of a quiz."""
    if quiz.canonical is None or names.base_is_missing:
        return
    yield from check_draw(quiz, quiz.canonical["draw"], names)
    for index, target in enumerate(quiz.canonical.get("on_fail", {}).get("recommend", ())):
        if names.all_modules_known and target.removeprefix("module:") not in names.modules:
            line = quiz.line_of("on_fail", "recommend", index)
            yield Finding(quiz.path, line, "Z006", f"không có chuyên đề “{target}”")


def _check_pairs(quizzes: Sequence[NamedYaml]) -> Iterator[Finding]:
    """A pre-test has exactly one post-test, and the other way round."""
    written = [quiz.canonical for quiz in quizzes if quiz.canonical]
    parts = Counter((one["pair"], one["part"]) for one in written if "pair" in one)
    for quiz in quizzes:
        pair = (quiz.canonical or {}).get("pair")
        if pair is not None and (parts[pair, "pre"], parts[pair, "post"]) != (1, 1):
            message = f"cặp “{pair}” cần đúng một bài đầu vào (pre) và một bài đầu ra (post)"
            yield Finding(quiz.path, quiz.line_of("pair"), "Z008", message)


def _check_outline(sources: PackageSources) -> Iterator[Finding]:
    """The outline names what exists, and everything that exists is in the outline."""
    if sources.package is None:
        return
    files = {
        "module": {module.folder: module.path for module in sources.modules},
        "quiz": {quiz.name: quiz.path for quiz in sources.quizzes},
        "survey": {survey.name: survey.path for survey in sources.surveys},
    }
    named: set[tuple[str, str]] = set()
    for index, entry in enumerate(sources.header["outline"]):
        ((kind, name),) = entry.items()
        line = sources.package.line_of(["outline", index])
        if kind in files and name not in files[kind]:
            yield Finding(PACKAGE_FILE, line, "P003", f"không có {kind} “{name}”")
        if (kind, name) in named:
            yield Finding(PACKAGE_FILE, line, "P005", f"{kind} “{name}” đã có trong outline")
        named.add((kind, name))
    for kind, paths in files.items():
        for name, path in sorted(paths.items()):
            if (kind, name) not in named:
                message = f"{kind} “{name}” chưa có trong outline nên người học không thấy"
                yield Finding(path, 1, "P004", message, "warning")
