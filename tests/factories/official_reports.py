"""Figures of reports that no database made: any number of units, valid by default."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime

from sync.official_reports.collecting import definitions
from sync.official_reports.figures import (
    ClassLine,
    Counts,
    FormLine,
    LevelLine,
    ListedPerson,
    MovedLine,
    MovedPerson,
    NeedLine,
    PartLine,
    ReportFigures,
    ReportHead,
    TestLine,
    TopicLine,
    UnitLine,
    YearLine,
)
from sync.official_reports.forms import ReportForm
from sync.official_reports.topics import AREAS, SKILLS

MADE_AT = datetime(2026, 12, 15, 2, 5, tzinfo=UTC)


def make_head(**changes) -> ReportHead:
    head = ReportHead(
        unit_id=8,
        unit_name="Ủy ban nhân dân tỉnh Tuyên Quang",
        unit_code="08",
        unit_level="province",
        above_name="",
        form=ReportForm.ANNUAL,
        year=2026,
        calendar="official",
        first_day=date(2025, 12, 15),
        last_day=date(2026, 12, 14),
        on=date(2026, 12, 14),
        made_at=MADE_AT,
        waiting=0,
        population_code="qd905-can-bo-cong-chuc",
        population_version=1,
        population_title="Cán bộ, công chức thực hiện công tác cải cách hành chính",
        target_percent=95,
        target_due_on=date(2030, 12, 31),
        exceeds=True,
    )
    return replace(head, **changes)


def make_counts(chance: random.Random) -> Counts:
    can_bo, cong_chuc, vien_chuc = chance.randint(0, 4), chance.randint(1, 9), chance.randint(0, 3)
    people = can_bo + cong_chuc
    accessed = chance.randint(0, people)
    trained = chance.randint(0, accessed)
    period = chance.randint(0, people)
    return Counts(can_bo, cong_chuc, vien_chuc, people, accessed, trained, period, period * 2)


def make_figures(units: int = 12, *, seed: int = 1, **changes) -> ReportFigures:
    """A report with so many units directly below; their counts sum to the total."""
    chance = random.Random(seed)
    lines = tuple(
        UnitLine(100 + n, f"{2500 + n:05}", f"Xã Tân Trào {n}", "commune", 1, make_counts(chance))
        for n in range(units)
    )
    own = make_counts(chance)
    communes = sum((one.counts for one in lines), Counts())
    values = {
        "head": make_head(),
        "total": own + communes,
        "own": own,
        "units": lines,
        "levels": (LevelLine("province", own), LevelLine("commune", communes)),
        "years": (YearLine(2026, date(2026, 12, 14), own + communes, False, communes.trained),),
        "topics": tuple(
            TopicLine(code, title, known is SKILLS, True, chance.randint(0, 3), chance.randint(0, 400), 90)
            for known in (AREAS, SKILLS)
            for code, title in known.items()
        ),
        "forms": (FormLine("in-class", 120, 200), FormLine("self-paced", 300, 900)),
        "classes": (
            ClassLine(
                "Tập huấn nghiệp vụ một cửa cho công chức cấp xã",
                "in-class",
                date(2026, 5, 12),
                960,
                "Hội trường tỉnh; Điểm cầu xã Tân Trào",
                "ThS. Nguyễn Văn Mẫu",
                45_000_000,
                (("province", 24), ("commune", 172)),
            ),
            ClassLine("Hội thảo chuyển đổi số", "workshop", date(2026, 9, 3), 240, "", "", None, ()),
        ),
        "tests": (TestLine(100, "Xã Tân Trào 0", (12, 20, 31, 4), 4650.0),),
        "commended": (ListedPerson("nguoi-001", "Xã Tân Trào 0", 98.0, "Kiểm tra 2026: hạng 1/67 của cấp"),),
        "recommended": (ListedPerson("nguoi-002", "Xã Tân Trào 1", 31.5, "Kiểm tra 2026: Một cửa"),),
        "needs": (
            NeedLine("commune", "Cải cách thể chế", 1204),
            NeedLine("province", "Cải cách thể chế", 40),
        ),
        "moved": (MovedLine("Ủy ban nhân dân tỉnh Tuyên Quang", 3, 451), MovedLine("Xã Tân Trào 1", 3, 0)),
        "moved_people": (MovedPerson("nguoi-003", "Xã Tân Trào 1", date(2026, 3, 1), date(2026, 8, 1)),),
        "parts": tuple(PartLine(one.unit_id, one.name, "missing", date(2026, 12, 17)) for one in lines[:3]),
        "definitions": definitions(),
    }
    return ReportFigures(**(values | changes))
