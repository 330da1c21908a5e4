"""A course shell as one file: Thin Common Cartridge 1.3 with an LTI link per lesson and test. Pure.

1EdTech Common Cartridge 1.3, Thin Common Cartridge profile: a manifest and web-link or basic-LTI-link
resources, nothing else. An LMS that has the tool registered finds it by the launch address; the content is
bound by our own custom parameter, as in deep linking, never by the link's id.
"""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import etree

from content_packages.formats.safe_xml import Element

_CC = "http://www.imsglobal.org/xsd/imsccv1p3/imscp_v1p1"
_LOM_MANIFEST = "http://ltsc.ieee.org/xsd/imsccv1p3/LOM/manifest"
_LTI_LINK = "http://www.imsglobal.org/xsd/imslticc_v1p3"
_BASIC_LTI = "http://www.imsglobal.org/xsd/imsbasiclti_v1p0"
_LTI_COMMON = "http://www.imsglobal.org/xsd/imslticm_v1p0"
_LTI_PROPERTIES = "http://www.imsglobal.org/xsd/imslticp_v1p0"
_LINK_TYPE = "imsbasiclti_xmlv1p3"
#: One day for every entry, so that the same course gives the same bytes.
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class CourseLink:
    """One link of the shell.

    Attributes:
        id: letters, digits, `.`, `_`, `-`; unique in the course.
        custom: parameters of the launch, name -> value.
    """

    id: str
    title: str
    description: str
    custom: dict[str, str]


@dataclass(frozen=True)
class CourseTopic:
    """Links under one heading of the course."""

    title: str
    links: tuple[CourseLink, ...]


@dataclass(frozen=True)
class CourseShell:
    """What an LMS administrator restores as a course."""

    id: str
    title: str
    description: str
    topics: tuple[CourseTopic, ...]


def write_thin_cartridge(shell: CourseShell, *, launch_url: str, tool_name: str) -> bytes:
    """The .imscc file.

    Args:
        launch_url: `https://…/lti/launch` of this installation, the target link of every link.
        tool_name: name of the vendor as the LMS shows it.
    """
    links = [link for topic in shell.topics for link in topic.links]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        _add(archive, "imsmanifest.xml", _manifest(shell, links))
        for link in links:
            _add(archive, f"links/{link.id}.xml", _link(link, launch_url=launch_url, tool_name=tool_name))
    return buffer.getvalue()


def _add(archive: zipfile.ZipFile, name: str, root: Element) -> None:
    content = etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)
    entry = zipfile.ZipInfo(name, _ENTRY_DATE)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _manifest(shell: CourseShell, links: Sequence[CourseLink]) -> Element:
    root = etree.Element(
        f"{{{_CC}}}manifest", nsmap={None: _CC, "lomimscc": _LOM_MANIFEST}, identifier=shell.id
    )
    metadata = _sub(root, "metadata")
    _sub(metadata, "schema", "IMS Thin Common Cartridge")
    _sub(metadata, "schemaversion", "1.3.0")
    lom = etree.SubElement(metadata, f"{{{_LOM_MANIFEST}}}lom")
    general = etree.SubElement(lom, f"{{{_LOM_MANIFEST}}}general")
    for name, words in (("title", shell.title), ("description", shell.description)):
        holder = etree.SubElement(general, f"{{{_LOM_MANIFEST}}}{name}")
        etree.SubElement(holder, f"{{{_LOM_MANIFEST}}}string", language="vi").text = words
    organization = _sub(
        _sub(root, "organizations"), "organization", identifier="org", structure="rooted-hierarchy"
    )
    top = _sub(organization, "item", identifier="top")
    for number, topic in enumerate(shell.topics, start=1):
        folder = _sub(top, "item", identifier=f"topic-{number}")
        _sub(folder, "title", topic.title)
        for link in topic.links:
            item = _sub(folder, "item", identifier=f"item-{link.id}", identifierref=f"link-{link.id}")
            _sub(item, "title", link.title)
    resources = _sub(root, "resources")
    for link in links:
        resource = _sub(resources, "resource", identifier=f"link-{link.id}", type=_LINK_TYPE)
        _sub(resource, "file", href=f"links/{link.id}.xml")
    return root


def _sub(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    element = etree.SubElement(parent, f"{{{_CC}}}{name}", **attributes)
    element.text = text
    return element


def _link(link: CourseLink, *, launch_url: str, tool_name: str) -> Element:
    spaces = {None: _LTI_LINK, "blti": _BASIC_LTI, "lticm": _LTI_COMMON, "lticp": _LTI_PROPERTIES}
    root = etree.Element(f"{{{_LTI_LINK}}}cartridge_basiclti_link", nsmap=spaces)
    etree.SubElement(root, f"{{{_BASIC_LTI}}}title").text = link.title
    etree.SubElement(root, f"{{{_BASIC_LTI}}}description").text = link.description
    custom = etree.SubElement(root, f"{{{_BASIC_LTI}}}custom")
    for name, value in sorted(link.custom.items()):
        etree.SubElement(custom, f"{{{_LTI_COMMON}}}property", name=name).text = value
    etree.SubElement(root, f"{{{_BASIC_LTI}}}launch_url").text = launch_url
    etree.SubElement(root, f"{{{_BASIC_LTI}}}secure_launch_url").text = launch_url
    vendor = etree.SubElement(root, f"{{{_BASIC_LTI}}}vendor")
    etree.SubElement(vendor, f"{{{_LTI_PROPERTIES}}}code").text = "cchc"
    etree.SubElement(vendor, f"{{{_LTI_PROPERTIES}}}name").text = tool_name
    return root
