"""Writes files so that no reader meets half of one: beside the old one, read back, then moved over it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from sync.analysis.errors import AnalysisFileBroken, AnalysisFolderRefused
from sync.analysis.schemas import FORMAT

MANIFEST: Final = "manifest.json"
#: Rows per row group.
_GROUP: Final = 100_000


class CheckedWriter:
    """Writes one Parquet file; nobody sees it before `finish`."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self.rows = 0
        self._path = path
        self._schema = schema
        self._hidden = path.with_name(f".{path.name}.new")
        self._writer = pq.ParquetWriter(self._hidden, schema, compression="zstd")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        #: Of the first column: what must come back.
        self._sum = 0

    def write(self, table: pa.Table) -> None:
        """Adds rows; they are written in groups."""
        self._waiting.append(table)
        self._waiting_rows += table.num_rows
        if self._waiting_rows >= _GROUP:
            self._flush()

    def finish(self) -> int:
        """Reads the file back and puts it in its place; returns its rows.

        Raises:
            AnalysisFileBroken: what came back is not what went in; the old file stays.
        """
        self._flush()
        self._writer.close()
        again = pq.read_table(self._hidden, columns=[self._schema.names[0]])
        if (again.num_rows, _sum_of_first(again)) != (self.rows, self._sum):
            raise AnalysisFileBroken(f"{self._path.name} does not read back as it was written.")
        self._hidden.replace(self._path)
        return self.rows

    def abandon(self) -> None:
        """Takes back what was written so far."""
        self._writer.close()
        self._hidden.unlink(missing_ok=True)

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting).unify_dictionaries()
        self._writer.write_table(table)
        self.rows += table.num_rows
        self._sum += _sum_of_first(table)
        self._waiting, self._waiting_rows = [], 0


@contextmanager
def abandoning(writers: dict[Any, CheckedWriter]) -> Iterator[None]:
    """Takes half-written files away when something fails."""
    try:
        yield
    except BaseException:
        for writer in writers.values():
            writer.abandon()
        raise


def write_whole(path: Path, table: pa.Table) -> int:
    """One table as one file; returns its rows."""
    writer = CheckedWriter(path, table.schema)
    with abandoning({path: writer}):
        writer.write(table)
        return writer.finish()


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """What the last export wrote down; `None` in an empty folder.

    Raises:
        AnalysisFolderRefused: the folder holds something else.
    """
    path = folder / MANIFEST
    if not path.exists():
        if folder.exists() and any(folder.iterdir()):
            raise AnalysisFolderRefused(f"{folder} is not empty and holds no export: name another folder.")
        return None
    try:
        manifest = json.loads(path.read_text())
    except ValueError as broken:
        raise AnalysisFolderRefused(f"{path} is no JSON.") from broken
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise AnalysisFolderRefused(
            f"{path} is of another format than {FORMAT}: export into an empty folder."
        )
    return manifest


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Written last: an export without it is not finished."""
    hidden = folder / f".{MANIFEST}.new"
    hidden.write_text(json.dumps({"format": FORMAT, **manifest}, indent=1, sort_keys=True))
    hidden.replace(folder / MANIFEST)


def _sum_of_first(table: pa.Table) -> int:
    first = table.column(0)
    if not pa.types.is_integer(first.type):
        return int(pc.sum(pc.utf8_length(first)).as_py() or 0)
    return int(pc.sum(first).as_py() or 0)
