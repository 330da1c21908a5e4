"""Why `content_packages` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ContentRefused
    ├── PublishRefused
    │   ├── PackageHasErrors
    │   ├── VersionAlreadyPublished
    │   ├── VersionNotNewer
    │   ├── VersionRisesTooLittle
    │   ├── BaseNotPublished
    │   └── PackageFileRefused
    ├── ContentNotFound
    │   ├── PackageNotFound
    │   ├── VersionNotFound
    │   ├── ItemNotFound
    │   ├── KnowledgeItemNotFound
    │   └── QuestionNotFound
    ├── KnowledgeRefused
    │   ├── KnowledgeHasErrors
    │   ├── WordRefused
    │   ├── ExaminationUnreadable
    │   └── WordingUnavailable
    ├── AskingRefused
    │   ├── QuestionEmpty
    │   ├── TooManyQuestions
    │   ├── AskerBlocked
    │   └── HolidaysUnreadable
    ├── AnsweringRefused
    │   ├── StepNotAllowed
    │   ├── DraftIncomplete
    │   ├── DraftChanged
    │   ├── OwnDraft
    │   └── NotYourArea
    ├── TicketRefused
    │   ├── TicketExpired
    │   ├── TicketForged
    │   └── BrowserNotBound
    ├── ForeignOrigin
    ├── PreviewOnly
    ├── ReviewForTeachers
    ├── VersionNotOffered
    ├── AllowanceRefused
    ├── MarkRefused
    ├── RegradeRefused
    └── AnswerRefused
        ├── AnswerUnreadable
        ├── AnswerConflict
        ├── AnswerSettled
        ├── AttemptOver
        ├── QuestionsExpired
        └── AttemptNotAllowed
            ├── AttemptsUsedUp
            ├── AttemptTooSoon
            └── AttemptOutsideWindow
"""

from datetime import datetime

from xapi_bridge.errors import RuleBroken


class ContentRefused(RuleBroken):
    """Root of the refusals of this package."""

    code = "content_refused"


class PublishRefused(ContentRefused):
    """A package version cannot be published."""

    code = "publish_refused"


class PackageHasErrors(PublishRefused):
    """The source of the package has lint errors, so there is nothing to publish."""

    code = "package_has_errors"


class VersionAlreadyPublished(PublishRefused):
    """Another content was already published under this version number; versions are immutable."""

    code = "version_already_published"


class VersionNotNewer(PublishRefused):
    """A version lower than the current one cannot become current by publishing."""

    code = "version_not_newer"


class VersionRisesTooLittle(PublishRefused):
    """The version number promises a smaller change than was made; learners are led by that number."""

    code = "version_rises_too_little"


class BaseNotPublished(PublishRefused):
    """The package extends another one, of which no fitting version is published here."""

    code = "base_not_published"


class PackageFileRefused(PublishRefused):
    """The file is not a compiled package as `cchc content build` writes it."""

    code = "package_file_refused"


class ContentNotFound(ContentRefused):
    """The address names content that does not exist."""

    code = "content_not_found"


class PackageNotFound(ContentNotFound):
    """No published version of the package is known."""

    code = "package_not_found"


class VersionNotFound(ContentNotFound):
    """The package has no published version with this number."""

    code = "version_not_found"


class ItemNotFound(ContentNotFound):
    """The package version has no such module, section, quiz, question or attempt."""

    code = "item_not_found"


class KnowledgeItemNotFound(ContentNotFound):
    """The knowledge base has no such document or entry, or it was taken back."""

    code = "knowledge_item_not_found"


class KnowledgeRefused(ContentRefused):
    """The knowledge base cannot take what it is given."""

    code = "knowledge_refused"


class KnowledgeHasErrors(KnowledgeRefused):
    """The source of documents and entries has errors, so nothing of it is published."""

    code = "knowledge_has_errors"


class WordRefused(KnowledgeRefused):
    """A word of the vocabulary has no letters, no meaning, too many or itself as one."""

    code = "word_refused"


class ExaminationUnreadable(KnowledgeRefused):
    """The file of an outside examination does not have the form that is asked for."""

    code = "examination_unreadable"


class WordingUnavailable(KnowledgeRefused):
    """The server that words answers gave nothing usable; the extract is shown instead."""

    code = "wording_unavailable"


class QuestionNotFound(ContentNotFound):
    """There is no such question, or it is another learner's."""

    code = "question_not_found"


class AskingRefused(ContentRefused):
    """A question cannot be taken."""

    code = "asking_refused"


