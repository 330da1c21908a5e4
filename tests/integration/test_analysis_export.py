"""Facts as Parquet by month: whole, written again only where something changed, enough to recount."""

import json
import shutil
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from lti_tool.cli import cli
from sync.analysis.errors import AnalysisExportOutdated, AnalysisFolderRefused
from sync.analysis.export import export_analysis, month_file
from sync.analysis.recompute import compare_with_tables, recompute_on_duckdb
from sync.analysis.schemas import FACT_SCHEMA, module_key
from sync.reports.coverage import cover_unit
from sync.reports.programme import Programme
from sync.rollups.definitions import CIVIL_SERVANTS
from sync.rollups.models import LearningFact, PersonModule, UnitCount
from tests.factories.analysis import create_history, files_of, follow_to_the_end
from tests.factories.learning import make_completed, make_voiding, record
from tests.machine import missing_tool

# ibis calls DuckDB by names that DuckDB has renamed since.
pytestmark = pytest.mark.filterwarnings("ignore:.*is deprecated:DeprecationWarning")


@pytest.fixture
def history(session, tmp_path):
    """A counted history and the folder that it was exported to."""
    create_history(session)
    folder = tmp_path / "xuat"
    export_analysis(session, folder)
    return session, folder


def test_every_fact_is_in_the_file_of_its_month(history):
    session, folder = history

    months = sorted(folder.glob("facts/ym=*/*.parquet"))
    tables = {path.parent.name.removeprefix("ym="): pq.read_table(path, partitioning=None) for path in months}

    rows = sum(table.num_rows for table in tables.values())
    assert rows == session.scalar(select(func.count()).select_from(LearningFact))
    for month, table in tables.items():
        assert table.schema == FACT_SCHEMA
        assert {f"{day:%Y%m}" for day in table.column("occurred_on").to_pylist()} == {month}


def test_writing_again_writes_only_the_month_that_changed(history):
    session, folder = history
    before = files_of(folder)
    fact = session.scalars(select(LearningFact).where(LearningFact.voided.is_(False))).first()
    record(session, make_voiding(fact.statement_id))
    follow_to_the_end(session)

    done = export_analysis(session, folder)

    after = files_of(folder)
    changed = {name for name in before if name.startswith("facts/") and before[name] != after[name]}
    assert done.months_written == (f"{fact.occurred_on:%Y%m}",)
    assert changed == {f"facts/ym={fact.occurred_on:%Y%m}/part-0.parquet"}
    assert export_analysis(session, folder).months_written == ()


