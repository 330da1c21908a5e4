"""A small SCORM 1.2 package that opens a content of ours in an LMS without LTI 1.3. Pure.

It holds a key and no content: what learners see stays here, and so do its corrections.
"""

import io
import zipfile
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Final

import msgspec

_RUNTIME: Final = Path(__file__).parent / "runtime"
_ENTRY_DATE: Final = (1980, 1, 1, 0, 0, 0)
_PAGE: Final = (_RUNTIME / "dispatch.html").read_text("utf-8")
_MANIFEST: Final = """<?xml version="1.0" encoding="UTF-8"?>
<manifest identifier="cchc-{key}" version="1.2" xmlns="http://www.imsproject.org/xsd/imscp_rootv1p1p2"
 xmlns:adlcp="http://www.adlnet.org/xsd/adlcp_rootv1p2">
<metadata><schema>ADL SCORM</schema><schemaversion>1.2</schemaversion></metadata>
<organizations default="o"><organization identifier="o"><title>{title}</title>
<item identifier="i" identifierref="r"><title>{title}</title></item></organization></organizations>
<resources><resource identifier="r" type="webcontent" adlcp:scormtype="sco" href="index.html">
<file href="index.html"/><file href="dispatch.js"/></resource></resources>
</manifest>
"""


@dataclass(frozen=True)
class DispatchPackage:
    """What a package says of itself.

    Attributes:
        key_id, secret: open the content; whoever has the package has them.
        origin: of the tool; messages of no other page are believed.
    """

    title: str
    key_id: str
    origin: str
    secret: str = field(repr=False)


def write_dispatch(package: DispatchPackage) -> bytes:
    """The zip."""
    described = msgspec.json.encode({"origin": package.origin}).decode().replace("<", "\\u003c")
    given = {"title": escape(package.title), "key": escape(package.key_id)}
    page = _PAGE.format(
        **given, secret=escape(package.secret), entry=escape(f"{package.origin}/goi/vao"), described=described
    )
    files = {
        "imsmanifest.xml": _MANIFEST.format(**given).encode(),
        "index.html": page.encode(),
        "dispatch.js": (_RUNTIME / "dispatch.js").read_bytes(),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in files.items():
            entry = zipfile.ZipInfo(path, _ENTRY_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return buffer.getvalue()
