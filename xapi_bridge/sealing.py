"""Secrets that we must be able to read again, kept sealed: a copy of the database alone opens none.

Sealed with Fernet (AES-128-CBC and HMAC-SHA256) under a key that HKDF-SHA256 derives from CCHC_SECRET_KEY,
one key for each purpose.
"""

import base64

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


def sealer(secret: str, *, purpose: bytes) -> Fernet:
    """What seals and opens for one purpose; `Fernet.decrypt` raises InvalidToken under another secret."""
    derived = HKDF(SHA256(), length=32, salt=None, info=purpose).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
