"""`cchc units …`: load the list of administrative units, check it, look a unit up."""

import sys
from datetime import datetime

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from sync.organization.check import check_units
from sync.organization.load import load_units
from sync.organization.units import FoundUnit, search_units
from xapi_bridge.running_app import now, reading, transaction

_LEVELS = {
    "national": "cả nước",
    "central": "trung ương",
    "province": "cấp tỉnh",
    "district": "cấp huyện",
    "commune": "cấp xã",
}


@click.group()
def units() -> None:
    """Đơn vị hành chính: nạp danh mục, kiểm tra, tra cứu."""


@units.command()
@click.pass_obj
def load(settings: Settings) -> None:
    """Nạp danh mục đơn vị đi kèm (chạy lại nhiều lần không thay đổi gì)."""
    with running_application(settings), transaction() as session:
        loaded = load_units(session)
    done = "Đã nạp danh mục đơn vị" if loaded.is_new else "Danh mục đơn vị đã có sẵn, không thay đổi"
    click.echo(
        f"{done}: {loaded.units} đơn vị, {loaded.labels} tên gọi, {loaded.successions} dòng kế thừa, "
        f"{loaded.closure_rows} quan hệ cấp trên."
    )


@units.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Đếm và đối chiếu danh mục đơn vị; thoát với mã 1 khi có sai lệch."""
    with running_application(settings), reading() as session:
        result = check_units(session)
    click.echo(f"{'Ngày':<12}{'Cấp':<14}{'Có':>8}{'Phải có':>10}")
    for count in result.counts:
        mark = "" if count.found == count.expected else "  ← sai lệch"
        level = _LEVELS[count.level]
        click.echo(f"{count.day:%d/%m/%Y}  {level:<14}{count.found:>8}{count.expected:>10}{mark}")
    for problem in result.problems:
        click.echo(problem)
    if not result.agree:
        click.echo("Danh mục đơn vị có sai lệch. Nạp danh mục vào cơ sở dữ liệu trống: cchc units load")
        sys.exit(1)
    click.echo("Danh mục đơn vị khớp.")


@units.command()
@click.argument("text")
@click.option(
    "--on",
    "on_day",
    type=click.DateTime(["%d/%m/%Y", "%Y-%m-%d"]),
    help="Ngày cần tra, ví dụ 30/06/2025; mặc định là hôm nay.",
)
@click.pass_obj
def find(settings: Settings, text: str, on_day: datetime | None) -> None:
    """Tìm đơn vị có tên chứa TEXT (không cần dấu) vào một ngày."""
    with running_application(settings), reading() as session:
        day = on_day.date() if on_day else now().astimezone(VIET_NAM).date()
        found = search_units(session, text, on_date=day)
    for result in found:
        click.echo(_line(result))
    if not found:
        click.echo(f"Không có đơn vị nào tên như vậy vào ngày {day:%d/%m/%Y}.")
        sys.exit(1)


def _line(found: FoundUnit) -> str:
    way = " › ".join(unit.name for unit in found.above)
    return f"{found.unit.scheme:<12}{found.unit.code:<10}{found.unit.name}" + (f"  ({way})" if way else "")
