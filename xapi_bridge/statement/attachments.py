"""Files that belong to a statement: certificates, signatures, essays (xAPI Data 2.4.11)."""

import re

from xapi_bridge.statement.errors import HashMalformed, PropertyMistyped
from xapi_bridge.statement.formats import check_iri, check_language_map
from xapi_bridge.statement.parts import Part

#: Marks an attachment that is the signature of its statement (xAPI Data 2.6).
SIGNATURE = "http://adlnet.gov/expapi/attachments/signature"

_SHA2 = re.compile(r"[0-9a-fA-F]{56}|[0-9a-fA-F]{64}|[0-9a-fA-F]{96}|[0-9a-fA-F]{128}")
#: Control characters are refused: the text becomes a header of the answer when the attachment is served.
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+(?:[ \t]*;[^\x00-\x1f\x7f]*)?", re.ASCII)


class Attachment(Part, frozen=True):
    """Attributes: length in bytes; sha2 names the bytes; without file_url they come in the same request."""

    usage_type: str
    display: dict[str, str]
    content_type: str
    length: int
    sha2: str
    description: dict[str, str] | None = None
    file_url: str | None = None

    @property
    def is_signature(self) -> bool:
        """Whether this is the signature of the statement that it is attached to."""
        return self.usage_type == SIGNATURE

    @property
    def content_address(self) -> str:
        """The hash in the one notation under which bytes are kept."""
        return self.sha2.lower()


def check_attachment(attachment: Attachment, *, at: str) -> None:
    """Refuses an attachment that breaks a rule of xAPI Data 2.4.11."""
    check_iri(attachment.usage_type, at=f"{at}.usageType")
    check_language_map(attachment.display, at=f"{at}.display")
    check_language_map(attachment.description, at=f"{at}.description")
    if not _MEDIA_TYPE.fullmatch(attachment.content_type):
        raise PropertyMistyped(f"{at}.contentType", "is not a media type such as text/plain")
    if attachment.length < 0:
        raise PropertyMistyped(f"{at}.length", "is negative")
    if not _SHA2.fullmatch(attachment.sha2):
        raise HashMalformed(f"{at}.sha2", "is not 56, 64, 96 or 128 hexadecimal digits")
    if attachment.file_url is not None:
        check_iri(attachment.file_url, at=f"{at}.fileUrl")
