"""Canonical bytes: keys sorted, no extra spaces, UTF-8 with Vietnamese letters kept."""

import hashlib
import json
from typing import Any

FORMAT = "cchc-canonical/1"


def canonical_text(value: Any) -> str:
    """The one spelling of a JSON value."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(text: str) -> str:
    """SHA-256 of the canonical bytes, hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
