"""A compiled package as one file `.cchc`: the same content gives the same bytes on every machine (pure).

A zip of `package.json` (the canonical JSON) and `media/<sha256>.<ending>`, in the order of their names, dated
1980-01-01 and stored without compression: compressed bytes would depend on the zlib of the machine.
"""

import io
import json
import zipfile
from pathlib import PurePosixPath

from content_packages.authoring.canonical import canonical_text, digest_of
from content_packages.authoring.canonical_check import canonical_problems
from content_packages.authoring.media import LARGEST_FILE_BYTES, MEDIA_TYPES, MediaFile, media_name
from content_packages.authoring.package import CompiledPackage
from content_packages.errors import PackageFileRefused
from content_packages.zip_faults import UNREADABLE_ZIP

PACKAGE_ENTRY = "package.json"
MEDIA_FOLDER = "media/"
LARGEST_ARCHIVE_BYTES = 256 * 1024 * 1024
_DATED = (1980, 1, 1, 0, 0, 0)
_UNIX, _PLAIN_FILE = 3, 0o100644 << 16


def write_archive(compiled: CompiledPackage) -> bytes:
    """The file of a package without errors.

    Raises:
        ValueError: the package has errors, so there is nothing to write.
    """
    if compiled.canonical is None:
        raise ValueError("A package with errors has no canonical form to write.")
    entries = {PACKAGE_ENTRY: compiled.canonical.encode()}
    entries |= {f"{MEDIA_FOLDER}{file.name}": file.content for file in compiled.media}
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(entries):
            entry = zipfile.ZipInfo(name, _DATED)
            # The zip module writes the system it runs on and its rights; both are fixed here.
            entry.create_system, entry.external_attr = _UNIX, _PLAIN_FILE
            archive.writestr(entry, entries[name])
    return written.getvalue()


def read_archive(content: bytes) -> CompiledPackage:
    """The package in a `.cchc` file, checked as strictly as one compiled here.

    Raises:
        PackageFileRefused: it is not such a file, or something in it is not what the compiler writes.
    """
    entries = _entries(content)
    try:
        canonical = entries.pop(PACKAGE_ENTRY).decode()
        written = json.loads(canonical)
    except (KeyError, ValueError) as refused:
        raise PackageFileRefused(f"The file has no readable {PACKAGE_ENTRY}.") from refused
    if canonical_text(written) != canonical:
        raise PackageFileRefused(f"{PACKAGE_ENTRY} is not in canonical form.")
    problems = canonical_problems(written)
    if problems:
        raise PackageFileRefused(f"{PACKAGE_ENTRY} has {len(problems)} problems: {'; '.join(problems[:5])}")
    media = tuple(_media(name, entries[name]) for name in sorted(entries))
    if {file.name: file.media_type for file in media} != written["media"]:
        raise PackageFileRefused("The media in the file are not those that the package names.")
    header = written["package"]
    return CompiledPackage(
        header["id"], header["version"], header["title"], canonical, digest_of(canonical), media, ()
    )


def _entries(content: bytes) -> dict[str, bytes]:
    """Name -> bytes; nothing is unpacked to disk, and nothing can be larger than the file itself."""
    if len(content) > LARGEST_ARCHIVE_BYTES:
        raise PackageFileRefused(f"The file is larger than {LARGEST_ARCHIVE_BYTES // 2**20} MB.")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            listed = archive.infolist()
            if any(entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1 for entry in listed):
                raise PackageFileRefused("The file has compressed or encrypted entries; ours have none.")
            if len({entry.filename for entry in listed}) < len(listed):
                raise PackageFileRefused("The file has two entries with one name.")
            if sum(entry.file_size for entry in listed) > len(content):
                raise PackageFileRefused("Entries of the file overlap.")
            return {entry.filename: archive.read(entry) for entry in listed}
    except UNREADABLE_ZIP as refused:
        raise PackageFileRefused("The file is not a zip, or was cut off.") from refused


def _media(entry: str, content: bytes) -> MediaFile:
    name = entry.removeprefix(MEDIA_FOLDER)
    ending = PurePosixPath(name).suffix
    is_ours = entry.startswith(MEDIA_FOLDER) and name == media_name(content, ending)
    if not is_ours or ending not in MEDIA_TYPES or len(content) > LARGEST_FILE_BYTES:
        raise PackageFileRefused(f"The entry {entry!r} is not a media file named by its content.")
    return MediaFile(name, MEDIA_TYPES[ending], content)
