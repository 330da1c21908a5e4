"""Why `content_packages` refuses something.

RuleBroken                      (xapi_bridge.errors)
└── ContentRefused
    ├── PublishRefused
    │   ├── PackageHasErrors
    │   ├── VersionAlreadyPublished
    │   └── VersionNotNewer
    ├── ContentNotFound
    │   ├── PackageNotFound
    │   └── ItemNotFound
    ├── TicketRefused
    │   ├── TicketExpired
    │   ├── TicketForged
    │   └── BrowserNotBound
    ├── ForeignOrigin
    ├── PreviewOnly
    └── AnswerRefused
        ├── AnswerUnreadable
        ├── AnswerConflict
        ├── AttemptOver
        └── AttemptNotAllowed
            ├── AttemptsUsedUp
            └── AttemptTooSoon
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


class ContentNotFound(ContentRefused):
    """The address names content that does not exist."""

    code = "content_not_found"


class PackageNotFound(ContentNotFound):
    """No published version of the package is known."""

    code = "package_not_found"


class ItemNotFound(ContentNotFound):
    """The package version has no such module, section, quiz, question or attempt."""

    code = "item_not_found"


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


class AnswerRefused(ContentRefused):
    """An answer or an attempt breaks a rule of the quiz."""

    code = "answer_refused"


class AnswerUnreadable(AnswerRefused):
    """The answer does not have the shape that the question's type needs."""

    code = "answer_unreadable"


class AnswerConflict(AnswerRefused):
    """The question was answered elsewhere (another tab or device) after this page was opened."""

    code = "answer_conflict"


class AttemptOver(AnswerRefused):
    """The attempt is finished, or its time is over; saved answers were handed in."""

    code = "attempt_over"


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
