"""The claims of a deep linking request: JSON from outside -> one frozen object. Pure.

Types and sizes are checked once, here. pylti1p3's own validator looks at the wrong variable for the return
address (W09), so it is not asked.

Spec: Deep Linking 2.0, 4.4.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from lti_tool.launch.claims import LTI, Course, read_deployment, read_text
from lti_tool.launch.errors import ClaimMalformed, ClaimMissing

SETTINGS: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
RESOURCE_LINK: Final = "ltiResourceLink"

LONGEST_ADDRESS: Final = 2000
LONGEST_DATA: Final = 16_000
LONGEST_TITLE: Final = 400
_MOST_ENTRIES: Final = 200


@dataclass(frozen=True)
class DeepLinkingSettings:
    """What the platform lets us answer, and where to.

    Attributes:
        return_url: where the browser posts the answer; an http(s) address.
        accept_types: kinds of content items that the platform takes.
        accept_targets: where it shows them: iframe, window, embed, as sent.
        accept_multiple: whether several items may come in one answer.
        accept_lineitem: False when it drops line items; None when it does not say.
        data: opaque; goes back unchanged. None when nothing was sent, and then nothing goes back.
    """

    return_url: str
    accept_types: tuple[str, ...]
    accept_targets: tuple[str, ...]
    accept_multiple: bool
    accept_lineitem: bool | None
    data: str | None


@dataclass(frozen=True)
class DeepLinkingRequest:
    """What a verified LtiDeepLinkingRequest says.

    Attributes:
        subject: the teacher's id at the platform.
        course: None when the request came from outside a course.
        platform_return_url: `launch_presentation.return_url`, for a page that cannot answer.
    """

    issuer: str
    subject: str
    deployment_id: str
    target_link_uri: str
    roles: tuple[str, ...]
    course: Course | None
    full_name: str
    settings: DeepLinkingSettings
    platform_return_url: str | None

    @property
    def return_url(self) -> str | None:
        """Where a page that refuses may lead back to."""
        return self.platform_return_url


def read_deep_linking_request(claims: Mapping[str, Any]) -> DeepLinkingRequest:
    """The claims of an LtiDeepLinkingRequest.

    Raises:
        ClaimMissing: a required claim is absent or empty.
        ClaimMalformed: a claim has the wrong type or is too long, or the answer would go to no web address.
    """
    roles = claims.get(LTI + "roles")
    if roles is None:
        raise ClaimMissing("The message lacks the claim roles; an empty list would be allowed.")
    presentation = _object(claims, LTI + "launch_presentation") or {}
    back = presentation.get("return_url")
    return DeepLinkingRequest(
        issuer=_required(claims, "iss"),
        subject=_required(claims, "sub"),
        deployment_id=read_deployment(claims),
        target_link_uri=_required(claims, LTI + "target_link_uri", longest=LONGEST_ADDRESS),
        roles=_texts(roles, "roles"),
        course=_course(claims),
        full_name=_title(claims.get("name")),
        settings=read_settings(claims),
        platform_return_url=back if isinstance(back, str) and is_web_address(back) else None,
    )


def read_settings(claims: Mapping[str, Any]) -> DeepLinkingSettings:
    """The claim `deep_linking_settings`.

    Raises:
        ClaimMissing, ClaimMalformed
    """
    sent = _object(claims, SETTINGS)
    if sent is None:
        raise ClaimMissing("The message lacks the claim deep_linking_settings.")
    return_url = _required(sent, "deep_link_return_url", longest=LONGEST_ADDRESS)
    if not is_web_address(return_url):
        raise ClaimMalformed("deep_link_return_url must be an http(s) address.")
    if sent.get("accept_types") is None:
        raise ClaimMissing("The message lacks deep_linking_settings.accept_types.")
    return DeepLinkingSettings(
        return_url=return_url,
        accept_types=_texts(sent["accept_types"], "accept_types"),
        accept_targets=_texts(
            sent.get("accept_presentation_document_targets") or [], "accept_presentation_document_targets"
        ),
        accept_multiple=_switch(sent, "accept_multiple") or False,
        accept_lineitem=_switch(sent, "accept_lineitem"),
        data=_data(sent.get("data")),
    )


def is_web_address(text: str) -> bool:
    """Whether a browser would go there by http or https; a script address is none."""
    if len(text) > LONGEST_ADDRESS or not text.isprintable() or text != text.strip():
        return False
    try:
        parts = urlsplit(text)
        port_is_readable = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and port_is_readable


def _data(sent: Any) -> str | None:
    """Opaque to us; a text by the specification."""
    if sent is None:
        return None
    if not isinstance(sent, str) or len(sent) > LONGEST_DATA or "\x00" in sent:
        raise ClaimMalformed(f"deep_linking_settings.data must be a text of at most {LONGEST_DATA} letters.")
    return sent


def _switch(sent: Mapping[str, Any], name: str) -> bool | None:
    """A yes or no; some platforms write it as a text."""
    value = sent.get(name)
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    if value is not None and not isinstance(value, bool):
        raise ClaimMalformed(f"deep_linking_settings.{name} must be true or false.")
    return value


def _course(claims: Mapping[str, Any]) -> Course | None:
    context = _object(claims, LTI + "context")
    if context is None:
        return None
    return Course(id=_required(context, "id"), title=_title(context.get("title")))


def _object(claims: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    sent = claims.get(name)
    if sent is not None and not isinstance(sent, dict):
        raise ClaimMalformed(f"The claim {_short(name)} must be a JSON object.")
    return sent


def _texts(sent: Any, name: str) -> tuple[str, ...]:
    # A lone text in place of a list is what some platforms send for accept_types.
    listed = [part.strip() for part in sent.split(",")] if isinstance(sent, str) and name != "roles" else sent
    if not isinstance(listed, list) or len(listed) > _MOST_ENTRIES:
        raise ClaimMalformed(f"The claim {name} must be a list of at most {_MOST_ENTRIES} texts.")
    if not all(isinstance(text, str) and len(text) <= LONGEST_ADDRESS for text in listed):
        raise ClaimMalformed(f"The claim {name} must hold texts only.")
    return tuple(listed)


def _required(claims: Mapping[str, Any], name: str, *, longest: int = 255) -> str:
    if longest == LONGEST_ADDRESS:
        sent = claims.get(name)
        if sent is not None and (not isinstance(sent, str) or len(sent) > longest or "\x00" in sent):
            raise ClaimMalformed(f"{_short(name)} must be a text of at most {longest} characters.")
    else:
        sent = read_text(claims, name)
    if not sent:
        raise ClaimMissing(f"The message lacks {_short(name)}.")
    return sent


def _title(sent: Any) -> str:
    """A text for people: too long is shortened, not refused."""
    return sent.replace("\x00", "")[:LONGEST_TITLE].strip() if isinstance(sent, str) else ""


def _short(name: str) -> str:
    return name.rsplit("/", 1)[-1][:60]
