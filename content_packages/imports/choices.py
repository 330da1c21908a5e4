"""What whoever brings a file in says about it (pure)."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Self

import msgspec

from content_packages.formats.imported import slug_of
from content_packages.import_errors import ImportChoiceRefused

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LONGEST_SLUG = 60
AREAS = (
    "quan-diem-chu-truong",
    "cai-cach-the-che",
    "cai-cach-thu-tuc-hanh-chinh",
    "cai-cach-bo-may",
    "cai-cach-che-do-cong-vu",
    "cai-cach-tai-chinh-cong",
    "chinh-phu-dien-tu-chinh-phu-so",
)


@dataclass(frozen=True)
class ImportChoices:
    """How the questions of a file become a package.

    Attributes:
        package_id: slug; a package of that id that was itself imported gets a new version.
        title: of the package.
        area: subject area, one of `AREAS`.
        source: `ref` of the document that the questions rest on when they name none.
        source_date: its date; with one it is law that can expire, without it is another source.
        leave_out_broken: publish without the questions that have errors.
    """

    package_id: str
    title: str
    area: str
    source: str
    source_date: date | None = None
    source_title: str = ""
    leave_out_broken: bool = False

    def check(self) -> Self:
        """The choices themselves.

        Raises:
            ImportChoiceRefused: a field is empty or has another form.
        """
        if not _SLUG.fullmatch(self.package_id) or len(self.package_id) > _LONGEST_SLUG:
            raise ImportChoiceRefused(
                "The package id is made of a-z, 0-9 and single hyphens.", field="package_id"
            )
        if len(self.title.strip()) < 3:
            raise ImportChoiceRefused("The title has at least three letters.", field="title")
        if self.area not in AREAS:
            raise ImportChoiceRefused(f"The area is one of {', '.join(AREAS)}.", field="area")
        if not self.source.strip():
            raise ImportChoiceRefused("Every question names its source.", field="source")
        return self

    def to_json(self) -> str:
        """For the table."""
        return msgspec.json.encode(self).decode()

    @classmethod
    def from_json(cls, text: str) -> Self:
        """From the table."""
        return msgspec.json.decode(text, type=cls)


def first_choices(file_name: str) -> ImportChoices:
    """What the form begins with: names from the file's name, the rest empty."""
    words = file_name.rpartition(".")[0] or file_name
    return ImportChoices(package_id=slug_of(words), title=words, area=AREAS[0], source="")
