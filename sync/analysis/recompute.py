"""Makes all counts once more from the exported files, on DuckDB, and holds them against the tables."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy.orm import Session

from sync.analysis.errors import AnalysisExportOutdated, AnalysisFolderRefused, AnalyticsMissing
from sync.analysis.export import describe_bookmark
from sync.analysis.files import read_manifest
from sync.analysis.reading import CELLS_SOURCE, STATES_SOURCE, ModuleKeys, Source, read_whole
from sync.bookmarks import find_bookmark
from sync.rollups.dirty import ROLLUPS, count_dirty_keys

if TYPE_CHECKING:
    from sync.analysis.expressions import AnalysisTables

_MOST_SHOWN: Final = 10


@dataclass(frozen=True)
class Checksum:
    """How many rows, and a number that differs when one of them does."""

    rows: int
    total: int

    def __str__(self) -> str:
        return f"{self.rows}:{self.total}"


@dataclass(frozen=True)
class TableComparison:
    """One table of counts.

    Attributes:
        table: state or counts, as `sync.rollups.verify` calls them.
        recomputed: by the other engine.
        kept: of the incremental table.
        differences: the first rows that only one of them has.
    """

    table: str
    recomputed: Checksum
    kept: Checksum
    differences: tuple[str, ...]

    @property
    def agrees(self) -> bool:
        """Whether both hold the same."""
        return self.recomputed == self.kept and not self.differences


@dataclass(frozen=True)
class Recomputed:
    """Expressions of one engine, the states computed once."""

    tables: "AnalysisTables"
    states: Any
    cells: Any


def recompute_on_duckdb(folder: Path, *, connection: Any = None) -> Recomputed:
    """States and cells from an exported folder.

    Raises:
        AnalyticsMissing: the extra is not installed.
        AnalysisFolderRefused: the folder holds no export.
    """
    ibis, expressions = _analytics()
    if read_manifest(folder) is None:
        raise AnalysisFolderRefused(f"{folder} holds no finished export. Run: cchc analysis export {folder}")
    opened = connection or ibis.duckdb.connect()
    tables = expressions.read_tables(opened, folder)
    states = opened.create_table("recomputed_states", expressions.module_states(tables), temp=True)
    cells = opened.create_table("recomputed_cells", expressions.unit_cells(states, tables), temp=True)
    return Recomputed(tables, states, cells)


def compare_with_tables(session: Session, folder: Path) -> tuple[TableComparison, TableComparison]:
    """States and cells by DuckDB against those of the incremental tables.

    Call it in one snapshot.

    Raises:
        AnalyticsMissing: the extra is not installed.
        AnalysisFolderRefused: the folder holds no export.
        AnalysisExportOutdated: the counts went on since the export, or wait to go on.
    """
    ibis, expressions = _analytics()
    _require_same_instant(session, folder)
    connection = ibis.duckdb.connect()
    again = recompute_on_duckdb(folder, connection=connection)
    keys = ModuleKeys()
    return (
        _compare(session, connection, "state", again.states, STATES_SOURCE, keys, expressions.state_checksum),
        _compare(session, connection, "counts", again.cells, CELLS_SOURCE, keys, expressions.cell_checksum),
    )


def _analytics() -> tuple[Any, Any]:
    try:
        import ibis

        from sync.analysis import expressions
    except ImportError as missing:
        raise AnalyticsMissing(
            "DuckDB and ibis are not installed. Install the extra: pip install 'cchc-training[analytics]'"
        ) from missing
    return ibis, expressions


def _require_same_instant(session: Session, folder: Path) -> None:
    manifest = read_manifest(folder)
    if manifest is None:
        raise AnalysisFolderRefused(f"{folder} holds no finished export. Run: cchc analysis export {folder}")
    now = describe_bookmark(find_bookmark(session, ROLLUPS))
    marks = count_dirty_keys(session)
    if any(manifest[name] != value for name, value in now.items()) or marks or manifest["marks"]:
        raise AnalysisExportOutdated(
            f"The export is of statement {manifest['last_seq']}, the counts are at {now['last_seq']}; "
            f"{marks} marks wait. Count to the end, export again, then compare."
        )


def _compare(
    session: Session,
    connection: Any,
    name: str,
    again: Any,
    source: Source,
    keys: ModuleKeys,
    checksum: Any,
) -> TableComparison:
    connection.con.register(f"kept_{name}", read_whole(session, source, keys))
    kept = connection.table(f"kept_{name}").cast(again.schema()).select(*again.columns)
    sums = [_checksum(connection, checksum(one)) for one in (again, kept)]
    differences = [] if sums[0] == sums[1] else [*_shown(connection, again, kept, keys)]
    return TableComparison(name, sums[0], sums[1], tuple(differences))


def _checksum(connection: Any, expression: Any) -> Checksum:
    (row,) = connection.to_pyarrow(expression).to_pylist()
    return Checksum(row["rows"], row["total"] or 0)


def _shown(connection: Any, again: Any, kept: Any, keys: ModuleKeys) -> Iterator[str]:
    iris = {key: iri for iri, key in keys.items()}
    for words, rows in (("recomputed", again.difference(kept)), ("kept", kept.difference(again))):
        for row in connection.to_pyarrow(rows.limit(_MOST_SHOWN)).to_pylist():
            key = row.pop("module_key")
            yield f"{words} only: {iris.get(key, key)} {row}"
