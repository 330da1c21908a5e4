"""Whether an uploaded Word or Excel file may be opened: it is a zip of strangers. Pure."""

import io
import zipfile

from content_packages.zip_faults import UNREADABLE_ZIP

_LARGEST_UNPACKED = 100 * 1024 * 1024
_MOST_PARTS = 5_000


class OfficeFileRefused(Exception):  # noqa: N818 - caught inside this room and turned into a finding
    """The file is no Office file, or would unpack to more than any question sheet holds."""


def check_office_file(content: bytes, *, part: str) -> None:
    """Passes when the zip has the part and unpacks to a reasonable size.

    Args:
        part: a part that the kind of file must have, such as `xl/workbook.xml`.

    Raises:
        OfficeFileRefused: not a zip, encrypted, without the part, or too large when unpacked.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except UNREADABLE_ZIP as refused:
        raise OfficeFileRefused("tệp hỏng hoặc không phải tệp Word, Excel (.docx, .xlsx)") from refused
    if any(entry.flag_bits & 0x1 for entry in parts):
        raise OfficeFileRefused("tệp có đặt mật khẩu; hãy bỏ mật khẩu rồi tải lên lại")
    if part not in {entry.filename for entry in parts}:
        raise OfficeFileRefused("tệp không đúng loại Word, Excel cần dùng (.docx, .xlsx)")
    if len(parts) > _MOST_PARTS or sum(entry.file_size for entry in parts) > _LARGEST_UNPACKED:
        raise OfficeFileRefused("tệp nở ra quá lớn khi mở: bị từ chối vì lý do an toàn")
