"""`cchc rollups …`: count what waits, recount everything, compare with the raw statements."""

import sys
from pathlib import Path

import click

from lti_tool.cli.application import running_application, snapshot
from lti_tool.settings import Settings
from sync.analysis.recompute import compare_with_tables
from sync.calendars import VIET_NAM
from sync.followers import Follower
from sync.rollups.follower import freshness, rollups_follower
from sync.rollups.rebuild import rebuild_rollups
from sync.rollups.verify import VerificationReport, verify_rollups
from sync.timetable import follow
from xapi_bridge.running_app import reading, transaction

#: How often marks that come in between are counted before the comparison says that it could not settle.
_ATTEMPTS = 5


@click.group()
def rollups() -> None:
    """Số liệu thống kê: tính, tính lại, đối chiếu với bản ghi gốc."""


@rollups.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Tính mọi bản ghi đang chờ rồi kết thúc."""
    with running_application(settings):
        done = _follow_to_the_end(_follower(settings))
    click.echo(f"Đã tính {done} mục đang chờ.")


@rollups.command()
@click.pass_obj
def status(settings: Settings) -> None:
    """Cho biết số liệu tính đến lúc nào và còn bao nhiêu mục chờ."""
    with running_application(settings), reading() as session:
        current = freshness(session)
    as_of = current.as_of.astimezone(VIET_NAM).strftime("%H:%M:%S %d/%m/%Y") if current.as_of else "chưa có"
    click.echo(f"Lần tính gần nhất: {as_of}")
    click.echo(f"Còn chờ: {current.waiting}")


@rollups.command()
@click.pass_obj
def rebuild(settings: Settings) -> None:
    """Xóa mọi số liệu đã tính và tính lại từ bản ghi gốc."""
    with running_application(settings):
        with transaction() as session:
            rebuild_rollups(session)
        done = _follow_to_the_end(_follower(settings))
    click.echo(f"Đã tính lại từ đầu: {done} mục.")


@rollups.command()
@click.option(
    "--archive",
    "archive_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Thư mục chứa tệp của các tháng đã lưu trữ.",
)
@click.option(
    "--engine",
    type=click.Choice(["statements", "duckdb"]),
    default="statements",
    show_default=True,
    help="Đếm lại từ bản ghi gốc, hay bằng DuckDB từ thư mục do `cchc analysis export` ghi.",
)
@click.option(
    "--from",
    "exported_folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Thư mục của `cchc analysis export`; cần khi dùng --engine duckdb.",
)
@click.pass_obj
def verify(
    settings: Settings, archive_folder: Path | None, engine: str, exported_folder: Path | None
) -> None:
    """Đếm lại từ bản ghi gốc và đối chiếu; thoát với mã 1 khi có khác biệt."""
    if engine == "duckdb":
        if exported_folder is None:
            raise click.UsageError("--engine duckdb cần --from THƯ-MỤC.")
        _verify_on_duckdb(settings, exported_folder)
        return
    with running_application(settings):
        report = _settled_report(
            _follower(settings), iri_base=str(settings.iri_base), archive_folder=archive_folder
        )
    click.echo(
        f"Đã đọc {report.statements} bản ghi: {report.facts} sự kiện học tập, "
        f"{report.states} cặp người – chuyên đề, {report.cells} ô số liệu."
    )
    for difference in report.differences:
        click.echo(str(difference))
    if report.marks:
        click.echo("Chưa kết luận được: liên kết tài khoản hoặc vị trí công tác đang thay đổi. Hãy chạy lại.")
        sys.exit(1)
    if not report.agree:
        click.echo(f"Không khớp: {report.difference_count} khác biệt. Tính lại bằng: cchc rollups rebuild")
        sys.exit(1)
    click.echo("Số liệu khớp hoàn toàn với bản ghi gốc.")


def _verify_on_duckdb(settings: Settings, folder: Path) -> None:
    with running_application(settings), snapshot() as session:
        compared = compare_with_tables(session, folder)
    for one in compared:
        click.echo(f"{one.table}: DuckDB {one.recomputed}, bảng số liệu {one.kept}")
        for difference in one.differences:
            click.echo(difference)
    if not all(one.agrees for one in compared):
        click.echo("Không khớp. Tính lại bằng: cchc rollups rebuild")
        sys.exit(1)
    click.echo("Số liệu khớp hoàn toàn với kết quả tính lại bằng DuckDB.")


def _follower(settings: Settings) -> Follower:
    return rollups_follower(iri_base=str(settings.iri_base))


def _follow_to_the_end(follower: Follower) -> int:
    total = 0
    while done := follow(follower):
        total += done
    return total


def _settled_report(follower: Follower, *, iri_base: str, archive_folder: Path | None) -> VerificationReport:
    """Compares at a moment when no link or post waits to be counted; a busy system may need several tries."""
    for _ in range(_ATTEMPTS):
        _follow_to_the_end(follower)
        with snapshot() as session:
            report = verify_rollups(session, iri_base=iri_base, archive_folder=archive_folder)
        if report.marks == 0:
            break
    return report
