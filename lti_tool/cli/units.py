"""`cchc units …`: load the list of administrative units, check it, look a unit up."""

import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from lti_tool.staff.unit_words import CHANGE_WORDS, problem_sentence
from sync.calendars import VIET_NAM
from sync.organization.check import check_units
from sync.organization.load import load_units
from sync.organization.unit_files import NOW
from sync.organization.unit_import.applying import apply_unit_list
from sync.organization.unit_import.staging import (
    ListTerms,
    Outlook,
    discard_unit_import,
    get_unit_import,
    look_ahead,
    stage_unit_list,
)
from sync.organization.unit_import.undoing import undo_unit_list
from sync.organization.units import FoundUnit, search_units
from xapi_bridge.running_app import now, reading, transaction

_BY = "command"
_CHANGES_SHOWN = 50
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


@units.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--conversion",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Bảng chuyển đổi mã cũ – mã mới.",
)
@click.option(
    "--on",
    "on_day",
    type=click.DateTime(["%d/%m/%Y", "%Y-%m-%d"]),
    required=True,
    help="Ngày bắt đầu có hiệu lực.",
)
@click.option("--scheme", default=NOW, show_default=True, help="Bộ mã của danh mục mới.")
@click.option("--replaces", default="", help="Bộ mã bị thay; mặc định là cùng bộ mã.")
@click.option("--within", default="", help="Chỉ so sánh trong đơn vị có mã này; mặc định là cả nước.")
@click.option("--legal-basis", required=True, help="Văn bản, ví dụ NQ 30/2026/QH16.")
@click.option("--dry-run", is_flag=True, help="Chỉ in so sánh, không thay đổi gì.")
@click.pass_obj
def import_list(
    settings: Settings,
    file: Path,
    conversion: Path | None,
    on_day: datetime,
    scheme: str,
    replaces: str,
    within: str,
    legal_basis: str,
    dry_run: bool,
) -> None:
    """Nhập danh mục chính thức FILE: in so sánh rồi áp dụng từ ngày ghi; không ghi đè quá khứ."""
    terms = ListTerms(scheme, replaces or scheme, on_day.date(), legal_basis, within_code=within)
    with running_application(settings), transaction() as session:
        staged = stage_unit_list(
            session,
            file.read_bytes(),
            conversion.read_bytes() if conversion else None,
            terms=terms,
            file_name=file.name,
            by=_BY,
            now=now(),
        )
        outlook = look_ahead(session, staged)
        for line in _outlook_lines(outlook):
            click.echo(line)
        if dry_run:
            discard_unit_import(session, staged)
            return
        applied = apply_unit_list(session, staged, by=_BY, now=now())
        click.echo(
            f"Đã áp dụng danh mục số {staged.import_id}: {applied.made} đơn vị mới, "
            f"{applied.closed} kết thúc, {applied.relabelled} đổi tên hoặc loại, "
            f"{applied.posts} vị trí công tác chuyển theo."
        )


@units.command()
@click.argument("import_id", type=int)
@click.pass_obj
def undo(settings: Settings, import_id: int) -> None:
    """Hoàn tác danh mục số IMPORT_ID."""
    with running_application(settings), transaction() as session:
        undo_unit_list(session, get_unit_import(session, import_id), by=_BY, now=now())
    click.echo("Đã hoàn tác: danh mục trở về như trước.")


def _outlook_lines(outlook: Outlook) -> Iterator[str]:
    for kind, count in outlook.difference.count().items():
        yield f"{CHANGE_WORDS[kind]}: {count}"
    for change in outlook.difference.changes[:_CHANGES_SHOWN]:
        others = f" ({', '.join(change.others)})" if change.others else ""
        yield f"  {change.code}  {CHANGE_WORDS[change.kind]}: {change.before} → {change.after}{others}"
    for problem in outlook.difference.problems[:_CHANGES_SHOWN]:
        yield f"{'LỖI' if problem.is_error else 'Xem lại'}: {problem_sentence(problem.code, problem.told)}"
    yield (
        f"Phòng, ban kết thúc theo: {outlook.departments}. "
        f"Người chuyển theo: {outlook.people - outlook.stranded}. "
        f"Người ở đơn vị không có kế thừa: {outlook.stranded}."
    )


def _line(found: FoundUnit) -> str:
    way = " › ".join(unit.name for unit in found.above)
    return f"{found.unit.scheme:<12}{found.unit.code:<10}{found.unit.name}" + (f"  ({way})" if way else "")
