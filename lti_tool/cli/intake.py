"""`cchc intake …`: sources of statements, what they sent, what was rejected."""

import json
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, get_args

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from sync.intake import sources
from sync.intake.files import FileProgress, take_file
from sync.intake.models import IntakeSource, RejectedStatement
from sync.intake.rejected import discard_rejected, find_rejected, list_rejected, retry_rejected
from sync.intake.sources import NewSource, SourceKind, SourceState
from sync.intake.taking import Rejection
from sync.ports import RemoteLrs
from sync.timetable import pull_sources
from xapi_bridge.running_app import borrow, now, reading, transaction

_NAME = click.argument("name")
_FILE = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@click.group()
def intake() -> None:
    """Nhận bản ghi từ hệ thống khác: đọc kho khác, nhận bằng khóa, đọc tệp."""


@intake.command()
@_NAME
@click.option("--title", required=True, help="Tên gọi của nguồn, ví dụ tên cơ quan.")
@click.option("--kind", type=click.Choice(get_args(SourceKind)), default="lrs", show_default=True)
@click.option("--endpoint", default="", help="Địa chỉ đứng trước /statements; bỏ trống: không đọc.")
@click.option("--key", default="", help="Khóa của ta ở kho đó.")
@click.option("--version", "xapi_version", type=click.Choice(sources.VERSIONS), default="1.0.3")
@click.option("--verb", "verb_iri", default="", help="Chỉ đọc bản ghi có động từ (IRI) này.")
@click.option("--activity", "activity_iri", default="", help="Chỉ đọc bản ghi về hoạt động (IRI) này.")
@click.option("--since", type=click.DateTime(["%Y-%m-%d"]), help="Chỉ đọc từ ngày này (giờ Việt Nam).")
@click.option("--every", "interval_seconds", default=300, show_default=True, help="Số giây giữa hai lần đọc.")
@click.option("--trusted", is_flag=True, help="Bản ghi của nguồn được tính là kết quả học tập.")
@click.pass_obj
def add(settings: Settings, /, since: datetime | None, key: str, **entered: Any) -> None:
    """Thêm nguồn NAME (chữ thường, số, gạch nối); mật khẩu được hỏi khi có --key."""
    password = click.prompt("Mật khẩu", hide_input=True) if key else ""
    began = since.replace(tzinfo=VIET_NAM) if since else None
    with running_application(settings), transaction() as session:
        new = NewSource(key=key, secret=password, since=began, **entered)
        sources.add_source(session, new, secret=_secret(settings), now=now())
    click.echo(f"Đã thêm nguồn {new.name}. Thử kết nối: cchc intake test {new.name}")


