"""Reports without a database: their days, their sentences, their files read back, the laws of differences."""

import io
import zipfile
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise

import openpyxl
import pytest
from docx import Document
from hypothesis import given
from hypothesis import strategies as st

from sync.calendars import Calendar
from sync.official_reports.annex_tables import table_of
from sync.official_reports.annexes import annexes_of
from sync.official_reports.document import Letterhead, Seal, document_fields
from sync.official_reports.docx_file import shipped_template, write_docx
from sync.official_reports.figures import Counts, digest_of, read_figures, write_figures
from sync.official_reports.forms import OUTLINES, ReportForm, span_of, year_of_form, years_of
from sync.official_reports.leaving import SMALLEST, for_readers_outside
from sync.official_reports.ledger import LedgerLine, explain, pack_ledger, unpack_ledger
from sync.official_reports.numbers import decimal, percent, whole
from sync.official_reports.pdf_file import write_pdf
from sync.official_reports.specimen import specimen_figures
from sync.official_reports.xlsx_file import write_xlsx
from sync.report_errors import ReportTemplateRefused
from tests.factories.official_reports import make_figures
from tools.build_report_template import build_template

SEAL = Seal("Bản đã gửi Bộ Nội vụ, lần 1", "ab" * 32)
LETTERHEAD = Letterhead(
    above="Ủy ban nhân dân tỉnh Tuyên Quang",
    issuer="Sở Nội vụ",
    number="125/BC-SNV",
    place="Tuyên Quang",
    signed_on=date(2026, 2, 6),
    authority="KT. Giám đốc",
    signer_title="Phó Giám đốc",
    signer_name="Trần Thị Mẫu",
    recipients=("Vụ CCHC", "Lưu: VT"),
)


def make_docx(figures=None, narrative=None, seal=SEAL, template=None) -> bytes:
    fields = document_fields(figures or make_figures(), narrative or {}, LETTERHEAD, seal)
    return write_docx(fields, template=template or shipped_template())


def words_of(content: bytes) -> str:
    document = Document(io.BytesIO(content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(one.text for one in document.paragraphs), *cells])


# ---- days


@pytest.mark.parametrize("form", list(ReportForm))
@pytest.mark.parametrize("calendar", list(Calendar))
def test_the_years_of_a_report_are_its_days_without_gap_or_overlap(form, calendar):
    year = year_of_form(form, 2026)
    span, years = span_of(form, year, calendar), years_of(form, year, calendar)

    assert (years[0].first_day, years[-1].last_day) == (span.first_day, span.last_day)
    assert all((b.first_day - a.last_day).days == 1 for a, b in pairwise(years))


def test_the_official_year_closes_on_14_december_and_reviews_on_the_day_of_their_target():
    days = [span_of(form, year_of_form(form, 2026), Calendar.OFFICIAL).last_day for form in ReportForm]

    assert days == [date(2026, 12, 14), date(2025, 12, 31), date(2030, 12, 31)]


# ---- numbers


def test_numbers_are_printed_as_vietnamese_texts_print_them():
    assert (whole(1234567), decimal(91.66), whole(None)) == ("1.234.567", "91,7", "–")
    assert percent(Fraction(9496, 100), against=95) == "94,96%"


@given(st.integers(0, 5000), st.integers(1, 5000))
def test_a_share_never_looks_like_the_line_that_it_is_not(people, of):
    people = min(people, of)
    share = Fraction(people * 100, of)

    assert (percent(share, against=85) == "85,0%") == (share == 85)


# ---- canonical figures


def test_figures_survive_their_canonical_text():
    figures = make_figures(40)

    assert read_figures(write_figures(figures)) == figures
    assert write_figures(read_figures(write_figures(figures))) == write_figures(figures)


@given(st.lists(st.binary(max_size=8), min_size=2, max_size=4))
def test_a_digest_tells_where_one_part_ends(parts):
    moved = [parts[0] + parts[1][:1], parts[1][1:], *parts[2:]]

    assert (digest_of(*moved) == digest_of(*parts)) == (moved == parts)


