"""The claims of a resource link launch or a submission review: JSON -> one frozen object. Pure.

Types and sizes are checked here once, so that nothing inside meets a surprise. What an LMS leaves empty is
absent: `""`, null, and a variable that it did not know and sent literally (`$Person.department`).

Spec: LTI Core 1.3, section 5.3; OpenID Connect Core 1.0, section 2; AGS 2.0, 3.1; Submission
Review 1.0.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.identity.rules import pick_values
from lti_tool.launch.errors import ClaimMalformed, ClaimMissing

LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
AGS_ENDPOINT: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
SCORE_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/score"
LINE_ITEM_SCOPE: Final = "https://purl.imsglobal.org/spec/lti-ags/scope/lineitem"
ROSTER: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"

LONGEST_IDENTIFIER: Final = 255
LONGEST_TITLE: Final = 400
LONGEST_ADDRESS: Final = 2000
LONGEST_CUSTOM_VALUE: Final = 4000
MOST_ENTRIES: Final = 200

RESOURCE_LINK: Final = "LtiResourceLinkRequest"
DEEP_LINKING: Final = "LtiDeepLinkingRequest"
SUBMISSION_REVIEW: Final = "LtiSubmissionReviewRequest"


@dataclass(frozen=True)
class TokenTimes:
    """When the message was issued and until when it may be used; `not_before` is rarely sent."""

    issued_at: datetime
    expires_at: datetime
    not_before: datetime | None


@dataclass(frozen=True)
class Course:
    """LTI's context.

    Attributes:
        id: unique within the platform's deployment only.
        title: may be empty.
    """

    id: str
    title: str


@dataclass(frozen=True)
class ReviewedUser:
    """Whose work a teacher wants to see; `full_name` is empty when the LMS keeps names to itself."""

    user_id: str
    full_name: str


@dataclass(frozen=True)
class LaunchClaims:
    """What a verified message says.

    Attributes:
        subject: the user's id at the platform, at most 255 characters.
        roles: as sent; `lti_tool.launch.roles` decides what they allow.
        course: None when the launch came from outside a course.
        custom: custom parameters with a value, by their names as sent.
        identity_values: what identity rules can read: source → value (`lti_tool.identity.rules`).
        email: empty when the LMS keeps it to itself.
        full_name: as the LMS shows it; empty when the LMS keeps names to itself.
        return_url: where the browser may go back to; an http(s) address.
        line_item_url: the gradebook column of this link, only when we may post scores to it.
        line_items_url: where columns can be found and made, only when we may do both and post scores.
        memberships_url: where the members of the course can be asked for (NRPS 2.0).
        for_user: of an LtiSubmissionReviewRequest; None in an LtiResourceLinkRequest.
    """

    issuer: str
    subject: str
    deployment_id: str
    target_link_uri: str
    roles: tuple[str, ...]
    resource_link_id: str
    resource_link_title: str
    course: Course | None
    custom: Mapping[str, str]
    identity_values: Mapping[str, str]
    full_name: str
    email: str
    return_url: str | None
    line_item_url: str | None
    line_items_url: str | None = None
    memberships_url: str | None = None
    for_user: ReviewedUser | None = None


def read_audience(claims: Mapping[str, Any]) -> tuple[str, ...]:
    """`aud` as a tuple; the specification allows a text or a list of texts.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    sent = claims.get("aud")
    audience = (sent,) if isinstance(sent, str) else _texts(claims, "aud")
    if not audience or not all(audience):
        raise ClaimMissing("The message lacks a value for aud.")
    return audience


