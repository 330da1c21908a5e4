"""Every verb and activity type of our statements, explained in Vietnamese and English.

One table, so that statements, pages and the published profile say the same.
"""

from collections.abc import Mapping
from types import MappingProxyType

from xapi_bridge.vocabulary import acrossx, activity_streams, adl, tincanapi
from xapi_bridge.vocabulary.concept import Concept, concept

VERBS: tuple[Concept, ...] = (
    concept(
        "Verb",
        adl.LAUNCHED,
        "đã mở từ LMS",
        "launched",
        "Người học mở nội dung bằng một liên kết trên LMS (LTI). Mở chưa phải là học.",
        "The learner opened the content by a link in an LMS (LTI). Opening is not yet learning.",
    ),
    concept(
        "Verb",
        adl.INITIALIZED,
        "đã bắt đầu",
        "initialized",
        "Người học bắt đầu một chuyên đề hoặc một lượt làm bài.",
        "The learner began a module or an attempt at a quiz.",
    ),
    concept(
        "Verb",
        adl.EXPERIENCED,
        "đã xem",
        "experienced",
        "Người học đã đọc một mục của chuyên đề.",
        "The learner read a section of a module.",
    ),
    concept(
        "Verb",
        adl.PROGRESSED,
        "đã học được một phần",
        "progressed",
        "Người học tiến thêm trong chuyên đề; phần trăm nằm ở phần mở rộng progress.",
        "The learner got further in a module; the extension progress holds the percentage.",
    ),
    concept(
        "Verb",
        adl.COMPLETED,
        "đã hoàn thành",
        "completed",
        "Người học đã làm mọi việc mà chuyên đề yêu cầu.",
        "The learner did everything that the module asks for.",
    ),
    concept(
        "Verb",
        adl.ANSWERED,
        "đã trả lời",
        "answered",
        "Trả lời một câu hỏi: người học trả lời câu của bài kiểm tra, hoặc chuyên gia, hệ thống trả lời "
        "câu mà người học hỏi.",
        "A question was answered: a learner a quiz's, or an expert or the system one that a learner asked.",
    ),
    concept(
        "Verb",
        adl.PASSED,
        "đã đạt",
        "passed",
        "Người học nộp bài và đạt điểm yêu cầu.",
        "The learner finished an attempt and reached the score asked for.",
    ),
    concept(
        "Verb",
        adl.FAILED,
        "chưa đạt",
        "failed",
        "Người học nộp bài và chưa đạt điểm yêu cầu.",
        "The learner finished an attempt and did not reach the score asked for.",
    ),
    concept(
        "Verb",
        acrossx.SEARCHED,
        "đã tìm",
        "searched",
        "Tìm trong kho hỏi đáp và văn bản.",
        "Searched the questions, answers and documents.",
    ),
    concept(
        "Verb",
        adl.ASKED,
        "đã hỏi",
        "asked",
        "Gửi một câu hỏi về cải cách hành chính.",
        "Put a question about public administration reform.",
    ),
    concept(
        "Verb",
        tincanapi.RATED,
        "đã đánh giá",
        "rated",
        "Chấm một câu trả lời; điểm nằm ở result.score.",
        "Rated an answer; the rating is in result.score.",
    ),
    concept(
        "Verb",
        adl.ATTENDED,
        "đã dự",
        "attended",
        "Có mặt ở một buổi của lớp, do người phụ trách điểm danh.",
        "Was present at a session of a class, as the person in charge noted at roll-call.",
    ),
    concept(
        "Verb",
        adl.VOIDED,
        "đã hủy bản ghi",
        "voided",
        "Một bản ghi trước đó không còn giá trị, ví dụ điểm danh nhầm.",
        "An earlier statement is taken back, for example a mistaken roll-call.",
    ),
)

ACTIVITY_TYPES: tuple[Concept, ...] = (
    concept(
        "ActivityType",
        adl.COURSE,
        "gói bồi dưỡng, khóa học",
        "package, course",
        "Một gói nội dung, hoặc khóa học trên LMS mà người học mở nội dung từ đó.",
        "A package of content, or the course in the LMS from which it was opened.",
    ),
    concept(
        "ActivityType",
        adl.MODULE,
        "chuyên đề",
        "module",
        "Phần mà người học được ghi nhận hoàn thành.",
        "What a learner is credited with.",
    ),
    concept("ActivityType", adl.LESSON, "mục", "section", "Một mục của chuyên đề.", "A section of a module."),
    concept(
        "ActivityType",
        adl.ASSESSMENT,
        "bài kiểm tra",
        "quiz",
        "Một bài kiểm tra có điểm đạt.",
        "A quiz with a score to reach.",
    ),
    concept(
        "ActivityType",
        adl.INTERACTION,
        "câu hỏi kiểm tra",
        "quiz question",
        "Một câu của bài kiểm tra hoặc câu tự kiểm tra trong chuyên đề.",
        "A question of a quiz, or a check inside a module.",
    ),
    concept(
        "ActivityType",
        acrossx.SEARCH_ENGINE,
        "kho hỏi đáp",
        "knowledge base",
        "Nơi tìm câu hỏi, câu trả lời và văn bản.",
        "Where questions, answers and documents are searched.",
    ),
    concept(
        "ActivityType",
        adl.QUESTION,
        "câu hỏi của người học",
        "asked question",
        "Câu hỏi mà người học gửi.",
        "A question that a learner put.",
    ),
    concept(
        "ActivityType",
        activity_streams.ARTICLE,
        "câu trả lời",
        "answer",
        "Câu trả lời có dẫn nguồn: một mục của kho hỏi đáp, hoặc lời của chuyên gia.",
        "An answer with its source: an entry of the knowledge base, or an expert's words.",
    ),
    concept(
        "ActivityType",
        adl.MEETING,
        "buổi học",
        "class session",
        "Một buổi của lớp: tại lớp, trực tuyến, hội thảo hoặc tham quan.",
        "A session of a class: in class, live online, a workshop or a study trip.",
    ),
)


#: How each verb reads in a sentence: verb -> language tag -> text.
VERB_DISPLAY: Mapping[str, Mapping[str, str]] = MappingProxyType({verb.iri: verb.label for verb in VERBS})
