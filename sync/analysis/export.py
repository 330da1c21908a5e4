"""Writes facts, dimensions and counts as Parquet; writing again changes only what changed.

Call it in one snapshot of the database, so that all files speak of the same instant.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
from sqlalchemy import case, extract, func, or_, select
from sqlalchemy.orm import Session

from sync.analysis.files import CheckedWriter, abandoning, read_manifest, write_manifest, write_whole
from sync.analysis.reading import (
    COUNT_SOURCES,
    DIMENSION_SOURCES,
    FACTS_SOURCE,
    ModuleKeys,
    read_slices,
    read_whole,
)
from sync.analysis.schemas import COUNTS, DIMENSIONS, FACT_SCHEMA, FACTS, MODULE_SCHEMA
from sync.bookmarks import find_bookmark
from sync.rollups.dirty import ROLLUPS, count_dirty_keys
from sync.rollups.models import LearningFact

#: Changed months that are asked for by name; when more changed, the table is read whole.
_FEW_MONTHS: Final = 24


@dataclass(frozen=True)
class AnalysisExport:
    """What one export did.

    Attributes:
        facts: facts in all months.
        months_written: months whose file is new.
        months_kept: months that had not changed.
        months_removed: months that have no fact any more.
        marks: people's modules that wait to be counted again; until then facts and counts may differ.
    """

    facts: int
    months_written: tuple[str, ...]
    months_kept: int
    months_removed: tuple[str, ...]
    marks: int


def export_analysis(session: Session, folder: Path) -> AnalysisExport:
    """Brings the folder to what the database holds.

    A month is written again, whole, when its facts changed: new ones, late ones, voided ones, erased ones.
    Dimensions and counts are small and are written every time.

    Raises:
        AnalysisFolderRefused: the folder holds something else.
        AnalysisFileBroken: a file did not read back; the old one stays.
    """
    before = read_manifest(folder) or {}
    folder.mkdir(parents=True, exist_ok=True)
    kept: Mapping[str, Any] = before.get("months", {})
    months = _fingerprints(session)
    changed = sorted(
        month
        for month, print_ in months.items()
        if kept.get(month) != print_ or not month_file(folder, month).exists()
    )
    gone = tuple(sorted(kept.keys() - months.keys()))
    keys = ModuleKeys()
    _write_facts(session, folder, changed, keys, whole=len(changed) == len(months))
    for month in gone:
        month_file(folder, month).unlink(missing_ok=True)
    _write_tables(session, folder, keys)
    bookmark = find_bookmark(session, ROLLUPS)
    marks = count_dirty_keys(session)
    write_manifest(folder, {"months": months, "marks": marks, **describe_bookmark(bookmark)})
    facts = sum(print_["facts"] for print_ in months.values())
    return AnalysisExport(facts, tuple(changed), len(months) - len(changed), gone, marks)


def month_file(folder: Path, month: str) -> Path:
    """The file of one month, `202611`."""
    return folder / FACTS / f"ym={month}" / "part-0.parquet"


def describe_bookmark(bookmark: Any) -> dict[str, Any]:
    """How far the counts are: equal descriptions mean equal counts."""
    updated_at = bookmark.updated_at.isoformat() if bookmark and bookmark.updated_at else None
    return {"last_seq": bookmark.last_seq if bookmark else 0, "counted_at": updated_at}


def _month_number() -> Any:
    day = LearningFact.occurred_on
    return extract("year", day) * 100 + extract("month", day)


def _fingerprints(session: Session) -> dict[str, dict[str, int]]:
    """Month -> figures that change when a fact of it comes, goes or is voided."""
    month = _month_number()
    rows = session.execute(
        select(
            month,
            func.count(),
            func.sum(LearningFact.seq % 1_000_003),
            func.max(LearningFact.seq),
            func.sum(case((LearningFact.voided, LearningFact.seq % 1_000_003 + 1), else_=0)),
        ).group_by(month)
    )
    return {
        f"{int(number):06}": {
            "facts": facts,
            "places": int(places),
            "last_seq": int(last),
            "voided": int(voided),
        }
        for number, facts, places, last, voided in rows
    }


def _write_facts(session: Session, folder: Path, months: list[str], keys: ModuleKeys, *, whole: bool) -> None:
    """One pass over the facts, each to the file of its month."""
    if not months:
        return
    writers: dict[str, CheckedWriter] = {}
    only = [] if whole or len(months) > _FEW_MONTHS else [_in_months(months)]
    with abandoning(writers):
        for part in read_slices(session, FACTS_SOURCE, keys, *only):
            for month, rows in _by_month(part).items():
                if month not in months:
                    continue
                if month not in writers:
                    writers[month] = CheckedWriter(month_file(folder, month), FACT_SCHEMA)
                writers[month].write(rows)
        for writer in writers.values():
            writer.finish()


def _in_months(months: list[str]) -> Any:
    return or_(*(_month_number() == int(month) for month in months))


def _by_month(part: pa.Table) -> dict[str, pa.Table]:
    day = part.column("occurred_on")
    number = pc.add(pc.multiply(pc.year(day), 100), pc.month(day))
    return {f"{month.as_py():06}": part.filter(pc.equal(number, month)) for month in pc.unique(number)}


def _write_tables(session: Session, folder: Path, keys: ModuleKeys) -> None:
    for name, source in COUNT_SOURCES.items():
        write_whole(folder / COUNTS / f"{name}.parquet", read_whole(session, source, keys))
    for name, source in DIMENSION_SOURCES.items():
        write_whole(folder / DIMENSIONS / f"{name}.parquet", read_whole(session, source, keys))
    iris = session.scalars(select(LearningFact.module_iri).distinct()).all()
    listed = {iri: keys[iri] for iri in sorted({*iris, *keys})}
    modules = pa.table(
        {"module_key": list(listed.values()), "module_iri": list(listed)}, schema=MODULE_SCHEMA
    )
    write_whole(folder / DIMENSIONS / "modules.parquet", modules)
