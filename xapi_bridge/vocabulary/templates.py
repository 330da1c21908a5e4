"""What each kind of our statements must look like: statement templates of xAPI Profiles 1.0.

The templates are data, so that the published profile, the check of a file and the tests of every translation
say the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from xapi_bridge.vocabulary import acrossx, activity_streams, adl, cchc, cmi5, tincanapi
from xapi_bridge.vocabulary.rules import Rule


@dataclass(frozen=True)
class StatementTemplate:
    """One kind of statement. A statement belongs to it by its verb and its object.

    Attributes:
        code: stable; the end of the template's IRI.
        label, definition: language tag -> text.
        verb: its IRI.
        object_type: the activity type of the object; empty when several are possible.
        refers: whether the object is a reference to a statement.
        rules: besides those that hold for every statement of ours.
    """

    code: str
    label: Mapping[str, str]
    definition: Mapping[str, str]
    verb: str
    object_type: str
    rules: tuple[Rule, ...]
    refers: bool = False


def statement_templates(base: str) -> tuple[StatementTemplate, ...]:
    """Every kind of statement that we make.

    Args:
        base: beginning of our own IRIs (CCHC_IRI_BASE).
    """
    kinds = (_lessons, _progress, _attempts, _outcomes, _questions, _answers, _classes)
    return tuple(template for kind in kinds for template in kind(base))


def _lessons(base: str) -> tuple[StatementTemplate, ...]:
    learning = _learning_rules(base)
    return (
        _template(
            "content-launched",
            ("Mở nội dung từ LMS", "Content launched"),
            (
                "Mỗi lần người học mở nội dung từ LMS có đúng một bản ghi này.",
                "Each launch by a learner has exactly one.",
            ),
            adl.LAUNCHED,
            "",
            Rule("$.object.definition.type", only=(adl.COURSE, adl.MODULE, adl.ASSESSMENT)),
            Rule("$.result", "excluded"),
            *learning,
        ),
        _template(
            "module-initialized",
            ("Bắt đầu chuyên đề", "Module begun"),
            ("Lần đầu người học mở chuyên đề.", "The first time that the learner opened the module."),
            adl.INITIALIZED,
            adl.MODULE,
            _parent(adl.COURSE),
            *learning,
        ),
        _template(
            "section-experienced",
            ("Đọc một mục", "Section read"),
            ("Người học đã đọc hết một mục.", "The learner read a section."),
            adl.EXPERIENCED,
            adl.LESSON,
            _parent(adl.MODULE),
            Rule("$.result.duration", "recommended"),
            *learning,
        ),
    )


def _progress(base: str) -> tuple[StatementTemplate, ...]:
    learning = _learning_rules(base)
    return (
        _template(
            "module-progressed",
            ("Học được một phần chuyên đề", "Module progressed"),
            ("Phần trăm đã học tăng lên.", "The share of the module that is done has grown."),
            adl.PROGRESSED,
            adl.MODULE,
            _parent(adl.COURSE),
            Rule(f"$.result.extensions['{cmi5.PROGRESS}']"),
            Rule("$.result.completion", only=(False,)),
            *learning,
        ),
        _template(
            "module-completed",
            ("Hoàn thành chuyên đề", "Module completed"),
            (
                "Người học được ghi nhận chuyên đề vào ngày của bản ghi này.",
                "The learner is credited with the module on the day of this statement.",
            ),
            adl.COMPLETED,
            adl.MODULE,
            _parent(adl.COURSE),
            Rule("$.result.completion", only=(True,)),
            Rule("$.result.duration", "recommended"),
            *learning,
        ),
    )


def _attempts(base: str) -> tuple[StatementTemplate, ...]:
    learning = _learning_rules(base)
    return (
        _template(
            "quiz-initialized",
            ("Bắt đầu lượt làm bài", "Attempt begun"),
            ("Mỗi lượt làm bài có một bản ghi.", "Each attempt has one."),
            adl.INITIALIZED,
            adl.ASSESSMENT,
            _parent(adl.MODULE, adl.COURSE),
            *learning,
        ),
        _template(
            "quiz-question-answered",
            ("Trả lời câu kiểm tra", "Quiz question answered"),
            (
                "Câu trả lời và kết quả (chờ chấm thì chưa có); đáp án chỉ có khi được phép cho biết.",
                "The answer and its result (none while an essay waits); the key only where it may be told.",
            ),
            adl.ANSWERED,
            adl.INTERACTION,
            _parent(adl.ASSESSMENT, adl.MODULE),
            Rule("$.object.definition.interactionType"),
            Rule("$.result.response"),
            Rule("$.result.success", "recommended"),
            Rule("$.result.score.scaled", "recommended"),
            Rule("$.result.duration", "recommended"),
            *learning,
        ),
    )


def _outcomes(base: str) -> tuple[StatementTemplate, ...]:
    learning = _learning_rules(base)
    return (
        *(
            _template(
                f"quiz-{outcome}",
                labels,
                ("Người học nộp bài.", "The learner finished an attempt."),
                verb,
                adl.ASSESSMENT,
                _parent(adl.MODULE, adl.COURSE),
                Rule("$.result.score.scaled"),
                Rule("$.result.score.raw"),
                Rule("$.result.score.max"),
                Rule("$.result.success", only=(verb == adl.PASSED,)),
                Rule("$.result.completion", only=(True,)),
                Rule("$.result.duration", "recommended"),
                Rule(f"$.result.extensions['{cchc.chain_extension(base)}']", "recommended"),
                *learning,
            )
            for outcome, labels, verb in (
                ("passed", ("Đạt bài kiểm tra", "Quiz passed"), adl.PASSED),
                ("failed", ("Chưa đạt bài kiểm tra", "Quiz failed"), adl.FAILED),
            )
        ),
    )


def _questions(base: str) -> tuple[StatementTemplate, ...]:
    return (
        _template(
            "knowledge-searched",
            ("Tìm trong kho hỏi đáp", "Knowledge base searched"),
            ("Từ ngữ đã tìm và số mục tìm thấy.", "The words searched for, and how many entries were found."),
            acrossx.SEARCHED,
            acrossx.SEARCH_ENGINE,
            Rule("$.result.response", "recommended"),
            Rule(f"$.result.extensions['{cchc.found_extension(base)}']"),
        ),
        _template(
            "question-asked",
            ("Gửi câu hỏi", "Question asked"),
            ("Một câu hỏi được gửi.", "Somebody put a question."),
            adl.ASKED,
            adl.QUESTION,
            _parent(acrossx.SEARCH_ENGINE),
        ),
    )


def _answers(_base: str) -> tuple[StatementTemplate, ...]:
    return (
        _template(
            "question-answered",
            ("Trả lời người hỏi", "Question answered"),
            (
                "Chuyên gia hoặc hệ thống trả lời; câu trả lời ở contextActivities.other.",
                "An expert or the system answered; the answer is in contextActivities.other.",
            ),
            adl.ANSWERED,
            adl.QUESTION,
            _parent(acrossx.SEARCH_ENGINE),
            Rule("$.context.contextActivities.other[*].definition.type", one_of=(activity_streams.ARTICLE,)),
            Rule("$.context.statement.id", "recommended"),
        ),
        _template(
            "answer-rated",
            ("Đánh giá câu trả lời", "Answer rated"),
            ("Điểm mà người đọc chấm.", "The points that a reader gave."),
            tincanapi.RATED,
            activity_streams.ARTICLE,
            _parent(acrossx.SEARCH_ENGINE),
            Rule("$.result.score.raw"),
            Rule("$.result.score.min"),
            Rule("$.result.score.max"),
        ),
    )


def _classes(base: str) -> tuple[StatementTemplate, ...]:
    delivery = f"$.object.definition.extensions['{cchc.delivery_extension(base)}']"
    return (
        _template(
            "session-attended",
            ("Dự một buổi học", "Class session attended"),
            (
                "Điểm danh của người phụ trách (instructor), kèm thời lượng có mặt.",
                "Roll-call by the person in charge (instructor), with how long the learner was present.",
            ),
            adl.ATTENDED,
            adl.MEETING,
            _parent(adl.COURSE),
            Rule(delivery, only=("in-class", "live-online", "workshop", "study-trip")),
            Rule("$.context.instructor.account.name"),
            Rule("$.context.instructor.name", "excluded"),
            Rule("$.result.duration"),
            Rule("$.result.completion", only=(True,)),
        ),
        _template(
            "statement-voided",
            ("Hủy bản ghi", "Statement voided"),
            ("Một bản ghi trước đó không còn giá trị.", "An earlier statement is taken back."),
            adl.VOIDED,
            "",
            Rule("$.object.id"),
            Rule(f"$.context.extensions['{cchc.reason_extension(base)}']"),
            refers=True,
        ),
    )


def _learning_rules(base: str) -> tuple[Rule, ...]:
    return (
        Rule("$.context.registration"),
        Rule("$.context.contextActivities.grouping[*].definition.type", one_of=(adl.COURSE,)),
        Rule(f"$.context.extensions['{cchc.package_version_extension(base)}']"),
    )


def _parent(*types: str) -> Rule:
    return Rule("$.context.contextActivities.parent[*].definition.type", one_of=types)


def _template(
    code: str,
    labels: tuple[str, str],
    definitions: tuple[str, str],
    verb: str,
    object_type: str,
    *rules: Rule,
    refers: bool = False,
) -> StatementTemplate:
    return StatementTemplate(
        code=code,
        label=MappingProxyType(dict(zip(("vi", "en"), labels, strict=True))),
        definition=MappingProxyType(dict(zip(("vi", "en"), definitions, strict=True))),
        verb=verb,
        object_type=object_type,
        rules=rules,
        refers=refers,
    )
