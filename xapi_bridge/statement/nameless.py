"""A statement's JSON without names and e-mail addresses, for readers who work with pseudonyms (pure)."""

from typing import Any, Final

_IDENTIFIERS: Final = frozenset({"mbox", "mbox_sha1sum", "openid", "account"})
_PERSONAL: Final = frozenset({"name", "mbox", "mbox_sha1sum", "openid"})


def without_names(written: Any) -> Any:
    """The JSON without names and e-mail addresses of actors; accounts stay, they are pseudonyms."""
    if isinstance(written, list):
        return [without_names(one) for one in written]
    if not isinstance(written, dict):
        return written
    is_actor = bool(_IDENTIFIERS & written.keys()) or "member" in written
    left_out = _PERSONAL if is_actor else frozenset()
    return {key: without_names(value) for key, value in written.items() if key not in left_out}
