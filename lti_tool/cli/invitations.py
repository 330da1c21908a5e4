"""`cchc invitations …`: links by which an LMS registers itself, once."""

from datetime import timedelta

import click

from lti_tool.cli.application import running_application
from lti_tool.cli.platforms import COMMAND_LINE
from lti_tool.platforms.invitations import (
    InvitationTerms,
    hosts_from_text,
    invite,
    list_invitations,
    revoke_invitation,
)
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, reading, transaction

_STATES = {"open": "còn dùng được", "used": "đã dùng", "revoked": "đã thu hồi", "expired": "hết hạn"}


@click.group()
def invitations() -> None:
    """Đường dẫn dùng một lần để LMS tự đăng ký."""


@invitations.command()
@click.option("--name", required=True, help="Tên gọi của LMS, ví dụ tên cơ quan.")
@click.option("--hosts", default="", help="Tên máy của LMS, cách nhau bằng dấu phẩy.")
@click.option("--days", type=click.IntRange(1, 30), default=3, show_default=True, help="Số ngày có hiệu lực.")
@click.option("--unit-variable", default="", help="Biến LTI chứa mã đơn vị, ví dụ $Person.address.locality.")
@click.option("--note", default="", help="Ghi chú nội bộ.")
@click.option(
    "--auto-approve/--no-auto-approve",
    default=None,
    help="Duyệt ngay khi LMS đăng ký xong; không ghi: theo CCHC_REGISTRATION_AUTO_APPROVE.",
)
@click.pass_obj
def add(
    settings: Settings,
    name: str,
    hosts: str,
    days: int,
    unit_variable: str,
    note: str,
    *,
    auto_approve: bool | None,
) -> None:
    """Tạo đường dẫn mới; chỉ hiện một lần."""
    terms = InvitationTerms(
        name=name,
        life=timedelta(days=days),
        note=note,
        expected_hosts=hosts_from_text(hosts),
        unit_variable=unit_variable,
        auto_approve=settings.registration_auto_approve if auto_approve is None else auto_approve,
    )
    with running_application(settings), transaction() as session:
        token = invite(session, terms, operator=COMMAND_LINE, now=now())
    click.echo(f"{settings.tool_origin}/lti/register/{token}")
    click.echo("Chép đường dẫn ngay: hệ thống không lưu và không hiện lại.", err=True)


@invitations.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê lời mời và tình trạng."""
    with running_application(settings), reading() as session:
        found = list_invitations(session, now=now())
    for one in found:
        until = one.expires_at.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")
        click.echo(f"{one.id}\t{one.name}\t{_STATES[one.state]}\tđến {until}\t{one.last_failure}".rstrip())
    if not found:
        click.echo("Chưa có lời mời nào.")


@invitations.command()
@click.argument("invitation_id", type=int)
@click.pass_obj
def revoke(settings: Settings, invitation_id: int) -> None:
    """Thu hồi lời mời INVITATION_ID."""
    with running_application(settings), transaction() as session:
        revoke_invitation(session, invitation_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã thu hồi lời mời {invitation_id}.")
