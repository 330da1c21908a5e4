"""`cchc audit …`: who was shown records of learners, and what operators changed."""

from datetime import datetime, timedelta

import click

from lti_tool.admin.audit_pages import person_digest_from, readings_as_csv
from lti_tool.admin.keys import COMMAND_LINE
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import audit_transaction, now, reading, section, transaction
from xapi_bridge.store.audit import (
    Reading,
    ReadingFilter,
    list_actions,
    list_readings,
    note_action,
    prune_readings,
)


@click.group()
def audit() -> None:
    """Nhật ký: ai đã xem bản ghi của người học, quản trị viên đã đổi gì."""


@audit.command(name="list")
@click.option("--reader", help="Khóa hoặc tên đăng nhập.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="Ngày, giờ Việt Nam.")
@click.option("--person", help="Mã băm, “https://trang-chủ tên-tài-khoản”, thư điện tử, hoặc Agent (JSON).")
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Nhiều nhất."
)
@click.option("--csv", "as_csv", is_flag=True, help="In thành bảng CSV.")
@click.pass_obj
def list_all(
    settings: Settings,
    *,
    reader: str | None,
    day: datetime | None,
    person: str | None,
    limit: int,
    as_csv: bool,
) -> None:
    """Liệt kê các lần xem, mới nhất trước."""
    begins = None if day is None else day.replace(tzinfo=VIET_NAM)
    with running_application(settings):
        digest = None if person is None else person_digest_from(person, secret=section(LrsSettings).secret)
        if person is not None and digest is None:
            raise click.BadParameter("không hiểu được người này.", param_hint="--person")
        wanted = ReadingFilter(
            reader=reader,
            person_digest=digest,
            since=begins,
            until=begins + timedelta(days=1) if begins else None,
        )
        with audit_transaction(read_only=True) as session:
            found = list_readings(session, wanted, limit=limit)
    if as_csv:
        click.echo(readings_as_csv(found).decode("utf-8-sig"), nl=False)
        return
    for one in found:
        click.echo(_line(one))
    if not found:
        click.echo("Không có lần xem nào như vậy.")


@audit.command()
@click.option(
    "--limit", type=click.IntRange(1, 1_000_000), default=100, show_default=True, help="Nhiều nhất."
)
@click.pass_obj
def actions(settings: Settings, limit: int) -> None:
    """Liệt kê thao tác của quản trị viên, mới nhất trước."""
    with running_application(settings), reading() as session:
        found = list_actions(session, limit=limit)
    for one in found:
        click.echo(f"{_instant(one.done_at)}  {one.operator}  {one.action}  {one.subject}  {one.particulars}")
    if not found:
        click.echo("Chưa có thao tác nào.")


@audit.command()
@click.option(
    "--days",
    type=click.IntRange(min=30),
    help="Giữ lại bao nhiêu ngày gần nhất; bỏ trống: theo CCHC_AUDIT_RETENTION_DAYS.",
)
@click.pass_obj
def prune(settings: Settings, days: int | None) -> None:
    """Xóa các lần xem đã quá thời hạn lưu."""
    with running_application(settings):
        kept_days = days or settings.audit_retention_days
        instant = now()
        removed = prune_until(instant - timedelta(days=kept_days))
        with transaction() as session:
            note_action(
                session,
                "audit_pruned",
                operator=COMMAND_LINE,
                subject="xapi_reading",
                now=instant,
                removed=removed,
                kept_days=kept_days,
            )
    click.echo(f"Đã xóa {removed} lần xem cũ hơn {kept_days} ngày.")


def prune_until(older_than: datetime) -> int:
    """Removes what is older, in short transactions so that readers do not wait; returns how many."""
    removed = 0
    while True:
        with audit_transaction() as session:
            gone = prune_readings(session, older_than=older_than)
        if not gone:
            return removed
        removed += gone


def _line(one: Reading) -> str:
    person = one.person_digest or "—"
    return (
        f"{_instant(one.read_at)}  {one.reader.kind} {one.reader.name}  {one.resource}  {one.records}  "
        f"{person}  {one.asked}  {one.request_id}"
    )


def _instant(instant: datetime) -> str:
    return instant.astimezone(VIET_NAM).strftime("%H:%M:%S %d/%m/%Y")
