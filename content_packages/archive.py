"""A zip of strangers -> its safe members, or the reasons why it is refused. Pure.

Nothing is unpacked before the whole list of contents was judged, and every size is watched again while bytes
come out. `zipfile` of the standard library takes duplicates, collisions, overlapping entries and any size;
what it does not look at is looked at here.

H01 path leaves the package        H02 backslash in a path            H03 link or device, not a file
H04 too many folders deep          H05 name too long                  H06 unusable character or device name
H07 file that a machine would run  H08 archive inside the archive     H09 name used twice
H10 names alike on some disk       H11 too many files                 H12 file too large
H13 whole package too large        H14 unpacks far beyond its size    H15 not a readable zip
H16 encrypted                      H17 entries share bytes            H18 bytes that belong to no entry
H19 entry contradicts the list     H20 compression not known          H21 picture with a script (warning)
H22 left behind by a file manager (warning)                           H23 sent as a download (warning)
"""

import stat
import struct
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Final, Protocol

from content_packages.archive_names import (
    DOWNLOAD,
    colliding_names,
    faults_of_name,
    is_leftover,
    media_type_of,
)
from content_packages.archive_pictures import is_active_picture
from content_packages.authoring.findings import Finding
from content_packages.zip_faults import UNREADABLE_ZIP

#: Bytes read at once.
CHUNK_BYTES: Final = 64 * 1024
_MOST_FINDINGS: Final = 200
#: Below this an entry may shrink as much as it likes: a style sheet of 100 KB of blanks is no bomb.
_SMALL_BYTES: Final = 1024 * 1024
_END_SIGNATURE: Final = b"PK\x05\x06"
_END_BYTES: Final = 22
_LONGEST_COMMENT: Final = 65_535
#: Most bytes that one line of the list of contents takes for a name that could be accepted.
_LINE_BYTES: Final = 46 + 400 + 200
_LOCAL_HEADER: Final = struct.Struct("<4s5H3I2H")
_LOCAL_SIGNATURE: Final = b"PK\x03\x04"
_KNOWN_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
#: Bits of the general purpose flag: encrypted, strongly encrypted, list of contents hidden.
_ENCRYPTED: Final = 0x1 | 0x40 | 0x2000


@dataclass(frozen=True)
class ArchiveLimits:
    """How much an archive may hold.

    Attributes:
        files: entries, folders included.
        file_bytes: one file, unpacked.
        total_bytes: all files, unpacked.
        ratio: unpacked size over packed size, of the whole and of each file above 1 MB.
        depth: folders in a path.
    """

    files: int = 20_000
    file_bytes: int = 512 * 1024 * 1024
    total_bytes: int = 1024 * 1024 * 1024
    ratio: int = 100
    depth: int = 20


class ArchiveRefused(Exception):  # noqa: N818 - named by what happens, as all our refusals
    """The archive, or a file in it, is not safe or not readable.

    Attributes:
        findings: why, with code and place; at least one.
    """

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(str(finding) for finding in findings[:5]))
        self.findings = tuple(findings)


@dataclass(frozen=True)
class Member:
    """One file of a safe archive.

    Attributes:
        path: with `/`, in the spelling of the archive.
        size: bytes, unpacked.
        media_type: as which it may be sent; see `archive_names.SHOWN_TYPES`.
    """

    path: str
    size: int
    media_type: str


class SeekableBytes(Protocol):
    """A binary file that can be read at any place."""

    def read(self, size: int = -1, /) -> bytes: ...
    def seek(self, offset: int, whence: int = 0, /) -> int: ...
    def tell(self) -> int: ...