# ---- DOCX


def test_the_report_says_what_the_figures_say():
    figures = make_figures()

    text = words_of(make_docx(figures, {"chi-dao": "Đã ban hành Kế hoạch <12> & hướng dẫn."}))

    assert "ỦY BAN NHÂN DÂN TỈNH TUYÊN QUANG" in text
    assert "Số: 125/BC-SNV" in text
    assert "Tuyên Quang, ngày 06 tháng 02 năm 2026" in text
    assert "Đã ban hành Kế hoạch <12> & hướng dẫn." in text
    assert f"có {whole(figures.total.staff)} cán bộ, công chức, viên chức" in text
    assert percent(figures.total.percent, against=95) in text
    headings = [f"{one.number}. {one.title}" for one in OUTLINES[ReportForm.ANNUAL]]
    assert [one for one in headings if one not in text] == []
    assert "{{" not in text
    assert "{%" not in text


@pytest.mark.parametrize("form", list(ReportForm))
def test_every_form_fills_the_shipped_template(form):
    figures = specimen_figures(form)
    fields = document_fields(figures, {}, Letterhead())

    text = words_of(write_docx(fields, template=shipped_template()))

    assert all(one.title in text for one in OUTLINES[form])
    assert "DỰ THẢO" not in text


def test_the_page_is_that_of_decree_30():
    document = Document(io.BytesIO(make_docx()))
    section = document.sections[0]

    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert 20 <= round(section.top_margin.mm) <= 25
    assert 30 <= round(section.left_margin.mm) <= 35
    assert 15 <= round(section.right_margin.mm) <= 20
    assert section.different_first_page_header_footer
    assert "PAGE" in section.header._element.xml
    assert "PAGE" not in section.first_page_header._element.xml
    assert document.styles["Normal"].font.name == "Times New Roman"


def test_the_seal_lies_behind_every_page_and_the_digest_at_its_foot():
    section = Document(io.BytesIO(make_docx())).sections[0]

    for header, footer in (
        (section.header, section.footer),
        (section.first_page_header, section.first_page_footer),
    ):
        assert SEAL.text in header._element.xml
        assert SEAL.digest in footer.paragraphs[0].text


def test_the_shipped_template_is_what_its_script_builds():
    assert build_template() == shipped_template()


# ---- templates from outside


def changed_template(*, add="", part="", content=b"x") -> bytes:
    document = Document(io.BytesIO(shipped_template()))
    if add:
        document.add_paragraph(add)
    kept = io.BytesIO()
    document.save(kept)
    if part:
        with zipfile.ZipFile(kept, "a") as archive:
            archive.writestr(part, content)
    return kept.getvalue()


@pytest.mark.parametrize(
    "template",
    [
        b"",
        b"PK\x03\x04 no archive",
        changed_template(add="{{ truong_la }}"),
        changed_template(add="{{ co_quan.__class__.__mro__ }}"),
        changed_template(add="{{ cac_muc.append(1) }}"),
        changed_template(add="{% for x in range(100) %}{% endfor %}"),
        changed_template(add="{{ nam * 1000000 }}"),
        changed_template(add="{{ muc"),
        changed_template(part="word/vbaProject.bin"),
        changed_template(part="word/embeddings/oleObject1.bin"),
        changed_template(part="word/_rels/x.rels", content=b'<Relationship TargetMode="External"/>'),
    ],
    ids=[
        "empty",
        "broken",
        "unknown",
        "inside",
        "changes",
        "endless",
        "huge",
        "syntax",
        "macro",
        "object",
        "link",
    ],
)
def test_a_template_that_is_none_or_does_too_much_is_refused(template):
    with pytest.raises(ReportTemplateRefused):
        write_docx(document_fields(make_figures(), {}, LETTERHEAD), template=template)


# ---- XLSX, CSV, PDF


