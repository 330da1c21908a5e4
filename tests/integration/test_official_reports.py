"""Official reports on both databases: figures against a plain recount, sending, freezing, differences."""

import io
import random
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import openpyxl
import pytest
from docx import Document
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from sync.calendars import Calendar
from sync.official_reports.building import MOST_TRIES, Desk, build_next, delete_expired_files
from sync.official_reports.collecting import Asked, collect_report
from sync.official_reports.consolidating import consolidate, name_deadline
from sync.official_reports.differences import compare_with_edition
from sync.official_reports.document import Letterhead
from sync.official_reports.drafting import (
    begin_report,
    get_report,
    list_editions,
    list_steps,
    save_letterhead,
    save_section,
)
from sync.official_reports.figures import Counts, digest_of, read_figures
from sync.official_reports.forms import ReportForm, span_of
from sync.official_reports.models import OfficialReport, ReportEdition, ReportFile, ReportJob
from sync.official_reports.schedules import add_schedule, ask_for_scheduled, stop_schedule
from sync.official_reports.sending import (
    ask_for_files,
    list_files,
    receive_report,
    return_report,
    send_report,
)
from sync.organization.models import OPEN_END, Appointment, Unit, UnitSuccession
from sync.report_errors import (
    OfficialReportMalformed,
    OfficialReportNotReady,
    OfficialReportTaken,
    OfficialReportUnknown,
    ReportPeriodOpen,
    ReportScheduleRefused,
    ReportSectionChanged,
)
from sync.reports.programme import read_programme
from sync.rollups.definitions import CIVIL_SERVANTS, PROVIDED_WITH_KNOWLEDGE
from tests.factories.learning import IRI_BASE, make_completed, make_voiding, record
from tests.factories.organization import NOW, REORGANISATION
from tests.factories.reports import create_country, create_posted_person, follow

YEAR_2025 = span_of(ReportForm.ANNUAL, 2025, Calendar.OFFICIAL)


def ask(session: Session, unit_id: int, *, form=ReportForm.ANNUAL, year=2025, now=NOW) -> Asked:
    return Asked(
        unit_id,
        form,
        year,
        Calendar.OFFICIAL,
        "official",
        CIVIL_SERVANTS,
        read_programme(session, iri_base=IRI_BASE),
        IRI_BASE,
        now,
    )


def succeed(session: Session, country) -> None:
    """Hà Giang became Tuyên Quang, Đồng Văn the district became Đồng Văn the commune."""
    pairs = ((country.old_province, country.province), (country.old_district, country.commune_dong_van))
    session.add_all(
        UnitSuccession(
            from_unit_id=old,
            to_unit_id=new,
            on_date=REORGANISATION,
            mode="whole",
            is_default=True,
            legal_basis="QĐ 19/2025/QĐ-TTg",
        )
        for old, new in pairs
    )
    session.flush()


@pytest.fixture
def country(session):
    made = create_country(session)
    succeed(session, made)
    session.commit()
    return made


@pytest.fixture
def desk(opened, clock) -> Desk:
    return Desk(transaction=opened, reading=opened, clock=clock, iri_base=IRI_BASE)


def begin(session: Session, unit_id: int, *, year=2025, form=ReportForm.ANNUAL) -> OfficialReport:
    return begin_report(
        session,
        unit_id,
        form=form,
        year=year,
        calendar="official",
        population_code=CIVIL_SERVANTS.code,
        by="phu-trach",
        now=NOW,
    )


def send(session: Session, desk: Desk, row: OfficialReport) -> ReportEdition:
    send_report(session, row, by="phu-trach", now=desk.clock())
    session.commit()
    while build_next(desk):
        pass
    session.expire_all()
    return list_editions(session, row.report_id)[0]


# ---- figures