@intake.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê các nguồn: tình trạng, độ trễ, số bản ghi, lỗi gần nhất."""
    with running_application(settings), reading() as session:
        found = sources.list_sources(session, now=now())
    for state in found:
        click.echo(_line(state))
    if not found:
        click.echo("Chưa có nguồn nào. Thêm: cchc intake add")


@intake.command()
@_NAME
@click.option("--key", prompt="Khóa")
@click.pass_obj
def key(settings: Settings, name: str, key: str) -> None:
    """Đổi khóa và mật khẩu của ta ở nguồn NAME, rồi đọc ngay."""
    password = click.prompt("Mật khẩu", hide_input=True)
    with running_application(settings), transaction() as session:
        sources.change_key(session, name, key=key, password=password, secret=_secret(settings), now=now())
    click.echo(f"Đã đổi khóa của nguồn {name}.")


@intake.command()
@_NAME
@click.pass_obj
def pause(settings: Settings, name: str) -> None:
    """Ngừng đọc nguồn NAME; bản ghi đến bằng khóa vẫn được nhận."""
    with running_application(settings), transaction() as session:
        sources.pause_source(session, name, now=now())
    click.echo(f"Đã ngừng đọc nguồn {name}.")


@intake.command()
@_NAME
@click.pass_obj
def resume(settings: Settings, name: str) -> None:
    """Đọc tiếp nguồn NAME từ chỗ đã dừng."""
    with running_application(settings), transaction() as session:
        sources.resume_source(session, name, now=now())
    click.echo(f"Nguồn {name} được đọc tiếp.")


@intake.command()
@_NAME
@click.argument("answer", type=click.Choice(["yes", "no"]))
@click.pass_obj
def trust(settings: Settings, name: str, answer: str) -> None:
    """Cho (yes) hoặc thôi (no) tính bản ghi của nguồn NAME là kết quả học tập; số liệu được tính lại."""
    with running_application(settings), transaction() as session:
        sources.trust_source(session, name, trusted=answer == "yes")
    click.echo("Đã ghi. Số liệu thống kê đang được tính lại từ bản ghi.")


@intake.command()
@_NAME
@click.pass_obj
def test(settings: Settings, name: str) -> None:
    """Hỏi kho của nguồn NAME xem địa chỉ và khóa có dùng được không; không đọc bản ghi nào vào."""
    with running_application(settings):
        with reading() as session:
            account = sources.account_of(sources.find_source(session, name), secret=_secret(settings))
        # A port is asked for by its Protocol, which mypy allows for concrete classes only.
        found = borrow(RemoteLrs).check(account)  # type: ignore[type-abstract]
    click.echo(f"Phiên bản xAPI: {', '.join(found.versions) or 'không cho biết'}")
    click.echo("Khóa đọc được bản ghi." if found.may_read else "Khóa không có quyền đọc bản ghi.")
    sys.exit(0 if found.may_read else 1)


@intake.command()
@click.pass_obj
def run(settings: Settings) -> None:
    """Đọc mọi nguồn đến hạn rồi kết thúc."""
    total = 0
    with running_application(settings):
        while done := pull_sources():
            total += done
            click.echo(f"Đã nhận {total} bản ghi…", err=True)
    click.echo(f"Đã nhận {total} bản ghi.")


@intake.command(name="file")
@_FILE
@click.option("--source", "name", required=True, help="Tên nguồn của tệp.")
@click.option(
    "--rejected",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp ghi bản ghi bị từ chối kèm lý do; mặc định: FILE.rejected.ndjson.",
)
@click.pass_obj
def file_command(settings: Settings, file: Path, name: str, rejected: Path | None) -> None:
    """Nhận các bản ghi trong FILE: mỗi dòng một bản ghi JSON, hoặc một mảng JSON.

    Chạy lại sau khi bị ngắt thì đi tiếp từ chỗ đã dừng. Thoát với mã 1 khi có bản ghi bị từ chối.
    """
    aside = rejected or file.with_name(file.name + ".rejected.ndjson")
    with running_application(settings):
        progress = take_file(
            transaction,
            file,
            source_name=name,
            iri_base=str(settings.iri_base),
            clock=now,
            report=_show_progress,
            put_aside=_writer(aside),
        )
    taken = progress.taken
    click.echo(
        f"{progress.done} bản ghi trong tệp; lần này: {taken.accepted} nhận mới, {taken.known} đã có, "
        f"{taken.copies} bản sao ẩn danh, {taken.rejected} bị từ chối."
    )
    if taken.rejected:
        click.echo(f"Bản ghi bị từ chối và lý do: {aside}", err=True)
        sys.exit(1)


@intake.command(name="rejected")
@_NAME
@click.option("--code", default="", help="Chỉ những bản ghi có mã lý do này.")
@click.option("--limit", default=50, show_default=True)
@click.pass_obj
def rejected_command(settings: Settings, name: str, code: str, limit: int) -> None:
    """Liệt kê bản ghi bị từ chối của nguồn NAME đang chờ quyết định."""
    with running_application(settings), reading() as session:
        rows = list_rejected(session, sources.find_source(session, name), code=code, limit=limit)
        for row in rows:
            click.echo(f"{row.rejected_id}  {_day(row.received_at)}  [{row.code}] {row.reason}")
    if not rows:
        click.echo("Không có bản ghi nào chờ.")


@intake.command()
@click.argument("rejected_ids", type=int, nargs=-1, required=True)
@click.pass_obj
def retry(settings: Settings, rejected_ids: tuple[int, ...]) -> None:
    """Thử ghi lại các bản ghi bị từ chối có số REJECTED_IDS."""
    with running_application(settings), transaction() as session:
        rows = [find_rejected(session, one) for one in rejected_ids]
        outcome = retry_rejected(session, rows, iri_base=str(settings.iri_base), now=now())
    click.echo(f"{outcome.recorded} đã ghi, {outcome.still_rejected} vẫn bị từ chối.")
    sys.exit(1 if outcome.still_rejected else 0)


@intake.command()
@click.argument("rejected_ids", type=int, nargs=-1, required=True)
@click.option("--note", required=True, help="Vì sao bỏ.")
@click.pass_obj
def discard(settings: Settings, rejected_ids: tuple[int, ...], note: str) -> None:
    """Bỏ các bản ghi bị từ chối có số REJECTED_IDS; nội dung vẫn được giữ để xem lại."""
    with running_application(settings), transaction() as session:
        rows: list[RejectedStatement] = [find_rejected(session, one) for one in rejected_ids]
        count = discard_rejected(session, rows, note=note, now=now())
    click.echo(f"Đã bỏ {count} bản ghi.")


def _secret(settings: Settings) -> str:
    return settings.secret_key.get_secret_value()


def _show_progress(progress: FileProgress) -> None:
    click.echo(f"Đã qua {progress.done} bản ghi…", err=True)


def _writer(path: Path) -> Callable[[Rejection], None]:
    """Appends what was rejected, one a line, with the reason."""

    def write(rejection: Rejection) -> None:
        line = {
            "code": rejection.refusal.code,
            "reason": str(rejection.refusal),
            "statement": rejection.raw.decode(errors="replace"),
        }
        with path.open("a", encoding="utf-8") as opened:
            opened.write(json.dumps(line, ensure_ascii=False) + "\n")

    return write


def _line(state: SourceState) -> str:
    row = state.row
    counts = f"nhận {row.accepted}, đã có {row.known}, bản sao {row.copies}, chờ xử lý {state.waiting}"
    trouble = f"  lỗi: [{row.trouble_code}] {row.trouble}" if row.trouble else ""
    trusted = "được tính" if row.trusted else "không tính"
    return f"{row.name}  {_state(row)}  {trusted}  {counts}{trouble}  {row.title}"


def _state(row: IntakeSource) -> str:
    if row.paused_at is not None:
        return f"ngừng từ {_day(row.paused_at)}"
    if not row.endpoint:
        return "nhận bằng khóa hoặc tệp"
    return f"đọc xong lần cuối {_day(row.complete_at)}" if row.complete_at else "chưa đọc xong lần nào"


def _day(instant: datetime | None) -> str:
    return "—" if instant is None else instant.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")
