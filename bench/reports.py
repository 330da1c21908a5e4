"""Files of official reports: time and size by the number of units, up to every commune of the country.

    python -m bench.reports

Figures are made up and seeded, so that the files are the same every time; the annex of 3,321 communes is the
one that the Ministry's report has.
"""

import os
import resource
import time
from collections.abc import Callable

from sync.official_reports.document import Letterhead, Seal, document_fields
from sync.official_reports.docx_file import shipped_template, write_docx
from sync.official_reports.pdf_file import write_pdf
from sync.official_reports.xlsx_file import write_xlsx
from tests.factories.official_reports import make_figures

SIZES = (34, 130, 3321)
SEAL = Seal("Bản đã gửi Bộ Nội vụ, lần 1", "a" * 64)


def main() -> None:
    """Prints one line for each size and form of file."""
    print(f"load {os.getloadavg()[0]:.1f}")
    for units in SIZES:
        figures = make_figures(units)
        fields = document_fields(figures, {}, Letterhead(), SEAL)
        template = shipped_template()
        for name, write in (
            ("xlsx", lambda: write_xlsx(figures, seal=SEAL)),  # noqa: B023 - called within the round
            ("docx", lambda: write_docx(fields, template=template)),  # noqa: B023
            ("pdf", lambda: write_pdf(figures, fields)),  # noqa: B023
        ):
            measure(f"{units:5} units {name:5}", write)
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def measure(name: str, write: Callable[[], bytes]) -> None:
    """Median of three."""
    walls, processor = [], []
    for _ in range(3):
        wall, cpu = time.monotonic(), time.process_time()
        file = write()
        walls.append(time.monotonic() - wall)
        processor.append(time.process_time() - cpu)
    print(f"{name} {sorted(walls)[1]:6.2f} s ({sorted(processor)[1]:5.2f} s CPU) {len(file) / 1000:7.0f} kB")


if __name__ == "__main__":
    main()