def test_a_month_without_facts_any_more_loses_its_file(history):
    session, folder = history
    month = min(json.loads((folder / "manifest.json").read_text())["months"])
    year, number = int(month[:4]), int(month[4:])
    following = date(year + number // 12, number % 12 + 1, 1)
    session.execute(delete(LearningFact).where(LearningFact.occurred_on < following))

    done = export_analysis(session, folder)

    assert done.months_removed == (month,)
    assert not month_file(folder, month).exists()


def test_a_folder_of_something_else_is_left_alone(session, tmp_path):
    (tmp_path / "thu.txt").write_text("của người khác")

    with pytest.raises(AnalysisFolderRefused):
        export_analysis(session, tmp_path)

    assert [one.name for one in tmp_path.iterdir() if one.suffix == ".txt"] == ["thu.txt"]


def test_a_failure_leaves_the_old_files_and_no_half_ones(history, monkeypatch):
    session, folder = history
    before = files_of(folder)
    record(session, make_completed("tk-1", "m1"))
    follow_to_the_end(session)
    shutil.rmtree(folder / "dimensions")
    (folder / "dimensions").write_text("kein Ordner")

    with pytest.raises(OSError, match="dimensions"):
        export_analysis(session, folder)

    assert [name for name in files_of(folder) if ".new" in name] == []
    assert json.loads((folder / "manifest.json").read_text())
    assert before["manifest.json"] == files_of(folder)["manifest.json"]


def test_duckdb_recomputes_every_state_and_cell(history):
    session, folder = history

    state, cells = compare_with_tables(session, folder)

    assert (state.agrees, state.differences) == (True, ())
    assert (cells.agrees, cells.differences) == (True, ())
    assert state.recomputed.rows == session.scalar(select(func.count()).select_from(PersonModule)) > 100
    assert cells.recomputed.rows == session.scalar(select(func.count()).select_from(UnitCount)) > 300


@pytest.mark.parametrize("column", ["people_accessed", "people_completed"])
def test_one_wrong_cell_is_found_and_named(history, column):
    session, folder = history
    cell = session.scalars(select(UnitCount).where(UnitCount.people_accessed > 0)).first()
    session.execute(
        update(UnitCount)
        .where(
            UnitCount.unit_id == cell.unit_id,
            UnitCount.module_iri == cell.module_iri,
            UnitCount.calendar == cell.calendar,
            UnitCount.period_start == cell.period_start,
        )
        .values({column: 77})
    )

    state, cells = compare_with_tables(session, folder)

    assert state.agrees
    assert not cells.agrees
    assert cells.recomputed.total != cells.kept.total
    assert any("kept only" in one and "77" in one and cell.module_iri in one for one in cells.differences)


def test_an_export_of_yesterday_is_not_compared_with_the_counts_of_today(history):
    session, folder = history
    record(session, make_completed("tk-1", "m1"))
    follow_to_the_end(session)

    with pytest.raises(AnalysisExportOutdated):
        compare_with_tables(session, folder)


@pytest.mark.parametrize("on", [date(2025, 6, 30), date(2025, 12, 31), date(2026, 10, 1)])
def test_the_stock_of_every_unit_is_that_of_the_pages(history, on):
    from sync.analysis.expressions import stock_on

    session, folder = history
    again = recompute_on_duckdb(folder)
    expression = stock_on(again.states, again.tables, on=on, population=CIVIL_SERVANTS)

    rows = expression.to_pyarrow().to_pylist()

    assert len(rows) > 5
    for row in rows:
        total = cover_unit(
            session, row["unit_id"], on=on, population=CIVIL_SERVANTS, programme=Programme()
        ).total
        assert (row["people"], row["accessed"], row["completed"]) == (
            total.people,
            total.accessed,
            total.completed,
        )


def test_the_key_of_a_module_is_the_same_for_ever():
    assert module_key("https://cchc.example/modules/m1") == module_key("https://cchc.example/modules/m1")
    assert 0 <= module_key("x") < 2**62


def test_spark_gives_the_checksums_of_the_tables(history):
    """The same expressions, unchanged, on the engine of a cluster."""
    if shutil.which("java") is None:
        missing_tool("Java is not installed: the expressions are not tried on Spark")
    if find_spec("pyspark") is None:
        missing_tool(
            "pyspark is not installed (pip install '.[spark]'): the expressions are not tried on Spark"
        )
    session, folder = history
    compared = compare_with_tables(session, folder)

    spark = subprocess.run(
        [sys.executable, "-m", "tests.factories.spark", str(folder)],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2],
    )  # fmt: skip

    assert json.loads(spark.stdout.splitlines()[-1]) == [[one.kept.rows, one.kept.total] for one in compared]


def test_the_commands_export_and_compare(engine, database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("CCHC_DATABASE_URL", database_url)
    with Session(engine) as session, session.begin():
        create_history(session, people=10, statements=60)
    folder = str(tmp_path / "xuat")

    written = CliRunner().invoke(cli, ["analysis", "export", folder])
    compared = CliRunner().invoke(cli, ["rollups", "verify", "--engine", "duckdb", "--from", folder])
    with Session(engine) as session, session.begin():
        session.execute(update(PersonModule).values(completions=PersonModule.completions + 1))
    differing = CliRunner().invoke(cli, ["rollups", "verify", "--engine", "duckdb", "--from", folder])

    assert (written.exit_code, compared.exit_code, differing.exit_code) == (0, 0, 1)
    assert "khớp hoàn toàn" in compared.output
    assert "Không khớp" in differing.output