class SafeArchive:
    """An archive whose list of contents was judged and found safe; see `open_archive`."""

    def __init__(
        self, archive: zipfile.ZipFile, entries: dict[str, zipfile.ZipInfo], warnings: Sequence[Finding]
    ) -> None:
        self._archive = archive
        self._entries = entries
        #: What an operator should know, without being a reason to refuse.
        self.warnings = tuple(warnings)
        #: The files, in the order of the archive.
        self.members = tuple(
            Member(path, entry.file_size, media_type_of(path)) for path, entry in entries.items()
        )

    def __contains__(self, path: str) -> bool:
        return path in self._entries

    def open_chunks(self, path: str) -> Iterator[bytes]:
        """The bytes of a file, in pieces.

        Raises:
            KeyError: there is no such file.
            ArchiveRefused: the bytes contradict the list of contents.
        """
        entry = self._entries[path]
        came = 0
        try:
            with self._archive.open(entry) as file:
                while chunk := file.read(CHUNK_BYTES):
                    came += len(chunk)
                    yield chunk
        except UNREADABLE_ZIP as broken:
            raise ArchiveRefused([_fault(path, "H19", "dữ liệu của tệp hỏng")]) from broken
        if came != entry.file_size:
            raise ArchiveRefused([_fault(path, "H19", "dữ liệu của tệp ngắn hơn danh mục ghi")])

    def read(self, path: str, *, at_most: int) -> bytes:
        """All bytes of a small file, such as a manifest.

        Raises:
            KeyError: there is no such file.
            ArchiveRefused: it is larger than `at_most`, or broken.
        """
        if self._entries[path].file_size > at_most:
            raise ArchiveRefused([_fault(path, "H12", f"tệp mô tả lớn hơn {at_most // 1024**2} MB")])
        return b"".join(self.open_chunks(path))

    def find_active_pictures(self, *, at_most: int = 2 * 1024 * 1024) -> list[Finding]:
        """A warning for every SVG that holds a script; they are to be sent as downloads."""
        pictures = [one for one in self.members if one.media_type == "image/svg+xml"]
        return [
            _warning(one.path, "H21", "ảnh SVG có mã chạy được: chỉ gửi dưới dạng tải về")
            for one in pictures
            if one.size > at_most or is_active_picture(b"".join(self.open_chunks(one.path)))
        ]


def open_archive(file: SeekableBytes, *, limits: ArchiveLimits, name: str = "") -> SafeArchive:
    """The archive, when nothing in its list of contents speaks against it.

    Args:
        file: stays open as long as the archive is read.
        name: of the file, for findings about the whole.

    Raises:
        ArchiveRefused: with every reason, up to 200.
    """
    size = _refuse_long_list(file, limits, name=name)
    try:
        archive = zipfile.ZipFile(_as_io(file))
    except UNREADABLE_ZIP as broken:
        raise ArchiveRefused([_unreadable(name)]) from broken
    listed = archive.infolist()
    findings = [
        *_whole_faults(listed, limits, packed=size, name=name),
        *(fault for entry in listed for fault in _entry_faults(entry, limits)),
        *_collisions(listed),
        *_layout_faults(file, archive, listed, name=name),
    ]
    if findings:
        raise ArchiveRefused(findings[:_MOST_FINDINGS])
    kept = {one.filename: one for one in listed if not one.is_dir() and not is_leftover(one.filename)}
    return SafeArchive(archive, kept, _warnings(listed))


def _as_io(file: SeekableBytes) -> IO[bytes]:
    return file  # type: ignore[return-value]


def _refuse_long_list(file: SeekableBytes, limits: ArchiveLimits, *, name: str) -> int:
    """Size of the archive; refuses a list of contents that alone would fill the memory."""
    size = file.seek(0, 2)
    tail_bytes = min(size, _END_BYTES + _LONGEST_COMMENT)
    file.seek(size - tail_bytes)
    tail = file.read(tail_bytes)
    place = tail.rfind(_END_SIGNATURE)
    if place < 0 or len(tail) - place < _END_BYTES:
        raise ArchiveRefused([_unreadable(name)])
    list_bytes: int = struct.unpack_from("<I", tail, place + 12)[0]
    if list_bytes == 0xFFFFFFFF:
        list_bytes = _list_bytes_of_zip64(file, size - tail_bytes + place)
    if list_bytes > limits.files * _LINE_BYTES:
        raise ArchiveRefused([_fault(name, "H11", f"nhiều hơn {limits.files} tệp")])
    return size


def _list_bytes_of_zip64(file: SeekableBytes, end_place: int) -> int:
    """From the zip64 record, by its locator just before the end record (APPNOTE 4.3.14, 4.3.15)."""
    file.seek(max(end_place - 20, 0))
    locator = file.read(20)
    if locator[:4] != b"PK\x06\x07":
        return 0xFFFFFFFF
    file.seek(int.from_bytes(locator[8:16], "little"))
    record = file.read(56)
    return int.from_bytes(record[40:48], "little") if record[:4] == b"PK\x06\x06" else 0xFFFFFFFF


