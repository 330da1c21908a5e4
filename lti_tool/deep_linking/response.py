"""The signed answer to a deep linking request: pylti1p3's, with what it lacks (W25).

It adds the places where an item is shown and the times of availability and submission, leaves out what has no
value instead of sending null, takes the clock from outside, and makes no HTML: the page with the form is a
template of ours.

Spec: Deep Linking 2.0, 3.2 and 4.5.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from pylti1p3.deep_link import DeepLink
from pylti1p3.deep_link_resource import DeepLinkResource
from pylti1p3.lineitem import LineItem

from lti_tool.deep_linking.basket import BasketItem, Span
from lti_tool.platforms.register import Platform
from lti_tool.platforms.tool_keys import SigningKey

CLAIM: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/"

#: The browser posts the answer at once; a slow line gets some minutes.
LIFETIME: Final = timedelta(minutes=5)
#: A platform whose clock runs behind must not find the answer in its future.
_BACKDATED: Final = timedelta(seconds=10)
_FRAME: Final = {"width": 1000, "height": 700}
_ICON_SIZE: Final = {"width": 64, "height": 64}


@dataclass(frozen=True)
class Messages:
    """What the platform may show to the teacher, and what it may write into its log."""

    shown: str = ""
    logged: str = ""
    error_shown: str = ""
    error_logged: str = ""

    def as_claims(self) -> dict[str, str]:
        """Those that say something."""
        named = {
            "msg": self.shown,
            "log": self.logged,
            "errormsg": self.error_shown,
            "errorlog": self.error_logged,
        }
        return {CLAIM + name: text for name, text in named.items() if text}


@dataclass(frozen=True)
class LinkedItem:
    """An item of the basket with what only the answer needs.

    Attributes:
        link_id: our id of the link.
        url: address of the launch.
        custom: parameters that come back with each launch.
        tag: of the gradebook column.
        review_label: what the button in the gradebook says; "" without submissions to look at.
    """

    item: BasketItem
    link_id: str
    url: str
    custom: Mapping[str, str]
    icon_url: str
    tag: str
    review_label: str = ""


class ContentItem(DeepLinkResource):
    """One ltiResourceLink with everything that Deep Linking 2.0 knows of it."""

    def __init__(self, linked: LinkedItem, *, with_column: bool) -> None:
        self._linked = linked
        item = linked.item
        self.set_title(item.title).set_url(linked.url).set_icon_url(linked.icon_url)
        self.set_custom_params({name: one_line(value) for name, value in linked.custom.items()})
        if with_column and item.graded:
            self.set_lineitem(self._column())

    def _column(self) -> LineItem:
        item, linked = self._linked.item, self._linked
        maximum = item.score_maximum
        column = (
            LineItem()
            .set_score_maximum(int(maximum) if maximum == int(maximum) else maximum)
            .set_label(item.title)
            .set_resource_id(linked.link_id)
            .set_tag(linked.tag)
        )
        if item.reviewable and linked.review_label:
            column.set_submission_review(
                ["InProgress", "Submitted", "Completed"], label=linked.review_label, url=linked.url
            )
        return column

    def to_dict(self) -> dict[str, object]:
        """The item as it is sent; what has no value is left out."""
        item = self._linked.item
        sent: dict[str, object] = {
            **super().to_dict(),
            "text": item.text,
            "icon": {"url": self._linked.icon_url, **_ICON_SIZE},
            "thumbnail": {"url": self._linked.icon_url, **_ICON_SIZE},
            "iframe": _FRAME if item.target == "iframe" else None,
            "window": {"targetName": "_blank"} if item.target == "window" else None,
            "available": _sent_span(item.available),
            "submission": _sent_span(item.submission),
        }
        return {name: value for name, value in sent.items() if value not in (None, "", {})}


class SignedAnswer(DeepLink):
    """pylti1p3's deep link with our clock, our nonce and no empty claims."""

    def __init__(
        self,
        platform: Platform,
        key: SigningKey,
        *,
        deployment_id: str,
        data: str | None,
        messages: Messages,
        now: datetime,
    ) -> None:
        registration = (
            platform.as_pylti1p3().set_tool_private_key(key.private_key).set_tool_public_key(key.public_key)
        )
        super().__init__(registration, deployment_id, {"data": data})
        self._messages = messages
        self._now = now

    def _generate_nonce(self) -> str:
        return secrets.token_urlsafe(24)

    def get_message_jwt(self, resources: Sequence[DeepLinkResource]) -> dict[str, object]:
        """The claims of the answer."""
        times: dict[str, object] = {
            "iat": int((self._now - _BACKDATED).timestamp()),
            "exp": int((self._now + LIFETIME).timestamp()),
        }
        claims: dict[str, object] = {
            **super().get_message_jwt(resources),
            **times,
            **self._messages.as_claims(),
        }
        return {name: value for name, value in claims.items() if value is not None}


def sign_answer(
    linked: Sequence[LinkedItem],
    *,
    platform: Platform,
    key: SigningKey,
    deployment_id: str,
    data: str | None,
    with_columns: bool,
    messages: Messages,
    now: datetime,
) -> str:
    """The answer as a JWT.

    Args:
        linked: in the order in which the LMS is to add them; none cancels.
        data: the request's, unchanged; None when it had none.
        with_columns: whether the platform takes line items.
    """
    answer = SignedAnswer(platform, key, deployment_id=deployment_id, data=data, messages=messages, now=now)
    return str(answer.get_response_jwt([ContentItem(one, with_column=with_columns) for one in linked]))


def one_line(value: str) -> str:
    """A custom value in one line: some platforms split it at line ends into further parameters."""
    return " ".join(value.split())


def _sent_span(span: Span) -> dict[str, Any] | None:
    named = {"startDateTime": span.begins_at, "endDateTime": span.ends_at}
    sent = {name: _sent_instant(instant) for name, instant in named.items() if instant is not None}
    return sent or None


def _sent_instant(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
