"""XML of strangers -> a tree, without entities, document types, network or endless growth. Pure."""

from typing import Any

from lxml import etree

#: An element as lxml gives it; lxml has no public name for its class, and no types.
Element = Any

_LARGEST_BYTES = 50 * 1024 * 1024


class XmlRefused(Exception):  # noqa: N818 - caught inside this room and turned into a finding
    """The XML is not well formed, or holds what a question file has no need of.

    Attributes:
        line: where, from 1.
    """

    def __init__(self, message: str, *, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


def read_xml(content: bytes) -> Element:
    """The root element.

    Raises:
        XmlRefused: not well formed, with a document type or entity of its own (OWASP XXE), or above 50 MB.
    """
    if len(content) > _LARGEST_BYTES:
        raise XmlRefused(f"tệp XML lớn hơn {_LARGEST_BYTES // 1024**2} MB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
        remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(content, parser)
    except etree.XMLSyntaxError as refused:
        raise XmlRefused(f"XML hỏng: {refused.msg}", line=refused.lineno or 1) from refused
    except ValueError as refused:
        raise XmlRefused("tệp không phải XML đọc được") from refused
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise XmlRefused("XML có khai báo DOCTYPE hoặc ENTITY: bị từ chối vì lý do an toàn")
    return root


def local_name(element: Element) -> str:
    """Name of the element without its namespace; empty for comments."""
    return etree.QName(element).localname if isinstance(element.tag, str) else ""


def child(element: Element, name: str) -> Element | None:
    """The first child of that local name."""
    return next((one for one in element if local_name(one) == name), None)


def children(element: Element, name: str) -> list[Element]:
    """All children of that local name, in order."""
    return [one for one in element if local_name(one) == name]


def text_of(element: Element | None) -> str:
    """All text inside, trimmed; empty for None."""
    return "".join(str(part) for part in element.itertext()).strip() if element is not None else ""
