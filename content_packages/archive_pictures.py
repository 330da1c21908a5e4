"""Whether an SVG holds something that runs. Pure."""

from typing import Final

from content_packages.formats.safe_xml import XmlRefused, local_name, read_xml

#: Elements that run, embed or are handed to another reader.
_ACTIVE: Final = frozenset({"script", "foreignObject", "iframe", "embed", "object", "handler", "listener"})
_ADDRESSES: Final = frozenset({"href", "src", "from", "to", "values", "begin"})


def is_active_picture(content: bytes) -> bool:
    """Whether a browser that opens the SVG as a page could run something; unreadable ones count as active."""
    try:
        root = read_xml(content)
    except XmlRefused:
        return True
    return any(_is_active(element) for element in root.iter())


def _is_active(element: object) -> bool:
    if local_name(element) in _ACTIVE:
        return True
    for name, value in getattr(element, "attrib", {}).items():
        bare = str(name).rpartition("}")[2].lower()
        address = "".join(str(value).split()).lower()
        if bare.startswith("on") or (bare in _ADDRESSES and address.startswith(("javascript:", "data:text"))):
            return True
    return False
