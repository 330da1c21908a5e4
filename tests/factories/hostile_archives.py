"""Zips that a stranger might send: each built when asked for, none kept in the repository."""

import io
import stat
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping

MANIFEST = "<courseStructure/>"
_MEGABYTE = 1024 * 1024


def make_archive(files: Mapping[str, str | bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """An ordinary zip of these files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_archive_of_entries(entries: list[tuple[zipfile.ZipInfo | str, bytes]]) -> bytes:
    """A zip whose entries may bear one name twice, or be no files."""
    buffer = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        warnings.simplefilter("ignore", UserWarning)
        for entry, content in entries:
            archive.writestr(entry, content)
    return buffer.getvalue()


def _with(*files: tuple[str, bytes]) -> bytes:
    ordinary: list[tuple[zipfile.ZipInfo | str, bytes]] = [("cmi5.xml", MANIFEST.encode())]
    return make_archive_of_entries([*ordinary, *files])


def _symlink() -> bytes:
    link = zipfile.ZipInfo("lien-ket")
    link.create_system = 3
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    return make_archive_of_entries([("index.html", b"x"), (link, b"/etc/passwd")])


def _encrypted() -> bytes:
    """An ordinary zip with the encryption bit set, in the list of contents and before the file."""
    content = bytearray(make_archive({"index.html": "x"}))
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def _overlapping() -> bytes:
    """Two lines of the list of contents that lead to the same bytes."""
    content = make_archive({"a.html": "x" * 100})
    start = content.rfind(b"PK\x01\x02")
    end = content.rfind(b"PK\x05\x06")
    line = content[start:end]
    twin = line.replace(b"a.html", b"b.html")
    record = bytearray(content[end:])
    struct.pack_into("<HHI", record, 8, 2, 2, len(line) * 2)
    return content[:start] + line + twin + bytes(record)


def _many_files() -> bytes:
    return make_archive({f"f/{number}.txt": b"" for number in range(50_000)}, method=zipfile.ZIP_STORED)


def _false_size() -> bytes:
    """The list of contents says ten bytes, and a megabyte comes out."""
    content = bytearray(make_archive({"a.txt": b"0" * _MEGABYTE}))
    line = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, line + 24, 10)
    return bytes(content)


def _unknown_method() -> bytes:
    content = bytearray(make_archive({"a.txt": b"0"}))
    line = content.rfind(b"PK\x01\x02")
    struct.pack_into("<H", content, 8, 97)
    struct.pack_into("<H", content, line + 10, 97)
    return bytes(content)


#: What it is -> (how it is made, the code that must be among its findings).
HOSTILE: Mapping[str, tuple[Callable[[], bytes], str]] = {
    "a path with dots": (lambda: _with(("../../../etc/cron.d/x", b"x")), "H01"),
    "an absolute path": (lambda: _with(("/etc/passwd", b"x")), "H01"),
    "a path with a drive": (lambda: _with(("C:/Windows/x.txt", b"x")), "H01"),
    "a path with backslashes": (lambda: _with(("..\\..\\x.txt", b"x")), "H02"),
    "a symbolic link": (_symlink, "H03"),
    "a bomb": (lambda: _with(("zeros.txt", b"\0" * (100 * _MEGABYTE))), "H14"),
    "archives inside": (
        lambda: _with(*[(f"{number}.zip", make_archive({"a": b"x"})) for number in range(10)]),
        "H08",
    ),
    "fifty thousand files": (_many_files, "H11"),
    "a name used twice": (lambda: _with(("index.html", b"1"), ("index.html", b"2")), "H09"),
    "names that differ in case": (lambda: _with(("index.html", b"1"), ("INDEX.HTML", b"2")), "H10"),
    "names that differ in composition": (
        lambda: _with(("t\u00e0i.html", b"1"), ("ta\u0300i.html", b"2")),
        "H10",
    ),
    "a file that is a folder as well": (lambda: _with(("a", b"1"), ("A/b.html", b"2")), "H10"),
    "a program of the server": (lambda: _with(("shell.php", b"<?php")), "H07"),
    "a program behind a picture's ending": (lambda: _with(("anh.php.jpg", b"<?php")), "H07"),
    "a server's configuration": (lambda: _with((".htaccess", b"x")), "H07"),
    "a program of the desktop": (lambda: _with(("cai-dat.exe", b"MZ")), "H07"),
    "a device of Windows": (lambda: _with(("CON", b"x")), "H06"),
    "a device with an ending": (lambda: _with(("aux.html", b"x")), "H06"),
    "a hidden direction mark": (lambda: _with(("ban\u202elmth.js", b"x")), "H06"),
    "a name of three hundred letters": (lambda: _with(("x" * 300 + ".html", b"x")), "H05"),
    "thirty folders": (lambda: _with(("a/" * 30 + "x.html", b"x")), "H04"),
    "a file cut before its list": (lambda: make_archive({"a.html": "x" * 1000})[:-80], "H15"),
    "no zip at all": (lambda: b"khong phai zip", "H15"),
    "a password": (_encrypted, "H16"),
    "entries that share bytes": (_overlapping, "H17"),
    "a page before the zip": (lambda: b"<html></html>" + make_archive({"a.html": "x"}), "H18"),
    "an unknown compression": (_unknown_method, "H20"),
}

FALSE_SIZE = _false_size