def _whole_faults(
    listed: Sequence[zipfile.ZipInfo], limits: ArchiveLimits, *, packed: int, name: str
) -> Iterator[Finding]:
    total = sum(entry.file_size for entry in listed)
    if len(listed) > limits.files:
        yield _fault(name, "H11", f"{len(listed)} tệp, nhiều hơn giới hạn {limits.files}")
    if total > limits.total_bytes:
        yield _fault(name, "H13", f"giải nén ra quá {limits.total_bytes // 1024**2} MB")
    if total > _SMALL_BYTES and total > limits.ratio * packed:
        yield _fault(name, "H14", f"giải nén ra lớn gấp hơn {limits.ratio} lần")


def _entry_faults(entry: zipfile.ZipInfo, limits: ArchiveLimits) -> Iterator[Finding]:
    name = entry.orig_filename
    if is_leftover(name):
        return
    for code, reason in faults_of_name(name, depth=limits.depth):
        yield _fault(name, code, reason)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        yield _fault(name, "H03", "là liên kết hoặc thiết bị, không phải tệp")
    if entry.flag_bits & _ENCRYPTED:
        yield _fault(name, "H16", "tệp đặt mật khẩu")
    if entry.compress_type not in _KNOWN_METHODS:
        yield _fault(name, "H20", "kiểu nén không dùng được")
    if entry.file_size > limits.file_bytes:
        yield _fault(name, "H12", f"tệp lớn hơn {limits.file_bytes // 1024**2} MB")
    if entry.file_size > _SMALL_BYTES and entry.file_size > limits.ratio * entry.compress_size:
        yield _fault(name, "H14", f"giải nén ra lớn gấp hơn {limits.ratio} lần")


def _collisions(listed: Sequence[zipfile.ZipInfo]) -> Iterator[Finding]:
    files = [one.orig_filename for one in listed if not one.is_dir() and not is_leftover(one.orig_filename)]
    for first, second in colliding_names(files):
        if first == second:
            yield _fault(second, "H09", "hai tệp cùng tên")
        else:
            yield _fault(second, "H10", f"trùng với {first} trên một số máy (hoa, thường, dấu)")


def _layout_faults(
    file: SeekableBytes, archive: zipfile.ZipFile, listed: Sequence[zipfile.ZipInfo], *, name: str
) -> Iterator[Finding]:
    """Entries that share bytes, and bytes before the first that belong to none (CVE-2024-0450)."""
    free_from = 0
    for entry in sorted(listed, key=lambda one: one.header_offset):
        file.seek(entry.header_offset)
        header = file.read(_LOCAL_HEADER.size)
        if len(header) < _LOCAL_HEADER.size or header[:4] != _LOCAL_SIGNATURE:
            yield _fault(entry.orig_filename, "H19", "danh mục chỉ vào chỗ không có tệp")
            continue
        fields = _LOCAL_HEADER.unpack(header)
        if fields[2] & _ENCRYPTED and not entry.flag_bits & _ENCRYPTED:
            yield _fault(entry.orig_filename, "H19", "danh mục và tệp nói khác nhau về mật khẩu")
        if entry.header_offset < free_from:
            yield _fault(entry.orig_filename, "H17", "dùng chung dữ liệu với tệp khác trong gói")
        if free_from == 0 and entry.header_offset > 0:
            yield _fault(name, "H18", "có dữ liệu lạ đứng trước tệp đầu tiên")
        free_from = entry.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10] + entry.compress_size
    if free_from > archive.start_dir:
        yield _fault(name, "H17", "tệp cuối chồng lên danh mục của gói")


def _warnings(listed: Sequence[zipfile.ZipInfo]) -> list[Finding]:
    files = [one.filename for one in listed if not one.is_dir()]
    left = [_warning(one, "H22", "tệp thừa của máy tính, bỏ qua") for one in files if is_leftover(one)]
    sent = [
        _warning(one, "H23", "loại tệp lạ, chỉ gửi dưới dạng tải về")
        for one in files
        if not is_leftover(one) and media_type_of(one) == DOWNLOAD and "." in one.rpartition("/")[2]
    ]
    return [*left, *sent][:_MOST_FINDINGS]


def _unreadable(name: str) -> Finding:
    return _fault(name, "H15", "không phải tệp zip đọc được, hoặc tệp bị cắt cụt")


def _fault(path: str, code: str, message: str) -> Finding:
    return Finding(_printable(path), 1, code, message)


def _warning(path: str, code: str, message: str) -> Finding:
    return Finding(_printable(path), 1, code, message, "warning")


def _printable(path: str) -> str:
    """The name for people, without characters that a page or a terminal would obey."""
    return "".join(letter if letter.isprintable() else "�" for letter in path[:200])
