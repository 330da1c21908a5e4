"""Pictures and other files that a module shows: named by their content, so that a version never changes."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

#: Kinds that a page shows without running anything; SVG is left out because it can carry scripts.
MEDIA_TYPES = {
    ".webp": "image/webp",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".webm": "video/webm",
    ".vtt": "text/vtt",
}
LARGEST_FILE_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True)
class MediaFile:
    """One file of a version.

    Attributes:
        name: `<sha256>.<ending>`, its name on every page.
    """

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class MediaProblem:
    """Why a file cannot be shown."""

    code: str
    message: str


def read_media(module_folder: Path, address: str) -> MediaFile | MediaProblem:
    """The file at `media/…` beside a module, or what is wrong with it."""
    path = (module_folder / address).resolve()
    if not address.startswith("media/") or not path.is_relative_to((module_folder / "media").resolve()):
        return MediaProblem("A002", f"“{address}” phải nằm trong thư mục media/ của chuyên đề")
    if not path.is_file():
        return MediaProblem("A002", f"không có tệp “{address}”")
    media_type = MEDIA_TYPES.get(path.suffix.lower())
    if media_type is None:
        return MediaProblem("A003", f"“{address}”: chỉ nhận {', '.join(MEDIA_TYPES)}")
    content = path.read_bytes()
    if len(content) > LARGEST_FILE_BYTES:
        return MediaProblem("A003", f"“{address}” lớn hơn {LARGEST_FILE_BYTES // 2**20} MB")
    return MediaFile(media_name(content, path.suffix.lower()), media_type, content)


def media_name(content: bytes, ending: str) -> str:
    """Name of a file on every page: what it holds decides, so a name never means two things."""
    return f"{hashlib.sha256(content).hexdigest()}{ending}"