def test_figures_of_random_histories_are_those_of_a_plain_recount(session):
    country = create_country(session)
    succeed(session, country)
    chance = random.Random(905)
    units = [country.ministry, country.province, country.commune_dan_chu, country.commune_dong_van]
    posts, done = {}, defaultdict(dict)
    statements = []
    for number in range(40):
        name, here = f"nguoi-{number}", [session.get(Unit, chance.choice(units)) for _ in range(2)]
        moves_on = date(2025, 8, 1) + timedelta(days=chance.randrange(200))
        starts = max(unit.valid_from for unit in here)
        create_posted_person(session, name, [(here[0], starts, moves_on), (here[1], moves_on, OPEN_END)])
        posts[name] = [(here[0].unit_id, starts, moves_on), (here[1].unit_id, moves_on, OPEN_END)]
        for module in ("m1", "m2"):
            if chance.random() < 0.6:
                day = date(2025, 7, 2) + timedelta(days=chance.randrange(400))
                statements.append(
                    make_completed(name, module, at=datetime(day.year, day.month, day.day, 5, tzinfo=UTC))
                )
                done[name][module] = day
    record(session, *statements)
    follow(session)
    below = {
        country.nation: set(units),
        country.province: {country.province, country.commune_dan_chu, country.commune_dong_van},
        country.commune_dan_chu: {country.commune_dan_chu},
    }
    base = {key: collect_report(session, ask(session, key, year=2026)).figures for key in below}
    on = base[country.nation].head.on

    for unit_id, inside in below.items():
        at = lambda name, day: next(u for u, start, end in posts[name] if start <= day < end)  # noqa: E731
        here = [name for name in posts if at(name, on) in inside]
        first_day = base[unit_id].head.first_day
        in_period = {
            name: sorted(day for day in days.values() if first_day <= day <= on and day >= posts[name][0][1])
            for name, days in done.items()
        }
        expected = Counts(
            cong_chuc=len(here),
            people=len(here),
            accessed=sum(any(day <= on for day in done[name].values()) for name in here),
            trained=sum(any(day <= on for day in done[name].values()) for name in here),
            period_people=sum(bool(days) and at(name, days[0]) in inside for name, days in in_period.items()),
            period_turns=sum(at(name, day) in inside for name, days in in_period.items() for day in days),
        )
        assert base[unit_id].total == expected + known_people(country, unit_id), unit_id
        for figures in (base[unit_id],):
            parts = [one.counts for one in figures.units if one.depth == 1]
            assert sum(parts, figures.own) == figures.total
            assert sum((one.counts for one in figures.levels), Counts()) == figures.total


def known_people(country, unit_id: int) -> Counts:
    """What `create_country` itself has by 24 November 2026 in the reporting year 2026."""
    an = Counts(cong_chuc=1, people=1, accessed=1, trained=1, period_people=1, period_turns=2)
    binh, em = Counts(cong_chuc=1, people=1), Counts(cong_chuc=1, people=1, accessed=1)
    chi = Counts(cong_chuc=1, people=1, accessed=1, trained=1)
    dung = Counts(cong_chuc=1, people=1)
    return {
        country.nation: an + binh + chi + dung + em,
        country.province: chi + dung + em,
        country.commune_dan_chu: dung,
    }[unit_id]


def test_a_unit_born_in_the_reorganisation_answers_for_those_it_came_from(session, country):
    figures = collect_report(session, ask(session, country.province, form=ReportForm.MID_TERM)).figures

    years = {one.year: one for one in figures.years}
    assert [one.year for one in figures.years] == [2022, 2023, 2024, 2025]
    assert (years[2024].is_restated, years[2025].is_restated) == (True, False)
    # Hà Giang then had chi and dung; chi completed m1 in May 2024.
    assert (years[2024].as_was.people, years[2024].as_was.trained, years[2024].as_was.period_turns) == (
        2,
        1,
        1,
    )
    assert (years[2025].as_was.people, years[2025].as_is_trained) == (3, 1)
    assert figures.total.period_turns == 1
    assert {one.name: one.counts.period_turns for one in figures.units} == {"Xã Dân Chủ": 0, "Xã Đồng Văn": 1}