def read_times(claims: Mapping[str, Any]) -> TokenTimes:
    """`iat`, `exp` and `nbf`. OpenID Connect requires the first two; without them a message lives for ever.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    issued_at, expires_at = _instant(claims, "iat"), _instant(claims, "exp")
    if issued_at is None or expires_at is None:
        raise ClaimMissing("The message must carry both iat and exp.")
    return TokenTimes(issued_at, expires_at, _instant(claims, "nbf"))


def read_launch_claims(claims: Mapping[str, Any]) -> LaunchClaims:
    """The claims of an LtiResourceLinkRequest or an LtiSubmissionReviewRequest.

    Raises:
        ClaimMissing: a required claim is absent or empty.
        ClaimMalformed: a claim has the wrong type or is too long.
    """
    resource_link = _object(claims, LTI + "resource_link") or {}
    custom = _custom_parameters(claims)
    return LaunchClaims(
        issuer=_required(claims, "iss"),
        subject=_required(claims, "sub"),
        deployment_id=read_deployment(claims),
        target_link_uri=_required(claims, LTI + "target_link_uri", longest=LONGEST_ADDRESS),
        roles=_roles(claims),
        resource_link_id=_required(resource_link, "id", within="resource_link."),
        resource_link_title=_title(resource_link, "title"),
        course=_course(claims),
        custom=custom,
        identity_values=_identity_values(claims),
        full_name=_full_name(claims),
        email=_title(claims, "email"),
        return_url=read_return_url(claims),
        line_item_url=_line_item_url(claims),
        line_items_url=_line_items_url(claims),
        memberships_url=_memberships_url(claims),
        for_user=_for_user(claims) if read_message_type(claims) == SUBMISSION_REVIEW else None,
    )


def read_return_url(claims: Mapping[str, Any]) -> str | None:
    """`launch_presentation.return_url`, if it is an http(s) address; a script address is none.

    Raises:
        ClaimMalformed
    """
    presentation = _object(claims, LTI + "launch_presentation") or {}
    sent = _optional(presentation, "return_url", longest=LONGEST_ADDRESS)
    return sent if sent and _is_web_address(sent) else None


def read_message_type(claims: Mapping[str, Any]) -> str:
    """The message type as sent.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    return _required(claims, LTI + "message_type")


def read_version(claims: Mapping[str, Any]) -> str:
    """The LTI version as sent.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    return _required(claims, LTI + "version")


def read_deployment(claims: Mapping[str, Any]) -> str:
    """The deployment id as sent; case matters.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    return _required(claims, LTI + "deployment_id")


def read_text(claims: Mapping[str, Any], name: str) -> str | None:
    """One optional top-level claim of at most 255 characters.

    Raises:
        ClaimMalformed
    """
    return _optional(claims, name)


def _roles(claims: Mapping[str, Any]) -> tuple[str, ...]:
    if claims.get(LTI + "roles") is None:
        raise ClaimMissing("The message lacks the claim roles; an empty list would be allowed.")
    return _texts(claims, LTI + "roles")


def _for_user(claims: Mapping[str, Any]) -> ReviewedUser:
    sent = _object(claims, LTI + "for_user")
    if sent is None:
        raise ClaimMissing("The message lacks the claim for_user.")
    return ReviewedUser(_required(sent, "user_id", within="for_user."), _full_name(sent))


def _course(claims: Mapping[str, Any]) -> Course | None:
    context = _object(claims, LTI + "context")
    if context is None:
        return None
    return Course(id=_required(context, "id", within="context."), title=_title(context, "title"))


def _custom_parameters(claims: Mapping[str, Any]) -> dict[str, str]:
    sent = _object(claims, LTI + "custom") or {}
    if len(sent) > MOST_ENTRIES:
        raise ClaimMalformed(f"The message has more than {MOST_ENTRIES} custom parameters.")
    values = {name: _optional(sent, name, longest=LONGEST_CUSTOM_VALUE) for name in sent}
    return {name: value for name, value in values.items() if value and not value.startswith("$")}


def _identity_values(claims: Mapping[str, Any]) -> Mapping[str, str]:
    """What identity rules can read; the claim `lis` is checked here, the others where they are read."""
    _object(claims, LTI + "lis")
    return pick_values(claims)


