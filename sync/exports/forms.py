"""The three forms of a file: how one part is written, and how parts become one file."""

import os
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import pyarrow as pa
import pyarrow.parquet as pq

from sync.calendars import VIET_NAM
from sync.csv_files import Cell, write_csv
from sync.exports.rows import Account, ExportRow, KnownPerson, flatten, one_line
from xapi_bridge.store.follow import StoredStatement

Form = Literal["ndjson", "csv", "parquet"]
People = Mapping[Account, KnownPerson]

MEDIA_TYPES: Final[dict[str, str]] = {
    "ndjson": "application/x-ndjson",
    "csv": "text/csv; charset=utf-8",
    "parquet": "application/vnd.apache.parquet",
}

#: Column of a CSV file, and the field of ExportRow that stands in it.
_CSV_COLUMNS: Final = (
    ("Vào kho lúc", "stored"),
    ("Thời điểm", "timestamp"),
    ("Mã ẩn danh", "actor"),
    ("Họ tên", "full_name"),
    ("Mã cán bộ", "staff_code"),
    ("Nền tảng", "home_page"),
    ("Động từ (IRI)", "verb"),
    ("Hoạt động (IRI)", "activity"),
    ("Tên hoạt động", "activity_name"),
    ("Đạt", "success"),
    ("Hoàn thành", "completion"),
    ("Điểm (-1 đến 1)", "score_scaled"),
    ("Điểm thô", "score_raw"),
    ("Thời lượng", "duration"),
    ("Lượt ghi danh", "registration"),
    ("Nguồn", "authority"),
    ("Đã hủy", "voided"),
    ("Mã bản ghi", "statement_id"),
)
_NAMES: Final = frozenset({"full_name", "staff_code"})

_PARQUET_TYPES: Final = {
    "stored": pa.timestamp("us", tz="UTC"),
    "timestamp": pa.timestamp("us", tz="UTC"),
    "success": pa.bool_(),
    "completion": pa.bool_(),
    "voided": pa.bool_(),
    "score_scaled": pa.float64(),
    "score_raw": pa.float64(),
}


@dataclass(frozen=True)
class Part:
    """What goes into one part."""

    statements: Sequence[StoredStatement]
    people: People
    with_names: bool


def write_part(form: str, part: Part, path: Path) -> None:
    """Writes the part under a name for the moment, makes it safe on disk, and only then gives it its name."""
    write_safely(path, lambda unfinished: _WRITERS[form](part, unfinished))


def join_parts(form: str, parts: Iterable[Path], path: Path, *, with_names: bool) -> None:
    """One file of all parts, in their order; a form without parts still is a valid, empty file."""
    if form == "parquet":
        write_safely(path, lambda unfinished: _join_parquet(parts, unfinished, with_names=with_names))
        return
    front = b"" if form == "ndjson" else _csv_bytes((), with_names=with_names)
    write_safely(path, lambda unfinished: _join_bytes(front, parts, unfinished))


def write_safely(path: Path, write: Callable[[Path], object]) -> None:
    """Lets `write` fill a file and puts it into its place: after a power cut it is whole, or not there."""
    unfinished = path.with_name(path.name + ".unfinished")
    write(unfinished)
    with unfinished.open("rb") as written:
        os.fsync(written.fileno())
    unfinished.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def csv_header(*, with_names: bool) -> tuple[str, ...]:
    """The first row."""
    return tuple(title for title, field in _CSV_COLUMNS if with_names or field not in _NAMES)


def _write_ndjson(part: Part, path: Path) -> None:
    with path.open("wb") as out:
        for stored in part.statements:
            out.write(one_line(stored.payload, with_names=part.with_names) + b"\n")


def _write_csv(part: Part, path: Path) -> None:
    rows = flatten(part.statements, part.people, with_names=part.with_names)
    whole = _csv_bytes(rows, with_names=part.with_names)
    # The header stands once, at the beginning of the joined file.
    path.write_bytes(whole[len(_csv_bytes((), with_names=part.with_names)) :])


def _csv_bytes(rows: Sequence[ExportRow], *, with_names: bool) -> bytes:
    shown = [field for _, field in _CSV_COLUMNS if with_names or field not in _NAMES]
    cells = ([_cell(getattr(row, field)) for field in shown] for row in rows)
    return write_csv(csv_header(with_names=with_names), cells)


def _cell(value: datetime | bool | str | float | None) -> Cell:
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, datetime):
        return value.astimezone(VIET_NAM).strftime("%Y-%m-%d %H:%M:%S")
    return value


def _schema(*, with_names: bool) -> pa.Schema:
    named = [one.name for one in fields(ExportRow) if with_names or one.name not in _NAMES]
    return pa.schema([(name, _PARQUET_TYPES.get(name, pa.string())) for name in named])


def _write_parquet(part: Part, path: Path) -> None:
    rows = flatten(part.statements, part.people, with_names=part.with_names)
    schema = _schema(with_names=part.with_names)
    table = pa.Table.from_pylist([asdict(row) for row in rows], schema=schema)
    pq.write_table(table, path, compression="zstd")


def _join_parquet(parts: Iterable[Path], path: Path, *, with_names: bool) -> None:
    with pq.ParquetWriter(path, _schema(with_names=with_names), compression="zstd") as writer:
        for part in parts:
            writer.write_table(pq.read_table(part))


def _join_bytes(front: bytes, parts: Iterable[Path], path: Path) -> None:
    with path.open("wb") as out:
        out.write(front)
        for part in parts:
            with part.open("rb") as source:
                shutil.copyfileobj(source, out, length=1024 * 1024)


_WRITERS: Final[dict[str, Callable[[Part, Path], None]]] = {
    "ndjson": _write_ndjson,
    "csv": _write_csv,
    "parquet": _write_parquet,
}