def test_each_figure_is_the_one_of_the_pages(session, country):
    from sync.reports.coverage import cover_unit
    from sync.reports.flow import flow_of_year

    figures = collect_report(session, ask(session, country.nation, year=2026)).figures
    cover = cover_unit(
        session,
        country.nation,
        on=figures.head.on,
        population=PROVIDED_WITH_KNOWLEDGE.population,
        programme=read_programme(session, iri_base=IRI_BASE),
    )
    months = flow_of_year(session, country.nation, year=2026, calendar=Calendar.OFFICIAL)

    total = figures.total
    assert (total.people, total.accessed, total.trained) == (
        cover.total.people, cover.total.accessed, cover.total.completed,
    )  # fmt: skip
    assert total.period_turns == sum(month.completed for month in months)


# ---- drafts


def test_a_unit_has_one_report_of_a_form_and_year_and_only_in_its_life(session, country):
    begin(session, country.province)

    with pytest.raises(OfficialReportTaken):
        begin(session, country.province)
    with pytest.raises(OfficialReportMalformed):
        begin(session, country.old_province, year=2026)
    with pytest.raises(OfficialReportMalformed):
        begin(session, country.province, year=2021)


def test_two_writers_of_a_section_do_not_overwrite_each_other(session, country):
    row = begin(session, country.province)
    keep = {"by": "a", "now": NOW}

    first = save_section(session, row, "chi-dao", "Kế hoạch 12.", revision=0, **keep)
    again = save_section(session, row, "chi-dao", "Kế hoạch 12.", revision=0, **keep)
    with pytest.raises(ReportSectionChanged):
        save_section(session, row, "chi-dao", "Khác.", revision=0, **keep)
    with pytest.raises(OfficialReportMalformed):
        save_section(session, row, "khong-co", "x", revision=0, **keep)

    assert (first, again) == (1, 1)


def test_a_neighbour_finds_no_report(session, country):
    row = begin(session, country.province)

    with pytest.raises(OfficialReportUnknown):
        get_report(session, row.report_id, root_id=country.ministry)
    assert get_report(session, row.report_id, root_id=country.nation) is row


# ---- sending


def test_a_report_is_sent_received_returned_and_sent_again(session, country, desk, clock):
    row = begin(session, country.commune_dong_van)
    save_section(session, row, "chi-dao", "Xã đã ban hành kế hoạch.", revision=0, by="a", now=NOW)
    save_letterhead(session, row, Letterhead(number="12/BC-UBND", place="Đồng Văn", signer_name="Mẫu"))

    first = send(session, desk, row)
    with pytest.raises(OfficialReportNotReady):
        save_section(session, row, "chi-dao", "Sửa lén.", revision=1, by="a", now=NOW)
    with pytest.raises(OfficialReportUnknown):
        receive_report(session, row, root_id=country.commune_dong_van, by="a", now=NOW)
    receive_report(session, row, root_id=country.province, by="tinh", now=NOW)
    with pytest.raises(OfficialReportMalformed):
        return_report(session, row, "  ", root_id=country.province, by="tinh", now=NOW)
    return_report(session, row, "Thiếu mục IV.", root_id=None, by="tinh", now=NOW)
    save_section(session, row, "ton-tai", "Đã bổ sung.", revision=0, by="a", now=NOW)
    second = send(session, desk, row)

    assert (first.number, second.number, row.state) == (1, 2, "submitted")
    assert [one.what for one in list_steps(session, row.report_id)][::-1] == [
        "begun", "asked", "submitted", "received", "returned", "asked", "submitted",
    ]  # fmt: skip
    assert first.seal.startswith("Bản đã gửi Tỉnh Tuyên Quang, lần 1, 09:00 ngày 24/11/2026")
    files = {one.format: one.content for one in list_files(session, [second.job_id])[second.job_id]}
    assert second.sha256 == digest_of(second.figures, second.words, *(files[k] for k in sorted(files)))
    text = "\n".join(paragraph.text for paragraph in Document(io.BytesIO(files["docx"])).paragraphs)
    assert "Xã đã ban hành kế hoạch." in text
    assert "Đã bổ sung." in text
    assert second.figures_sha256 in footers(files["docx"])


