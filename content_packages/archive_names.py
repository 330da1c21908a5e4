"""What a file of an archive may be called, and as what it may be shown. Pure.

Names are judged as the strictest reader would take them: Windows devices, endings that a server or a desktop
runs, characters that look alike.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Final

#: Ending -> media type, of what a browser may show from the second host. Anything else is sent as a download.
SHOWN_TYPES: Final[Mapping[str, str]] = MappingProxyType(
    {
        ".html": "text/html", ".htm": "text/html", ".xhtml": "application/xhtml+xml", ".css": "text/css",
        ".js": "text/javascript", ".mjs": "text/javascript", ".json": "application/json",
        ".xml": "application/xml", ".txt": "text/plain", ".vtt": "text/vtt", ".srt": "text/plain",
        ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif",
        ".webp": "image/webp", ".avif": "image/avif", ".bmp": "image/bmp", ".ico": "image/x-icon",
        ".svg": "image/svg+xml", ".mp3": "audio/mpeg", ".m4a": "audio/mp4", ".ogg": "audio/ogg",
        ".oga": "audio/ogg", ".wav": "audio/wav", ".mp4": "video/mp4", ".m4v": "video/mp4",
        ".webm": "video/webm", ".ogv": "video/ogg", ".woff": "font/woff", ".woff2": "font/woff2",
        ".ttf": "font/ttf", ".otf": "font/otf", ".eot": "application/vnd.ms-fontobject",
        ".pdf": "application/pdf", ".wasm": "application/wasm", ".map": "application/json",
    }
)  # fmt: skip
DOWNLOAD: Final = "application/octet-stream"

#: Archives inside an archive are not looked into, so they do not come in (a bomb can hide one level down).
NESTED_ENDINGS: Final = frozenset(
    {
        ".zip", ".zipx", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".tbz", ".xz", ".txz", ".zst",
        ".lz", ".lzma", ".cab", ".arj", ".jar", ".war", ".ear",
    }
)  # fmt: skip
#: What a server runs, also when another ending follows.
SERVER_ENDINGS: Final = frozenset(
    {
        ".php", ".php3", ".php4", ".php5", ".php7", ".php8", ".phps", ".pht", ".phtml", ".phar", ".asp",
        ".aspx", ".ashx", ".asmx", ".cer", ".jsp", ".jspx", ".jspf", ".cgi", ".pl", ".py", ".rb",
        ".shtml", ".shtm", ".stm",
    }
)  # fmt: skip
#: What a desktop runs.
DESKTOP_ENDINGS: Final = frozenset(
    {
        ".pyc", ".sh", ".bash", ".ps1", ".psm1", ".bat", ".cmd", ".com", ".exe", ".dll", ".so", ".dylib",
        ".msi", ".msp", ".scr", ".pif", ".cpl", ".hta", ".lnk", ".url", ".reg", ".vbs", ".vbe", ".wsf",
        ".wsh", ".jse", ".app", ".apk", ".dmg", ".iso", ".deb", ".rpm", ".swf", ".class", ".chm", ".inf",
        ".sys", ".docm", ".xlsm", ".pptm",
    }
)  # fmt: skip
_FORBIDDEN_NAMES: Final = frozenset({".htaccess", ".htpasswd", ".user.ini", "web.config", ".env"})
#: What file managers leave behind; it is passed over and not kept.
_LEFTOVERS: Final = frozenset({"thumbs.db", "desktop.ini", ".ds_store", ".gitignore", ".gitattributes"})
_LEFTOVER_FOLDERS: Final = frozenset({"__macosx", ".git", ".svn"})
_DEVICES: Final = frozenset(
    ["con", "prn", "aux", "nul", "conin$", "conout$"]
    + [f"{name}{number}" for name in ("com", "lpt") for number in "123456789¹²³"]
)
_UNUSABLE: Final = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_LONGEST_PART_BYTES: Final = 200
_LONGEST_NAME_BYTES: Final = 400


def faults_of_name(name: str, *, depth: int) -> Iterator[tuple[str, str]]:
    """What is wrong with an entry's name: (code, reason in Vietnamese); nothing when it is sound.

    Args:
        depth: most folders in a path.
    """
    path = name.removesuffix("/")
    parts = path.split("/")
    yield from _faults_of_place(path, parts)
    if len(parts) > depth:
        yield "H04", f"nằm sâu hơn {depth} thư mục"
    if len(path.encode()) > _LONGEST_NAME_BYTES or any(
        len(part.encode()) > _LONGEST_PART_BYTES for part in parts
    ):
        yield "H05", "tên quá dài"
    if any(_is_unusable(part) for part in parts):
        yield "H06", "tên có ký tự không dùng được, hoặc tên thiết bị của Windows"
    if not name.endswith("/"):
        yield from _faults_of_ending(parts[-1])


def is_leftover(name: str) -> bool:
    """Whether a file manager left it behind."""
    parts = [part.casefold() for part in name.split("/")]
    return (
        parts[-1] in _LEFTOVERS or parts[-1].startswith("._") or not _LEFTOVER_FOLDERS.isdisjoint(parts[:-1])
    )


def same_for_a_disk(name: str) -> str:
    """Names that some disk takes for one have the same form: case and composed letters do not count."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def media_type_of(name: str) -> str:
    """For the Content-Type; `DOWNLOAD` for what a browser shall not show."""
    return SHOWN_TYPES.get(PurePosixPath(name).suffix.lower(), DOWNLOAD)


def colliding_names(names: Iterable[str]) -> list[tuple[str, str]]:
    """Pairs of names that are one on some disk, and files that are folders of others as well."""
    seen: dict[str, str] = {}
    found = []
    listed = list(names)
    for name in listed:
        form = same_for_a_disk(name)
        if form in seen:
            found.append((seen[form], name))
        seen.setdefault(form, name)
    for name in listed:
        folders = same_for_a_disk(name).split("/")[:-1]
        above = ("/".join(folders[: count + 1]) for count in range(len(folders)))
        found += [(seen[one], name) for one in above if one in seen]
    return found


def _faults_of_place(path: str, parts: list[str]) -> Iterator[tuple[str, str]]:
    if "\\" in path:
        yield "H02", "đường dẫn dùng dấu \\ thay cho /"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        yield "H01", "đường dẫn tuyệt đối"
    elif not path or any(part in {"", ".", ".."} for part in parts):
        yield "H01", "đường dẫn thoát ra ngoài gói"


def _is_unusable(part: str) -> bool:
    stem = part.partition(".")[0].rstrip(" ").casefold()
    return (
        bool(_UNUSABLE.search(part))
        or part.endswith((" ", "."))
        or stem in _DEVICES
        or any(unicodedata.category(letter) in _INVISIBLE for letter in part)
    )


def _faults_of_ending(file_name: str) -> Iterator[tuple[str, str]]:
    lower = unicodedata.normalize("NFKC", file_name).casefold()
    endings = PurePosixPath(lower).suffixes
    last = endings[-1] if endings else ""
    if lower in _FORBIDDEN_NAMES or last in DESKTOP_ENDINGS or not SERVER_ENDINGS.isdisjoint(endings):
        yield "H07", "loại tệp chạy được trên máy chủ hoặc máy người học"
    elif last in NESTED_ENDINGS:
        yield "H08", "gói nén nằm trong gói nén"
