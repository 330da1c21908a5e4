"""A published package -> files in the formats of others: the one table of exports. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from content_packages.contents import Module, Package, Question, Quiz
from content_packages.formats.cmi5_out import ReadMedia, write_cmi5
from content_packages.formats.gift_out import write_gift
from content_packages.formats.moodle_out import write_moodle_xml
from content_packages.formats.sheet_out import write_sheet
from content_packages.formats.thin_cartridge import CourseLink, CourseShell, CourseTopic, write_thin_cartridge
from content_packages.formats.word_out import print_questions

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ExportRequest:
    """What is taken out.

    Attributes:
        bank: one bank, or "" for all questions of the package.
        launch_url: of this installation, for links.
        tool_name: as an LMS shows it.
        iri_base: beginning of our activity identifiers.
        read_media: bytes of a picture that a section shows; None when there is none.
    """

    package: Package
    bank: str
    launch_url: str
    tool_name: str
    iri_base: str = ""
    read_media: ReadMedia = lambda _name: None

    @property
    def questions(self) -> list[Question]:
        """The chosen questions, bank by bank in the order of the package."""
        chosen = [one for one in self.package.questions.values() if self.bank in {"", one.bank}]
        return sorted(chosen, key=lambda one: one.bank)


@dataclass(frozen=True)
class ExportFormat:
    """One format.

    Attributes:
        ending: of the file name, with its dot.
        of_bank: it holds questions, so one bank alone can be taken out.
    """

    words: LazyString
    ending: str
    media_type: str
    of_bank: bool
    write: Callable[[ExportRequest], bytes]


def _gift(asked: ExportRequest) -> bytes:
    return write_gift(asked.questions, path="")[0].encode()


def _print(asked: ExportRequest, *, with_key: bool) -> bytes:
    title = f"Ngân hàng câu hỏi: {asked.bank or asked.package.title}"
    return print_questions(asked.package, asked.questions, title=title, with_key=with_key)


def _cmi5(asked: ExportRequest) -> bytes:
    return write_cmi5(asked.package, iri_base=asked.iri_base, read_media=asked.read_media)


def _shell(asked: ExportRequest) -> bytes:
    shell = course_shell(asked.package)
    return write_thin_cartridge(shell, launch_url=asked.launch_url, tool_name=asked.tool_name)


EXPORTS: Final[Mapping[str, ExportFormat]] = {
    "khoa-hoc": ExportFormat(
        _l("Khung khóa học cho LMS (Common Cartridge)"), ".imscc", "application/zip", False, _shell
    ),
    "cmi5": ExportFormat(
        _l("Gói cmi5 tự chạy, mỗi chuyên đề một bài (có kèm đáp án)"), ".zip", "application/zip", False, _cmi5
    ),
    "xlsx": ExportFormat(
        _l("Bảng câu hỏi Excel"),
        ".xlsx",
        _EXCEL,
        True,
        lambda asked: write_sheet(asked.questions, path="")[0],
    ),
    "moodle": ExportFormat(
        _l("Moodle XML"),
        ".xml",
        "application/xml",
        True,
        lambda asked: write_moodle_xml(asked.questions, path="")[0],
    ),
    "gift": ExportFormat(_l("GIFT"), ".gift", "text/plain; charset=utf-8", True, _gift),
    "docx": ExportFormat(
        _l("Đề in Word, không đáp án"), ".docx", _WORD, True, lambda asked: _print(asked, with_key=False)
    ),
    "docx-dap-an": ExportFormat(
        _l("Bản Word có đáp án, để thẩm định"),
        ".docx",
        _WORD,
        True,
        lambda asked: _print(asked, with_key=True),
    ),
}


def course_shell(package: Package) -> CourseShell:
    """The whole programme as topics: each module with its test, then the tests that stand alone."""
    modules = [package.modules[step.id] for step in package.outline if step.kind == "module"]
    ended = {module.quiz_id for module in modules}
    topics = [CourseTopic(module.title, tuple(_module_links(package, module))) for module in modules]
    alone = [step.id for step in package.outline if step.kind == "quiz" and step.id not in ended]
    if alone:
        links = tuple(_quiz_link(package, package.quizzes[quiz_id]) for quiz_id in alone)
        topics.append(CourseTopic("Kiểm tra", links))
    description = f"{len(modules)} chuyên đề, phiên bản {package.version}."
    return CourseShell(f"cchc-{package.id}", package.title, description, tuple(topics))


def _module_links(package: Package, module: Module) -> list[CourseLink]:
    minutes = f"Khoảng {module.minutes:g} phút. " if module.minutes else ""
    lesson = CourseLink(
        f"m-{module.id}",
        module.title,
        minutes + "; ".join(module.objectives),
        {"content": f"{package.id}/m/{module.id}"},
    )
    quiz = package.quizzes.get(module.quiz_id or "")
    return [lesson, _quiz_link(package, quiz)] if quiz else [lesson]


def _quiz_link(package: Package, quiz: Quiz) -> CourseLink:
    description = f"{quiz.question_count} câu, đạt từ {quiz.mastery:.0%}."
    return CourseLink(f"z-{quiz.id}", quiz.title, description, {"content": f"{package.id}/z/{quiz.id}"})