def footers(content: bytes) -> str:
    section = Document(io.BytesIO(content)).sections[0]
    return section.footer.paragraphs[0].text


def test_a_report_waits_for_the_end_of_its_period(session, country):
    row = begin(session, country.province, year=2026)

    with pytest.raises(ReportPeriodOpen):
        send_report(session, row, by="a", now=NOW)


def test_the_database_refuses_to_change_what_was_sent(session, country, desk):
    row = begin(session, country.commune_dong_van)
    edition = send(session, desk, row)

    with pytest.raises(DBAPIError, match="report_edition_is_frozen"):
        session.execute(update(ReportEdition).values(figures=b"{}"))
    session.rollback()
    assert list_editions(session, row.report_id)[0].sha256 == edition.sha256


def test_a_unit_above_sees_who_has_sent_and_adds_up_what_they_said(session, country, desk):
    row = begin(session, country.commune_dong_van)
    asked = {
        "form": ReportForm.ANNUAL,
        "year": 2025,
        "on": YEAR_2025.last_day,
        "closes_on": YEAR_2025.last_day,
    }

    before = consolidate(session, country.province, **asked)
    send(session, desk, row)
    after = consolidate(session, country.province, **asked)
    name_deadline(
        session, country.province, form=ReportForm.ANNUAL, year=2025, due_on=date(2025, 12, 31),
        document="Công văn 1", by="tinh", now=NOW,
    )  # fmt: skip
    later = consolidate(session, country.province, **asked)

    assert (before.sent, [one.name for one in before.missing]) == (0, ["Xã Dân Chủ", "Xã Đồng Văn"])
    assert before.parts[0].due_on == date(2025, 12, 17)
    assert (after.sent, [one.name for one in after.missing]) == (1, ["Xã Dân Chủ"])
    assert after.reported == read_figures(list_editions(session, row.report_id)[0].figures).total
    assert {one.due_on for one in later.parts} == {date(2025, 12, 31)}


# ---- differences


def test_what_changes_after_sending_is_told_and_explained_without_a_rest(session, country, desk, clock):
    statements = [
        make_completed(f"nguoi-{n}", "m1", at=datetime(2025, 9, 1, 5, tzinfo=UTC)) for n in range(4)
    ]
    unit = session.get(Unit, country.commune_dong_van)
    for n in range(6):
        create_posted_person(session, f"nguoi-{n}", [(unit, REORGANISATION, OPEN_END)])
    ids = record(session, *statements)
    follow(session)
    row = begin(session, country.commune_dong_van)
    edition = send(session, desk, row)
    clock.forward(days=3)

    # One comes late, two are voided, one person turns out to have been elsewhere all the time.
    record(session, make_completed("nguoi-4", "m1", at=datetime(2025, 9, 2, 5, tzinfo=UTC)))
    record(session, *(make_voiding(one) for one in ids[:2]))
    moved = session.scalar(
        select(Appointment.person_id)
        .where(Appointment.unit_id == unit.unit_id)
        .order_by(Appointment.person_id.desc())
    )
    session.execute(
        update(Appointment).where(Appointment.person_id == moved).values(unit_id=country.commune_dan_chu)
    )
    follow(session)
    now = collect_report(session, ask(session, country.commune_dong_van, now=clock())).ledger
    told = {one.what: one for one in compare_with_edition(session, edition, now)}

    assert {what: one.reported + one.late - one.withdrawn + one.moved for what, one in told.items()} == {
        what: one.now for what, one in told.items()
    }
    trained = told["trained"]
    assert (trained.reported, trained.now, trained.late, trained.withdrawn, trained.moved) == (5, 4, 1, 2, 0)
    assert (told["people"].reported, told["people"].now, told["people"].moved) == (7, 6, -1)
    assert (told["period_turns"].late, told["period_turns"].withdrawn) == (1, 2)


# ---- background


