"""Passwords: argon2id, older scrypt hashes understood, and the same time for every wrong answer (no web)."""

import secrets
from functools import cache
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from werkzeug.security import check_password_hash, generate_password_hash

from lti_tool.admin.errors import PasswordTooLong, PasswordTooShort

SHORTEST_PASSWORD: Final = 12
LONGEST_PASSWORD: Final = 256
_OLD_METHOD: Final = "scrypt:"

#: RFC 9106, second recommended choice: 3 rounds over 64 MiB, 4 lanes.
_HASHER: Final = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4)


def hash_password(password: str) -> str:
    """The argon2id hash that is kept.

    Raises:
        PasswordTooShort, PasswordTooLong.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise PasswordTooShort(f"A password has {SHORTEST_PASSWORD} characters or more.")
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong(f"A password has {LONGEST_PASSWORD} characters or fewer.")
    return _HASHER.hash(password)


def make_password() -> str:
    """A random password for somebody who will change it: 100 bits, no letters that look alike."""
    letters = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(letters) for _ in range(5)) for _ in range(4))


def is_password(kept: str | None, password: str, *, some_are_old: bool) -> bool:
    """Whether the password is the one that was hashed.

    Args:
        kept: the hash; None or empty: nobody's, and the answer is no after the same time.
        some_are_old: some account still has a scrypt hash. Then both methods are computed for everybody, so
            that the time does not tell whose hash is old and therefore exists.
    """
    if len(password) > LONGEST_PASSWORD:
        password = ""
    is_old = bool(kept) and str(kept).startswith(_OLD_METHOD)
    right = _is_argon2(_nobodys_hash() if is_old or not kept else kept, password)
    if some_are_old or is_old:
        right_in_old = check_password_hash(str(kept) if is_old else _nobodys_old_hash(), password)
        right = right_in_old if is_old else right
    return right and bool(kept)


def is_outdated(kept: str) -> bool:
    """Whether the hash should be made anew now that the password is known."""
    if kept.startswith(_OLD_METHOD):
        return True
    try:
        return _HASHER.check_needs_rehash(kept)
    except InvalidHashError:
        return True


def is_old(kept: str) -> bool:
    """Whether the hash is one of the earlier method."""
    return kept.startswith(_OLD_METHOD)


def _is_argon2(kept: str, password: str) -> bool:
    try:
        return _HASHER.verify(kept, password)
    except (Argon2Error, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))


@cache
def _nobodys_old_hash() -> str:
    return generate_password_hash(secrets.token_urlsafe(32), method="scrypt")
