"""What may be kept of a message: an allow-list; names, addresses, tokens and scores never. Pure.

Identifiers of people, courses and links become short keyed digests: two records of one learner can be seen
to be of one learner, and nobody finds out which by trying out the LMS's small numbers.
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

LTI: Final = "https://purl.imsglobal.org/spec/lti/claim/"
_AGS: Final = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_NRPS: Final = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
_DEEP_LINKING: Final = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
_ROLE_SPACE: Final = "http://purl.imsglobal.org/vocab/lis/v2/"

_LONGEST: Final = 120
_MOST: Final = 40
#: Claims of which only their presence is kept.
_ONLY_PRESENCE: Final = ("name", "given_name", "family_name", "email")


def redact_message(
    header: Mapping[str, Any], claims: Mapping[str, Any], *, secret: str, now: datetime
) -> dict[str, Any]:
    """What an operator may see of a message, whether or not it is true; values of any type may come."""
    kept = {
        "alg": _text(header.get("alg")),
        "kid": _text(header.get("kid")),
        "audiences": len(claims["aud"]) if isinstance(claims.get("aud"), list) else int("aud" in claims),
        "has_azp": "azp" in claims,
        "issued_seconds_ago": _seconds(now, claims.get("iat")),
        "expires_in_seconds": _seconds(now, claims.get("exp"), ahead=True),
        "version": _text(claims.get(LTI + "version")),
        "message_type": _text(claims.get(LTI + "message_type")),
        "deployment_id": _text(claims.get(LTI + "deployment_id")),
        "target": _address(claims.get(LTI + "target_link_uri")),
        "roles": _roles(claims.get(LTI + "roles"), secret),
        "subject": _digest(claims.get("sub"), secret),
        "course": _digest(_within(claims, "context", "id"), secret),
        "resource_link": _digest(_within(claims, "resource_link", "id"), secret),
        "sent": [name for name in _ONLY_PRESENCE if claims.get(name)],
        "staff_code": _presence(_within(claims, "lis", "person_sourcedid")),
        "for_user": _digest(_within(claims, "for_user", "user_id"), secret),
        **_custom(claims.get(LTI + "custom")),
        "document_target": _text(_within(claims, "launch_presentation", "document_target")),
        "locale": _text(_within(claims, "launch_presentation", "locale")),
        "product": _text(_within(claims, "tool_platform", "product_family_code")),
        "product_version": _text(_within(claims, "tool_platform", "version")),
        "grade_services": _names(_object(claims.get(_AGS)).get("scope")),
        "has_column": bool(_object(claims.get(_AGS)).get("lineitem")),
        "has_roster": bool(_object(claims.get(_NRPS))),
        "accept_types": _names(_object(claims.get(_DEEP_LINKING)).get("accept_types")),
    }
    return {name: value for name, value in kept.items() if value not in (None, "", [], {})}


def short_digest(text: str, *, secret: str) -> str:
    """Twelve hexadecimal digits that stand for a text."""
    message = f"cchc launch record|{text}"
    return hmac.new(secret.encode(), message.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[
        :12
    ]


def product_family_of(claims: Mapping[str, Any]) -> str:
    """`tool_platform.product_family_code` in lower case; empty where the message says none."""
    return _text(_within(claims, "tool_platform", "product_family_code")).lower()[:32]


def _text(sent: Any) -> str:
    return sent.replace("\x00", "")[:_LONGEST] if isinstance(sent, str) else ""


def _object(sent: Any) -> Mapping[str, Any]:
    return sent if isinstance(sent, dict) else {}


def _within(claims: Mapping[str, Any], name: str, part: str) -> Any:
    return _object(claims.get(LTI + name)).get(part)


def _digest(sent: Any, secret: str) -> str:
    return short_digest(sent, secret=secret) if isinstance(sent, str) and sent else ""


def _seconds(now: datetime, sent: Any, *, ahead: bool = False) -> int | None:
    if isinstance(sent, bool) or not isinstance(sent, int | float) or not abs(sent) < 10**12:
        return None
    ago = round(now.timestamp() - sent)
    return -ago if ahead else ago


def _address(sent: Any) -> str:
    """Path of an address, and the names of its parameters; of their values only that of our own."""
    try:
        parts = urlsplit(_text(sent))
        asked = parse_qsl(parts.query, keep_blank_values=True)
    except ValueError:
        return ""
    shown = [f"content={value}" if name == "content" else f"{name}=…" for name, value in asked]
    return f"{parts.path}?{'&'.join(shown)}"[:_LONGEST] if shown else parts.path[:_LONGEST]


def _roles(sent: Any, secret: str) -> list[str]:
    """Roles of the vocabulary by their ends, unknown ones by a digest: they could say anything."""
    if not isinstance(sent, list):
        return []
    texts = [role for role in sent if isinstance(role, str)][:_MOST]
    return [_role(role, secret) for role in texts]


def _role(role: str, secret: str) -> str:
    if role.startswith(_ROLE_SPACE):
        return _text(role.removeprefix(_ROLE_SPACE))
    return role if role in {"", "Instructor", "Learner"} else f"other:{short_digest(role, secret=secret)}"


def _names(sent: Any) -> list[str]:
    """Last parts of identifiers such as scopes."""
    texts = [text for text in sent if isinstance(text, str)] if isinstance(sent, list) else []
    return [_text(text.rsplit("/", 1)[-1]) for text in texts[:_MOST]]


def _presence(sent: Any) -> str:
    if not isinstance(sent, str) or not sent:
        return "absent"
    return "unresolved" if sent.startswith("$") else "present"


def _custom(sent: Any) -> dict[str, Any]:
    """Names of the custom parameters; which came without a value; and our own one, which names content."""
    given = _object(sent)
    names = [_text(name) for name in given][:_MOST]
    unresolved = [
        _text(name) for name, value in given.items() if isinstance(value, str) and value.startswith("$")
    ]
    content = given.get("content")
    return {
        "custom": names,
        "custom_unresolved": unresolved[:_MOST],
        "content": _text(content) if isinstance(content, str) else "",
    }