def test_a_killed_worker_leaves_what_it_made_and_another_goes_on(session, country, desk, clock):
    row = begin(session, country.commune_dong_van)
    send_report(session, row, by="a", now=clock())
    session.commit()

    class Killed(BaseException):
        pass

    calls = []

    def render(rendering, file_format):
        calls.append(file_format)
        if len(calls) == 2:
            raise Killed
        return b"tep " + file_format.encode()

    dying = replace(desk, render=render)
    with pytest.raises(Killed):
        build_next(dying)
    session.expire_all()
    half = session.scalars(select(ReportJob)).one()
    stands = (half.state, half.done, row.state)
    session.commit()
    too_early = build_next(dying)
    clock.forward(minutes=11)
    build_next(dying)
    session.expire_all()

    assert (stands, too_early) == (("running", 2, "sending"), 0)
    assert calls == ["xlsx", "docx", "docx", "pdf"]
    assert (session.scalars(select(ReportJob)).one().state, row.state) == ("finished", "submitted")
    assert len(session.scalars(select(ReportFile)).all()) == 3


def test_a_job_that_kills_every_worker_is_given_up_and_the_report_can_be_written_again(
    session, country, desk, clock
):
    row = begin(session, country.commune_dong_van)
    job = send_report(session, row, by="a", now=clock())
    job.state, job.tries, job.leased_until = "running", MOST_TRIES, clock()
    session.commit()

    build_next(desk)
    session.expire_all()

    assert (session.scalars(select(ReportJob)).one().failure, row.state) == ("gave_up", "draft")


def test_files_of_a_draft_are_made_and_deleted_in_time(session, country, desk, clock):
    row = begin(session, country.nation, year=2026)
    ask_for_files(session, row, ["csv", "pdf", "xlsx", "docx"], by="a", now=clock())
    session.commit()

    build_next(desk)
    session.expire_all()
    files = {one.format: one.content for one in session.scalars(select(ReportFile))}
    session.commit()
    clock.forward(days=8)
    deleted = delete_expired_files(desk)
    session.expire_all()

    assert {key: value[:2] for key, value in files.items()} == {
        "csv": b"PK", "docx": b"PK", "xlsx": b"PK", "pdf": b"%P",
    }  # fmt: skip
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"]))["1 Theo đơn vị"]
    assert [cell.value for cell in sheet[5]][:8] == [None, "Cả nước (tổng số)", "VN", 5, 0, 5, 0, 5]
    assert (deleted, session.scalars(select(ReportFile)).all()) == (1, [])


# ---- schedules


@pytest.mark.parametrize(
    ("rhythm", "first"),
    [("weekly", date(2026, 11, 30)), ("monthly", date(2026, 12, 1)), ("period", date(2026, 12, 15))],
)
def test_a_schedule_makes_files_on_its_days(session, country, desk, clock, rhythm, first):
    row = add_schedule(
        session, country.province, rhythm=rhythm, formats=["xlsx"], keep_days=5, calendar="official",
        population_code=CIVIL_SERVANTS.code, by="a", now=clock(),
    )  # fmt: skip
    session.commit()

    early = ask_for_scheduled(session, now=clock())
    clock.instant = datetime(first.year, first.month, first.day, 2, tzinfo=UTC)
    due = [ask_for_scheduled(session, now=clock()), ask_for_scheduled(session, now=clock())]
    session.commit()
    build_next(desk)
    session.expire_all()
    names = [one.name for one in session.scalars(select(ReportFile))]
    stop_schedule(row, now=clock())
    clock.forward(days=40)

    assert (early, due) == (0, [1, 0])
    assert names == ["bao-cao-2026-tinh-tuyen-quang.xlsx"]
    assert ask_for_scheduled(session, now=clock()) == 0


def test_a_schedule_says_how_often_what_and_for_how_long(session, country):
    keep = {"calendar": "official", "population_code": CIVIL_SERVANTS.code, "by": "a", "now": NOW}

    for wrong in ({"rhythm": "daily"}, {"formats": ["exe"]}, {"keep_days": 0}):
        values = {"rhythm": "weekly", "formats": ["pdf"], "keep_days": 5, **wrong}
        with pytest.raises(ReportScheduleRefused):
            add_schedule(session, country.province, **values, **keep)
