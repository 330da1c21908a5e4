"""The report as PDF, set by typst from the same fields as the DOCX, annexes behind it.

Times New Roman is asked for first; where the machine has none, Liberation Serif has the same widths.
Neither is shipped.
"""

from collections.abc import Mapping
from importlib.resources import as_file, files
from typing import Any, Final

import msgspec
import typst

from sync.official_reports.annex_tables import Annex, Kind, words_of
from sync.official_reports.annexes import annexes_of
from sync.official_reports.figures import ReportFigures
from sync.official_reports.ledger import Difference

_TEXTUAL: Final = frozenset({Kind.TEXT, Kind.DAY})


def write_pdf(
    figures: ReportFigures, fields: Mapping[str, Any], *, differences: tuple[Difference, ...] = ()
) -> bytes:
    """The report as a file; annexes without rows are left out."""
    annexes = [_annex(one) for one in annexes_of(figures, differences) if one.rows]
    report = msgspec.json.encode({"fields": fields, "annexes": annexes}).decode()
    source = files("sync.official_reports").joinpath("shipped", "bao-cao.typ")
    with as_file(source) as path:
        # Without a root of its own typst could read the folder above; the source reads nothing at all.
        return bytes(typst.compile(str(path), root=str(path.parent), sys_inputs={"report": report}))


def _annex(annex: Annex) -> dict[str, Any]:
    return {
        "number": annex.number,
        "title": annex.title,
        "note": annex.note,
        "columns": [column.title for column in annex.columns],
        "widths": [column.width for column in annex.columns],
        "numeric": [column.kind not in _TEXTUAL for column in annex.columns],
        "rows": words_of(annex),
    }
