"""The ticket: a sealed text in the address that says who opens which content, until when.

It is encrypted as well as sealed, since addresses are seen by proxies and kept in histories, and it holds
the learner's name.

It is the capability of the player's pages, because cookies of an embedded page may be blocked. Where the
launch could set a cookie (`bound`), the ticket opens only in that browser: see docs/decisions/0006.
"""

import base64
import hashlib
import hmac
import json
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Literal, cast
from uuid import UUID

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from content_packages.errors import TicketExpired, TicketForged
from xapi_bridge.statement import Account

#: Keeps the key of tickets apart from every other key that is derived from the secret.
_PURPOSE: Final = b"cchc player ticket"
_PROOF_PURPOSE = b"browser-proof:"


@dataclass(frozen=True)
class Ticket:
    """What one launch opens.

    Attributes:
        learner: pseudonymous account, as in statements.
        learner_name: for the greeting; goes into no statement.
        item: "" for the outline, `m/<module>` or `z/<quiz>`.
        registration: `context.registration` of this learner's statements.
        return_url: page of the LMS to go back to, or "".
        frame_origin: origins whose pages may frame ours, separated by spaces, or "".
        bound: opens only where the browser's proof is.
        answers_from: before this, no attempt may begin; None: no such time.
        answers_until: from this on, no attempt may begin, and one in progress is handed in.
        is_sample: a teacher looks before the content is in a course; no launch stands behind it.
        link_id: the deep link that a teacher opened and may set up; "" otherwise.
    """

    launch_session_id: str
    learner: Account
    learner_name: str
    role: Literal["learner", "teacher"]
    package_id: str
    package_digest: str
    item: str
    registration: UUID
    course_id: str
    course_title: str
    return_url: str
    frame_origin: str
    expires_at: datetime
    bound: bool = False
    answers_from: datetime | None = None
    answers_until: datetime | None = None
    is_sample: bool = False
    link_id: str = ""


def seal_ticket(ticket: Ticket, *, secret: str) -> str:
    """The ticket as a text for an address; nobody else can read it, and a changed letter breaks the seal."""
    written = json.dumps(_written(ticket), ensure_ascii=False, separators=(",", ":")).encode()
    return _sealer(secret).encrypt(zlib.compress(written, level=9)).decode().rstrip("=")


def open_ticket(text: str, *, secret: str, now: datetime) -> Ticket:
    """The ticket in a sealed text.

    Raises:
        TicketForged: the seal does not fit.
        TicketExpired: the seal fits, but the time is over.
    """
    ticket = read_ticket(text, secret=secret)
    refuse_expired(ticket, now=now)
    return ticket


def read_ticket(text: str, *, secret: str) -> Ticket:
    """The ticket in a sealed text, expired or not.

    Raises:
        TicketForged: the seal does not fit.
    """
    try:
        sealed = text + "=" * (-len(text) % 4)
        return _read(json.loads(zlib.decompress(_sealer(secret).decrypt(sealed))))
    except (InvalidToken, zlib.error, KeyError, TypeError, ValueError) as refused:
        raise TicketForged(
            "The address was not made by this service or was changed. Open the lesson from the course."
        ) from refused


def refuse_expired(ticket: Ticket, *, now: datetime) -> None:
    """Raises when the ticket's time is over.

    Raises:
        TicketExpired: it is.
    """
    if ticket.expires_at <= now:
        raise TicketExpired("The time of this launch is over. Open the lesson again from the course.")


def browser_cookie_name(launch_session_id: str) -> str:
    """Name of the cookie that binds a ticket to the browser of its launch."""
    return f"cchc_launch_{launch_session_id}"


def browser_proof(launch_session_id: str, *, secret: str) -> str:
    """What that cookie holds."""
    message = _PROOF_PURPOSE + launch_session_id.encode()
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()


def proves_browser(ticket: Ticket, proof: str | None, *, secret: str) -> bool:
    """Whether the ticket may be opened by a browser that shows `proof` (None: no cookie)."""
    if not ticket.bound:
        return True
    expected = browser_proof(ticket.launch_session_id, secret=secret)
    return proof is not None and hmac.compare_digest(proof.encode(), expected.encode())


@lru_cache(maxsize=4)
def _sealer(secret: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def _written(ticket: Ticket) -> dict[str, Any]:
    """Short keys, because the ticket stands in every address; what most tickets lack is left out."""
    seldom = {
        "af": _seconds(ticket.answers_from),
        "au": _seconds(ticket.answers_until),
        "x": int(ticket.is_sample) or None,
        "k": ticket.link_id or None,
    }
    return {
        "s": ticket.launch_session_id,
        "h": ticket.learner.home_page,
        "n": ticket.learner.name,
        "l": ticket.learner_name,
        "t": int(ticket.role == "teacher"),
        "p": ticket.package_id,
        "d": ticket.package_digest,
        "i": ticket.item,
        "r": ticket.registration.hex,
        "c": ticket.course_id,
        "ct": ticket.course_title,
        "u": ticket.return_url,
        "f": ticket.frame_origin,
        "e": int(ticket.expires_at.timestamp()),
        "b": int(ticket.bound),
        **{name: value for name, value in seldom.items() if value is not None},
    }


def _seconds(instant: datetime | None) -> int | None:
    return None if instant is None else int(instant.timestamp())


def _instant(seconds: Any) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _read(written: Any) -> Ticket:
    return Ticket(
        launch_session_id=cast(str, written["s"]),
        learner=Account(home_page=written["h"], name=written["n"]),
        learner_name=cast(str, written["l"]),
        role="teacher" if written["t"] else "learner",
        package_id=cast(str, written["p"]),
        package_digest=cast(str, written["d"]),
        item=cast(str, written["i"]),
        registration=UUID(hex=written["r"]),
        course_id=cast(str, written["c"]),
        course_title=cast(str, written["ct"]),
        return_url=cast(str, written["u"]),
        frame_origin=cast(str, written["f"]),
        expires_at=datetime.fromtimestamp(written["e"], UTC),
        bound=bool(written["b"]),
        answers_from=_instant(written.get("af")),
        answers_until=_instant(written.get("au")),
        is_sample=bool(written.get("x")),
        link_id=cast(str, written.get("k", "")),
    )