def _full_name(claims: Mapping[str, Any]) -> str:
    """`name`, or family name before given name, as Vietnamese names are written."""
    whole = _title(claims, "name")
    parts = [_title(claims, "family_name"), _title(claims, "given_name")]
    return whole or " ".join(part for part in parts if part)


def _line_item_url(claims: Mapping[str, Any]) -> str | None:
    """The column, when it is one that we may post to. Moodle sends "" where it has several or none."""
    endpoint = _object(claims, AGS_ENDPOINT)
    if endpoint is None or SCORE_SCOPE not in _texts(endpoint, "scope"):
        return None
    sent = _optional(endpoint, "lineitem", longest=LONGEST_ADDRESS)
    return sent if sent and _is_web_address(sent) else None


def _line_items_url(claims: Mapping[str, Any]) -> str | None:
    endpoint = _object(claims, AGS_ENDPOINT)
    if endpoint is None or not {SCORE_SCOPE, LINE_ITEM_SCOPE} <= set(_texts(endpoint, "scope")):
        return None
    sent = _optional(endpoint, "lineitems", longest=LONGEST_ADDRESS)
    return sent if sent and _is_web_address(sent) else None


def _memberships_url(claims: Mapping[str, Any]) -> str | None:
    service = _object(claims, ROSTER)
    if service is None:
        return None
    versions = _texts(service, "service_versions")
    sent = _optional(service, "context_memberships_url", longest=LONGEST_ADDRESS)
    # Only version 2 lists members as read here; an LMS that names no version means it.
    return sent if sent and _is_web_address(sent) and (not versions or "2.0" in versions) else None


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    sent = claims.get(name)
    if sent is None:
        return None
    if not isinstance(sent, dict):
        raise ClaimMalformed(f"The claim {_short(name)} must be a JSON object.")
    return sent


def _texts(claims: Mapping[str, Any], name: str) -> tuple[str, ...]:
    sent = claims.get(name) or []
    if not isinstance(sent, list) or len(sent) > MOST_ENTRIES:
        raise ClaimMalformed(f"The claim {_short(name)} must be a list of at most {MOST_ENTRIES} texts.")
    if not all(isinstance(text, str) and len(text) <= LONGEST_ADDRESS for text in sent):
        raise ClaimMalformed(f"The claim {_short(name)} must hold texts only.")
    return tuple(sent)


def _required(
    claims: Mapping[str, Any], name: str, *, longest: int = LONGEST_IDENTIFIER, within: str = ""
) -> str:
    sent = _optional(claims, name, longest=longest)
    if not sent:
        raise ClaimMissing(f"The message lacks the claim {within}{_short(name)}.")
    return sent


def _optional(claims: Mapping[str, Any], name: str, *, longest: int = LONGEST_IDENTIFIER) -> str | None:
    sent = claims.get(name)
    if sent is None:
        return None
    if not isinstance(sent, str) or len(sent) > longest or "\x00" in sent:
        raise ClaimMalformed(f"The claim {_short(name)} must be a text of at most {longest} characters.")
    return sent


def _title(claims: Mapping[str, Any], name: str) -> str:
    """A text for people: too long is shortened, not refused."""
    sent = claims.get(name)
    return sent.replace("\x00", "")[:LONGEST_TITLE].strip() if isinstance(sent, str) else ""


def _instant(claims: Mapping[str, Any], name: str) -> datetime | None:
    sent = claims.get(name)
    if sent is None:
        return None
    if isinstance(sent, bool) or not isinstance(sent, int | float):
        raise ClaimMalformed(f"The claim {name} must be a number of seconds.")
    try:
        return datetime.fromtimestamp(sent, UTC)
    except (ValueError, OverflowError, OSError) as outside:
        raise ClaimMalformed(f"The claim {name} is not an instant.") from outside


def _short(name: str) -> str:
    """The claim's last part; the custom parameters of an LMS may be called anything, so it is cut."""
    return name.rsplit("/", 1)[-1][:60]