class QuestionEmpty(AskingRefused):
    """The question is too short or too long to be one, or names no area."""

    code = "question_empty"


class TooManyQuestions(AskingRefused):
    """The learner sent as many questions in 24 hours as the installation takes from one person."""

    code = "too_many_questions"


class AskerBlocked(AskingRefused):
    """A moderator keeps this learner from asking for a while."""

    code = "asker_blocked"


class HolidaysUnreadable(AskingRefused):
    """The file of holidays does not have the form that is asked for."""

    code = "holidays_unreadable"


class AnsweringRefused(ContentRefused):
    """An expert's step breaks a rule of the queue."""

    code = "answering_refused"


class StepNotAllowed(AnsweringRefused):
    """The question's state does not allow the step; somebody else may have been faster."""

    code = "step_not_allowed"


class DraftIncomplete(AnsweringRefused):
    """A draft lacks its question, its answer, its day or what it rests on."""

    code = "draft_incomplete"


class DraftChanged(AnsweringRefused):
    """Somebody else saved the draft after this page was opened."""

    code = "draft_changed"


class OwnDraft(AnsweringRefused):
    """Whoever wrote a draft may not publish it: a second person reads it first."""

    code = "own_draft"


class NotYourArea(AnsweringRefused):
    """The question belongs to another area, and nobody gave it to this expert."""

    code = "not_your_area"


class TicketRefused(ContentRefused):
    """The ticket in the address does not open the content."""

    code = "ticket_refused"


class TicketExpired(TicketRefused):
    """The ticket was valid, but its time is over; a new launch from the course gives a new one."""

    code = "ticket_expired"


class TicketForged(TicketRefused):
    """The ticket was not sealed by this service, or was changed or cut off on the way."""

    code = "ticket_forged"


class BrowserNotBound(TicketRefused):
    """The ticket belongs to the browser that made the launch; this one has no proof of it."""

    code = "browser_not_bound"


class ForeignOrigin(ContentRefused):
    """A form was sent from a page of another site."""

    code = "foreign_origin"


class PreviewOnly(ContentRefused):
    """A teacher sees a preview; nothing is recorded, so nothing can be saved or handed in."""

    code = "preview_only"


class ReviewForTeachers(ContentRefused):
    """A learner asks for the page on which teachers read a learner's work."""

    code = "review_for_teachers"


class VersionNotOffered(ContentRefused):
    """A learner chose a version that is not offered (any more)."""

    code = "version_not_offered"


class AllowanceRefused(ContentRefused):
    """More time can only be given within sensible bounds, with a reason, to somebody who takes the quiz."""

    code = "allowance_refused"


class MarkRefused(ContentRefused):
    """Points for an essay must fit its rubric, and the attempt must wait for them."""

    code = "mark_refused"


class RegradeRefused(ContentRefused):
    """Attempts are counted again by a version that asks the same, and only after the difference was seen."""

    code = "regrade_refused"


class AnswerRefused(ContentRefused):
    """An answer or an attempt breaks a rule of the quiz."""

    code = "answer_refused"


class AnswerUnreadable(AnswerRefused):
    """The answer does not have the shape that the question's type needs."""

    code = "answer_unreadable"


class AnswerConflict(AnswerRefused):
    """The question was answered elsewhere (another tab or device) after this page was opened."""

    code = "answer_conflict"


class AnswerSettled(AnswerRefused):
    """The answer was checked at once, and the quiz allows no further try."""

    code = "answer_settled"


class AttemptOver(AnswerRefused):
    """The attempt is finished, or its time is over; saved answers were handed in."""

    code = "attempt_over"


class QuestionsExpired(AnswerRefused):
    """Too many questions of the quiz rest on law that is not in force, so no attempt can be drawn."""

    code = "questions_expired"


class AttemptNotAllowed(AnswerRefused):
    """The rules of the quiz do not allow a new attempt now."""

    code = "attempt_not_allowed"


class AttemptsUsedUp(AttemptNotAllowed):
    """All allowed attempts were used."""

    code = "attempts_used_up"


class AttemptTooSoon(AttemptNotAllowed):
    """The pause between two attempts is not over."""

    code = "attempt_too_soon"

    def __init__(self, message: str, *, allowed_at: datetime) -> None:
        super().__init__(message)
        #: When the next attempt may begin.
        self.allowed_at = allowed_at


class AttemptOutsideWindow(AttemptNotAllowed):
    """The teacher of the course set a time for attempts, and it is not now."""

    code = "attempt_outside_window"
