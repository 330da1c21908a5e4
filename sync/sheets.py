"""Lists that people hand in (XLSX or CSV) as rows of text, and the empty template to fill in (pure)."""

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

import xlsxwriter
from openpyxl import load_workbook

from sync.organization.folding import fold_name
from sync.organization_errors import SheetColumnsMissing, SheetTooLarge, SheetUnreadable

#: What an XLSX may grow to when unpacked; a list of 100,000 rows needs a tenth of it.
_MOST_UNPACKED_BYTES: Final = 300_000_000
_WIDTH_CHARACTERS: Final = 24


@dataclass(frozen=True)
class Column:
    """One column of a list.

    Attributes:
        key: what the program calls it.
        header: what the first row of the template says.
        also: other headings under which it is found; case and tones do not matter.
        choices: what may stand in it; empty: anything.
        hint: one sentence for whoever fills it in.
    """

    key: str
    header: str
    is_required: bool = True
    also: tuple[str, ...] = ()
    choices: tuple[str, ...] = ()
    hint: str = ""


@dataclass(frozen=True)
class SheetRow:
    """One row; `number` as the spreadsheet shows it, `values` by key, trimmed, absent columns empty."""

    number: int
    values: Mapping[str, str] = field(default_factory=dict)

    def __getitem__(self, key: str) -> str:
        return self.values.get(key, "")


def read_sheet(content: bytes, columns: Sequence[Column], *, most_rows: int) -> list[SheetRow]:
    """The rows of the first sheet below its row of headings; empty rows are left out.

    Raises:
        SheetUnreadable: neither XLSX nor CSV in UTF-8.
        SheetColumnsMissing: with the headings that were looked for.
        SheetTooLarge: more than `most_rows`.
    """
    rows = _xlsx_rows(content) if content.startswith(b"PK") else _csv_rows(content)
    try:
        header_number, header = next((number, row) for number, row in rows if any(row))
    except StopIteration:
        raise SheetColumnsMissing("The file has no row at all. Fill in the template.") from None
    places = _places(header, columns)
    found = []
    for number, row in rows:
        values = {key: row[place] for key, place in places.items() if place < len(row)}
        if number > header_number and any(values.values()):
            found.append(SheetRow(number, values))
        if len(found) > most_rows:
            raise SheetTooLarge(f"A list has {most_rows} rows at most. Divide it and send the parts.")
    return found


def write_template(columns: Sequence[Column], *, title: str, examples: Iterable[Sequence[str]]) -> bytes:
    """An XLSX to fill in: headings, choices as drop-down lists, text cells (zeros stay), a sheet of hints."""
    written = io.BytesIO()
    with xlsxwriter.Workbook(written, {"in_memory": True}) as book:
        text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "text_wrap": True})
        sheet, hints = book.add_worksheet(title), book.add_worksheet("Hướng dẫn")
        sheet.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            sheet.set_column(place, place, _WIDTH_CHARACTERS, text)
            sheet.write_string(0, place, column.header, bold)
            if column.choices:
                sheet.data_validation(
                    1, place, 5000, place, {"validate": "list", "source": list(column.choices)}
                )
            must = "bắt buộc" if column.is_required else "có thể để trống"
            hints.write_row(place, 0, [column.header, must, column.hint])
        for number, example in enumerate(examples, start=1):
            for place, value in enumerate(example):
                sheet.write_string(number, place, value, text)
        hints.set_column(0, 1, _WIDTH_CHARACTERS)
        hints.set_column(2, 2, 3 * _WIDTH_CHARACTERS)
    return written.getvalue()


def day_from_text(text: str) -> date | None:
    """A day as people write it: 01/07/2025, 1-7-2025 or 2025-07-01; `None` for anything else."""
    for form in ("%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - a day has no zone
        except ValueError:
            continue
    return None


def _places(header: Sequence[str], columns: Sequence[Column]) -> dict[str, int]:
    known = {fold_name(text): place for place, text in reversed(list(enumerate(header)))}
    places = {}
    for column in columns:
        names = (column.header, column.key, *column.also)
        place = next((known[fold_name(name)] for name in names if fold_name(name) in known), None)
        if place is not None:
            places[column.key] = place
    missing = [column.header for column in columns if column.is_required and column.key not in places]
    if missing:
        raise SheetColumnsMissing(f"The first row lacks: {'; '.join(missing)}. Use the template.")
    return places


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        _refuse_bombs(content)
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
            yield number, [_text(cell) for cell in row]
    except SheetTooLarge:
        raise
    except Exception as broken:  # openpyxl has no error of its own for files that are none
        raise SheetUnreadable("The file is no XLSX that can be read. Save it again from Excel.") from broken


def _refuse_bombs(content: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        if sum(part.file_size for part in packed.infolist()) > _MOST_UNPACKED_BYTES:
            raise SheetTooLarge("The file unpacks to more than a list needs. Divide it.")


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    try:
        text = content.decode("utf-16" if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig")
    except UnicodeDecodeError as broken:
        raise SheetUnreadable(
            "The file is neither XLSX nor CSV in UTF-8. In Excel choose CSV UTF-8, or send the XLSX."
        ) from broken
    if "\x00" in text:
        raise SheetUnreadable("The file holds bytes that no list has. Send XLSX, or CSV in UTF-8.")
    first = text.partition("\n")[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    try:
        for number, row in enumerate(csv.reader(io.StringIO(text), delimiter=delimiter), start=1):
            yield number, [cell.strip() for cell in row]
    except csv.Error as broken:
        raise SheetUnreadable("The CSV has a quotation mark that is never closed, or the like.") from broken


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).replace("\x00", "").strip()
