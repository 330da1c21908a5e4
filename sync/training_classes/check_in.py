"""The QR code of a class: a signed word that changes every half minute, and the ticket of a scan (pure).

A photo of the screen that travels signs nobody in after a minute. The ticket lets somebody type the staff
code in peace once the scan was in time.
"""

import hmac
from datetime import datetime
from hashlib import sha256
from typing import Final

from sync.organization_errors import CheckInExpired

WINDOW_SECONDS: Final = 30
TICKET_SECONDS: Final = 300
#: 16 hexadecimal digits: nobody guesses one of 2^64 within a minute, and the picture stays coarse.
_DIGITS: Final = 16


def check_in_token(class_id: int, *, secret: bytes, now: datetime) -> str:
    """What the screen shows during this half minute."""
    return _signed("scan", class_id, int(now.timestamp()) // WINDOW_SECONDS, secret)


def class_of_token(token: str, *, secret: bytes, now: datetime) -> int:
    """The class whose screen was scanned just now.

    Raises:
        CheckInExpired: older than one more half minute, or never ours.
    """
    class_id, window = _open("scan", token, secret)
    age = int(now.timestamp()) // WINDOW_SECONDS - window
    if age not in {0, 1}:
        raise CheckInExpired("The code on the screen is another one by now. Scan it again.")
    return class_id


def ticket_for(class_id: int, *, secret: bytes, now: datetime) -> str:
    """What a scan in time gives."""
    return _signed("ticket", class_id, int(now.timestamp()), secret)


def class_of_ticket(ticket: str, *, secret: bytes, now: datetime) -> int:
    """The class of a ticket.

    Raises:
        CheckInExpired: it is older than five minutes, or never ours.
    """
    class_id, made_at = _open("ticket", ticket, secret)
    if not 0 <= int(now.timestamp()) - made_at <= TICKET_SECONDS:
        raise CheckInExpired("Too much time passed since the scan. Scan the code on the screen again.")
    return class_id


def _signed(purpose: str, class_id: int, number: int, secret: bytes) -> str:
    said = f"{class_id}-{number}"
    return f"{said}-{_signature(purpose, said, secret)}"


def _open(purpose: str, token: str, secret: bytes) -> tuple[int, int]:
    said, _, signature = token.rpartition("-")
    if not token.isascii() or not hmac.compare_digest(signature, _signature(purpose, said, secret)):
        raise CheckInExpired("This is no code of a class. Scan the code on the screen.")
    class_id, _, number = said.partition("-")
    return int(class_id), int(number)


def _signature(purpose: str, said: str, secret: bytes) -> str:
    return hmac.new(secret, f"check-in {purpose} {said}".encode(), sha256).hexdigest()[:_DIGITS]