def test_annexes_hold_real_numbers_with_vietnamese_formats_and_frozen_heads():
    figures = make_figures(30)

    book = openpyxl.load_workbook(io.BytesIO(write_xlsx(figures, seal=SEAL)))
    sheet = book["1 Theo đơn vị"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))

    assert [name for name in book.sheetnames if name[0].isdigit()] == [
        "1 Theo đơn vị", "2 Theo cấp", "3 Theo chuyên đề", "4 Lớp, hình thức", "5 Kiểm tra", "6 Biểu dương",
        "7 Khuyến nghị", "8 Nhu cầu", "9 Chuyển công tác",
    ]  # fmt: skip
    assert sheet.freeze_panes == "C5"
    assert len(rows) == 32
    assert rows[0][3] == figures.total.staff
    assert rows[0][3] == sum(row[3] for row in rows[1:])
    assert sheet.cell(5, 12).number_format == '[$-42A]#,##0.0"%"'
    assert SEAL.digest in [row[1].value for row in book["Thông tin"].iter_rows()]


def test_a_text_that_looks_like_a_formula_stays_a_text():
    figures = make_figures(1)
    evil = replace(figures.units[0], name="=HYPERLINK(1)")
    figures = replace(figures, units=(evil,))

    sheet = openpyxl.load_workbook(io.BytesIO(write_xlsx(figures)))["1 Theo đơn vị"]

    assert {cell.data_type for row in sheet.iter_rows(min_row=5, max_col=2) for cell in row} <= {"s", "n"}


def test_csv_has_the_same_rows_as_the_workbook():
    annex = annexes_of(make_figures(7))[0]

    table = table_of(annex)

    assert len(table.rows) == len(annex.rows) == 9
    assert table.header[1] == "Cơ quan, đơn vị"


def test_the_pdf_holds_what_officials_typed_as_text_and_grows_with_the_units():
    typed = {"chi-dao": "#panic() *x* $y$ \\ [ ]"}
    few, many = (make_figures(units) for units in (3, 200))

    files = [write_pdf(one, document_fields(one, typed, LETTERHEAD)) for one in (few, many)]

    assert [file[:5] for file in files] == [b"%PDF-", b"%PDF-"]
    assert len(files[0]) < len(files[1])


# ---- differences

LINES = st.builds(
    lambda person, in_unit, accessed, trained, period, turns: LedgerLine(
        person,
        people=in_unit,
        accessed=in_unit and (accessed or trained),
        trained=in_unit and trained,
        period_people=period and turns > 0,
        period_turns=turns,
    ),
    st.integers(1, 12),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 5),
)
LEDGERS = st.lists(LINES, max_size=12, unique_by=lambda one: one.person_id)
PEOPLE = st.sets(st.integers(1, 12))


@given(LEDGERS, LEDGERS, PEOPLE, PEOPLE)
def test_what_was_reported_and_its_reasons_make_what_is_now(before, after, moved, elsewhere):
    told = explain(before, after, moved_people=moved, elsewhere=elsewhere)

    for one in told:
        assert one.reported + one.late - one.withdrawn + one.moved == one.now
        assert one.late >= 0
        assert one.withdrawn >= 0
        assert one.now == sum(int(getattr(line, one.what)) for line in after)


@given(LEDGERS)
def test_nothing_changed_means_no_difference(ledger):
    told = explain(ledger, ledger, moved_people=set(), elsewhere=set())

    assert {(one.change, one.late, one.withdrawn, one.moved) for one in told} == {(0, 0, 0, 0)}


@given(LEDGERS)
def test_a_ledger_is_kept_whole(ledger):
    kept = {one for one in ledger if one != LedgerLine(one.person_id)}

    assert set(unpack_ledger(pack_ledger(ledger))) == kept


# ---- outside


@given(st.integers(0, 30), st.integers(0, 9))
def test_outside_nobody_is_named_and_no_small_unit_is_shown(units, seed):
    figures = for_readers_outside(make_figures(units, seed=seed))

    assert (figures.commended, figures.recommended, figures.moved_people) == ((), (), ())
    assert figures.own == Counts()
    for line in (*figures.units, *figures.levels):
        counts = line.counts
        for count in (counts.people, counts.trained, counts.people - counts.trained):
            assert count == 0 or count >= SMALLEST
