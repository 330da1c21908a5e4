"""Link headers of paged lists, as LMSs really write them. Pure.

Spec: RFC 8288; AGS 2.0, 3.2.4; NRPS 2.0, 2.4.
"""

import html
import re
from typing import Final
from urllib.parse import urljoin, urlsplit

#: A target, then its parameters up to the comma before the next target.
_LINK: Final = re.compile(r"<([^<>]*)>([^<]*)")
_REL: Final = re.compile(r"""(?i)\brel\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s;,"']+))""")
_CURLY: Final = str.maketrans({"“": '"', "”": '"', "„": '"', "‘": "'", "’": "'", "″": '"'})


def find_link(header: str, rel: str, *, base: str) -> str:
    """The absolute address that a Link header gives for a relation; "" when it gives none.

    The address is left as it is written, capitals included; only `&amp;` is read as `&`, and quotes may be
    curly, because Moodle writes both.

    Args:
        base: address that the header came from, for relative links.
    """
    for target, parameters in _LINK.findall(_as_text(header).translate(_CURLY)):
        named = _REL.search(parameters)
        relations = "".join(named.groups(default="")).lower().split() if named else []
        if rel.lower() in relations and target.strip():
            return urljoin(base, html.unescape(target.strip()))
    return ""


def is_same_server(address: str, other: str) -> bool:
    """Whether two addresses have the same scheme, host and port: a token may go from one to the other."""
    try:
        return _server(address) == _server(other) and bool(_server(address)[1])
    except ValueError:
        return False


def _server(address: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(address)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or usual


def _as_text(header: str) -> str:
    """Headers arrive as Latin-1; curly quotes were sent as UTF-8."""
    try:
        return header.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return header
