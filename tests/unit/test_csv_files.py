"""Files for Excel: readable Vietnamese, and no cell that runs as a formula."""

import csv
import io

import pytest

from sync.csv_files import write_csv


def read_back(written: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(written.decode("utf-8-sig"), newline="")))


def test_the_file_begins_with_the_mark_that_excel_looks_for():
    assert write_csv(("Đơn vị",), [("Xã Đồng Văn",)]).startswith("\ufeffĐơn vị".encode())


@pytest.mark.parametrize(
    "dangerous",
    ["=1+1", "+84", "-2", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "\u00a0=1", "＝1", "＋1", "－1", "＠1"],
)
def test_a_text_that_could_be_a_formula_is_kept_harmless(dangerous):
    cell = read_back(write_csv(("Tên",), [(dangerous,)]))[1][0]

    assert cell == f"'{dangerous}"


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell():
    assert read_back(write_csv(("a", "b", "c"), [(-3, 12, None)]))[1] == ["-3", "12", ""]


def test_separators_quotes_and_line_breaks_survive():
    name = 'Sở "Nội vụ", tỉnh\nTuyên Quang'

    assert read_back(write_csv(("Tên",), [(name,)]))[1] == [name]
