"""Why a choice of content is refused. Drawn with the others in `lti_tool.errors`."""

from datetime import datetime

from lti_tool.errors import ToolRefused


class DeepLinkingRefused(ToolRefused):
    """Root of the refusals while a teacher chooses content (Deep Linking 2.0)."""

    code = "deep_linking_refused"


class ChoiceUnknown(DeepLinkingRefused):
    """The address names no choice of content that was begun here, or another browser began it."""

    code = "choice_unknown"


class ChoiceExpired(DeepLinkingRefused):
    """The choice of content was begun too long ago."""

    code = "choice_expired"


class ChoiceAnswered(DeepLinkingRefused):
    """The choice was sent to the LMS already; one choice is answered once."""

    code = "choice_answered"


class BasketRefused(DeepLinkingRefused):
    """What was asked of the basket cannot be done."""

    code = "basket_refused"


class BasketEmpty(BasketRefused):
    """Nothing was chosen, so there is nothing to add to the course."""

    code = "basket_empty"


class BasketFull(BasketRefused):
    """The basket holds as many contents as one answer may carry."""

    code = "basket_full"


class ContentNotOffered(BasketRefused):
    """The content is not one that is published here."""

    code = "content_not_offered"


class LinkWindowRefused(ToolRefused):
    """A link is opened outside the time that its teacher set.

    Attributes:
        instant: when that time begins or ended; None when it is not known.
    """

    code = "link_window_refused"

    def __init__(self, message: str, *, instant: datetime | None = None) -> None:
        super().__init__(message)
        self.instant = instant


class LinkNotOpenYet(LinkWindowRefused):
    """The time that the teacher set has not come."""

    code = "link_not_open_yet"


class LinkClosed(LinkWindowRefused):
    """The time that the teacher set is over."""

    code = "link_closed"
