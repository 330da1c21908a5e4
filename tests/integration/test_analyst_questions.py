"""The notebook of ten questions runs on an export, and its answers are those of the pages."""

import os
from datetime import date
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from sync.analysis.export import export_analysis
from sync.indicators.moves import measure_moved_away
from sync.organization.units import find_nation
from sync.reports.coverage import cover_unit
from sync.reports.programme import Programme
from sync.rollups.definitions import CIVIL_SERVANTS
from tests.factories.analysis import create_history

NOTEBOOK = Path(__file__).parents[2] / "docs" / "analysts" / "ten-questions.ipynb"


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::RuntimeWarning")
def test_ten_questions_are_answered_as_the_pages_answer_them(session, tmp_path):
    create_history(session)
    export_analysis(session, tmp_path / "xuat")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = NotebookClient(
        notebook, timeout=180, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}
    )

    client.execute(env={**os.environ, "CCHC_EXPORT": str(tmp_path / "xuat")})

    said = "".join(output.get("text", "") for cell in notebook.cells for output in cell.get("outputs", ()))
    nation = find_nation(session).unit_id
    stock = {
        on: cover_unit(session, nation, on=on, population=CIVIL_SERVANTS, programme=Programme()).total
        for on in (date(2025, 6, 30), date(2025, 7, 1), date(2025, 12, 31))
    }
    moved, _ = measure_moved_away(session, nation, on=date(2026, 11, 24))
    at_the_target = stock[date(2025, 12, 31)]
    assert f"Cả nước: {at_the_target.completed}/{at_the_target.people};" in said
    for on, total in stock.items():
        assert f"{on} | {total.people} | {total.completed} |" in said
    assert f"  {moved.of} | {moved.people} |" in said
    assert all(f"Câu {number}" in said for number in range(1, 11))


def test_the_notebook_is_kept_without_its_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)

    assert [cell for cell in notebook.cells if cell.get("outputs") or cell.get("execution_count")] == []
