"""Who plays the day: made-up officials in real units, and what each of them does with each module."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from sync.organization.models import OPEN_END

_HA_NOI: Final = ZoneInfo("Asia/Ho_Chi_Minh")
#: First day of the new provinces and communes, and first day without districts.
TWO_LEVELS: Final = date(2025, 7, 1)
#: First day of the merged ministries.
MERGED_MINISTRIES: Final = date(2025, 3, 1)


class Study(StrEnum):
    """How far somebody gets with a module."""

    #: Opens it and reads the first section.
    START = "start"
    #: Works through it and fails the quiz.
    FAIL = "fail"
    #: Works through it and passes the quiz.
    PASS = "pass"  # noqa: S105 - not a password
    #: Works through it and knows everything.
    EXCEL = "excel"


#: Places of the questions that one does not know in a quiz.
UNKNOWN_QUESTIONS: Final = {
    Study.FAIL: frozenset({2, 3, 5, 6, 8, 9}),
    Study.PASS: frozenset({7}),
    Study.EXCEL: frozenset[int](),
}


@dataclass(frozen=True)
class UnitKey:
    """A unit as the official lists name it, on its first day in office."""

    scheme: str
    code: str
    on: date


@dataclass(frozen=True)
class LocalUnit:
    """A department that no official list has; the installation enters it under its parent."""

    code: str
    level: str
    kind: str
    name: str
    parent: UnitKey


@dataclass(frozen=True)
class Post:
    """An appointment, half-open like the units."""

    unit: UnitKey
    valid_from: date
    valid_to: date = OPEN_END


@dataclass(frozen=True)
class EarlierRecord:
    """Something that the system in use before the LMS has on record: a module by its place in the outline."""

    module: int
    begun_at: datetime
    completed_at: datetime


@dataclass(frozen=True)
class Official:
    """Somebody who learns.

    Attributes:
        studies: what happens with the first, second … module of the package; fewer than modules is fine.
    """

    username: str
    staff_code: str
    family_name: str
    given_name: str
    affiliation: str
    posts: tuple[Post, ...]
    studies: tuple[Study, ...]
    earlier: tuple[EarlierRecord, ...] = ()

    @property
    def full_name(self) -> str:
        """Vietnamese order."""
        return f"{self.family_name} {self.given_name}"


_MINISTRY: Final = UnitKey("TW", "bo-noi-vu", MERGED_MINISTRIES)
_PROVINCE: Final = UnitKey("QD19/2025", "08", TWO_LEVELS)
_DISTRICT: Final = UnitKey("QD124/2004", "026", date(2022, 11, 17))

REFORM_DEPARTMENT: Final = LocalUnit(
    "bnv-vu-cchc", "central", "vu", "Vụ Cải cách hành chính", parent=_MINISTRY
)
HOME_AFFAIRS: Final = LocalUnit(
    "08-so-noi-vu", "province", "so", "Sở Nội vụ tỉnh Tuyên Quang", parent=_PROVINCE
)
LOCAL_UNITS: Final = (REFORM_DEPARTMENT, HOME_AFFAIRS)

_AT_MINISTRY: Final = Post(UnitKey("LOCAL", REFORM_DEPARTMENT.code, MERGED_MINISTRIES), MERGED_MINISTRIES)
_AT_PROVINCE: Final = Post(UnitKey("LOCAL", HOME_AFFAIRS.code, TWO_LEVELS), TWO_LEVELS)
_AT_DISTRICT: Final = Post(_DISTRICT, date(2023, 1, 1), TWO_LEVELS)


def _at_commune(code: str) -> Post:
    return Post(UnitKey("QD19/2025", code, TWO_LEVELS), TWO_LEVELS)


def _moment(year: int, month: int, day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=_HA_NOI)


_VU = "Vụ Cải cách hành chính, Bộ Nội vụ"
_SO = "Sở Nội vụ tỉnh Tuyên Quang"

CENTRAL: Final = (
    Official(
        "hoa.tt",
        "BNV-0101",
        "Trần Thị",
        "Hoa",
        _VU,
        (_AT_MINISTRY,),
        (Study.EXCEL, Study.PASS, Study.EXCEL, Study.PASS),
    ),
    Official("long.nh", "BNV-0102", "Nguyễn Hoàng", "Long", _VU, (_AT_MINISTRY,), (Study.PASS, Study.START)),
    Official("trang.pt", "BNV-0103", "Phạm Thu", "Trang", _VU, (_AT_MINISTRY,), (Study.PASS,)),
)
PROVINCE: Final = (
    Official(
        "huyen.htt",
        "TQ-0201",
        "Hoàng Thị Thanh",
        "Huyền",
        _SO,
        (_AT_PROVINCE,),
        (Study.PASS, Study.PASS, Study.FAIL, Study.START),
    ),
    Official("thang.vd", "TQ-0202", "Vũ Đức", "Thắng", _SO, (_AT_PROVINCE,), (Study.PASS,)),
    Official("chien.mv", "TQ-0203", "Ma Văn", "Chiến", _SO, (_AT_PROVINCE,), (Study.FAIL,)),
    Official("mai.lt", "TQ-0204", "Lý Thị", "Mai", _SO, (_AT_PROVINCE,), (Study.START,)),
)
FORMER_DISTRICT: Final = (
    Official(
        "pao.la",
        "TQ-0301",
        "Lý A",
        "Páo",
        "UBND xã Đồng Văn (đến 30/6/2025: huyện Đồng Văn)",
        (_AT_DISTRICT, _at_commune("00721")),
        (Study.START, Study.EXCEL),
        (EarlierRecord(0, _moment(2024, 3, 11, 8), _moment(2024, 3, 15, 10, 30)),),
    ),
    Official(
        "my.vt",
        "TQ-0302",
        "Vàng Thị",
        "Mỷ",
        "UBND xã Phó Bảng (đến 30/6/2025: huyện Đồng Văn)",
        (_AT_DISTRICT, _at_commune("00745")),
        (Study.START,),
        (
            EarlierRecord(0, _moment(2024, 4, 2, 14), _moment(2024, 4, 4, 16, 15)),
            EarlierRecord(1, _moment(2024, 9, 9, 9), _moment(2024, 9, 12, 11)),
        ),
    ),
    Official(
        "sinh.sm",
        "TQ-0303",
        "Sùng Mí",
        "Sính",
        "UBND xã Sà Phìn (đến 30/6/2025: huyện Đồng Văn)",
        (_AT_DISTRICT, _at_commune("00733")),
        (Study.FAIL,),
        (EarlierRecord(1, _moment(2024, 10, 7, 8, 30), _moment(2024, 10, 10, 15, 45)),),
    ),
)
COMMUNES: Final = (
    Official(
        "lan.dt",
        "TQ-0401",
        "Đỗ Thị",
        "Lan",
        "UBND phường Minh Xuân, tỉnh Tuyên Quang",
        (_at_commune("02215"),),
        (Study.PASS, Study.EXCEL, Study.PASS),
    ),
    Official(
        "quan.nv",
        "TQ-0402",
        "Nguyễn Văn",
        "Quân",
        "UBND phường Hà Giang 1, tỉnh Tuyên Quang",
        (_at_commune("00694"),),
        (Study.PASS,),
    ),
    Official(
        "dung.hv",
        "TQ-0403",
        "Hoàng Văn",
        "Dũng",
        "UBND xã Sơn Dương, tỉnh Tuyên Quang",
        (_at_commune("02536"),),
        (Study.START,),
    ),
    Official(
        "bich.nt",
        "TQ-0404",
        "Nông Thị",
        "Bích",
        "UBND xã Tân Trào, tỉnh Tuyên Quang",
        (_at_commune("02545"),),
        (Study.PASS,),
    ),
)
OFFICIALS: Final = (*CENTRAL, *PROVINCE, *FORMER_DISTRICT, *COMMUNES)
