"""Which xAPI version a request speaks (xAPI Communication 3.3)."""

import re

from xapi_bridge.errors import VersionHeaderMissing, VersionHeaderUnsupported

HEADER = "X-Experience-API-Version"

#: What GET /about tells.
SUPPORTED = ("1.0.3", "2.0.0")

_SPOKEN = {
    "1.0.3": re.compile(r"1\.0(?:\.\d+)?"),
    "2.0.0": re.compile(r"2\.0(?:\.\d+)?"),
}


def negotiate_version(header: str | None) -> str:
    """The version whose rules apply, "1.0.3" or "2.0.0"; every patch of one minor version is one language.

    Raises:
        VersionHeaderMissing, VersionHeaderUnsupported: the answer lists what is supported.
    """
    if header is None:
        raise VersionHeaderMissing(f"Send the header {HEADER}, for example {HEADER}: {SUPPORTED[0]}.")
    for version, pattern in _SPOKEN.items():
        if pattern.fullmatch(header.strip()):
            return version
    raise VersionHeaderUnsupported(f"{HEADER} must be one of {', '.join(SUPPORTED)}.")


def version_of_answer(header: str | None) -> str:
    """The version to name in the answer, also when the request's own cannot be understood."""
    return "2.0.0" if header is not None and header.startswith("2.") else "1.0.3"
