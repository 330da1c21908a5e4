"""What Python's zip reader raises for a zip of strangers: one list for every room that opens one. Pure."""

import struct
import zipfile
import zlib
from typing import Final

#: NotImplementedError is the reader's word for a compression or a version that it does not know, RuntimeError
#: for an encrypted entry, zlib.error and EOFError for bytes that break off, struct.error and ValueError for a
#: list of contents that makes no sense, OSError for a position outside the file.
UNREADABLE_ZIP: Final = (
    zipfile.BadZipFile,
    NotImplementedError,
    RuntimeError,
    zlib.error,
    EOFError,
    struct.error,
    ValueError,
    OSError,
)
