"""`cchc operators …`: accounts of the console."""

import sys

import click

from lti_tool.admin.lockout import unlock as end_waiting
from lti_tool.admin.operators import (
    OperatorAccount,
    Role,
    change_password,
    create_operator,
    disable_operator,
    end_sessions,
    get_operator,
    list_operators,
)
from lti_tool.admin.second_factor import remove_second_factor
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, reading, transaction

_ROLE_NAMES = {
    Role.ADMINISTRATOR: "quản trị viên",
    Role.OPERATOR: "vận hành kết nối LMS",
    Role.CONTENT_MANAGER: "quản lý nội dung",
    Role.EXPERT: "chuyên gia trả lời",
    Role.ANALYST: "người phân tích",
    Role.UNIT_MANAGER: "phụ trách đơn vị",
}

_password_option = click.option(
    "--password",
    help="Mật khẩu, từ 12 ký tự. Bỏ trống: hỏi trên màn hình; `-`: đọc một dòng từ đầu vào chuẩn.",
)


@click.group()
def operators() -> None:
    """Tài khoản đăng nhập trang quản trị và thống kê."""


@operators.command()
@click.argument("username")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True, help="Vai trò.")
@click.option("--unit", "unit_id", type=int, help="Số của đơn vị (chỉ với vai trò unit_manager).")
@_password_option
@click.pass_obj
def add(settings: Settings, username: str, role: str, unit_id: int | None, password: str | None) -> None:
    """Tạo tài khoản USERNAME."""
    secret = _asked(password)
    with running_application(settings), transaction() as session:
        made = create_operator(
            session, username=username, password=secret, role=Role(role), unit_id=unit_id, now=now()
        )
    click.echo(f"Đã tạo tài khoản {made.username} ({_ROLE_NAMES[made.role]}).")


@operators.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê mọi tài khoản."""
    with running_application(settings), reading() as session:
        found = list_operators(session)
    for operator in found:
        click.echo(_line(operator))
    if not found:
        click.echo("Chưa có tài khoản nào.")


@operators.command()
@click.argument("username")
@click.pass_obj
def disable(settings: Settings, username: str) -> None:
    """Khóa tài khoản USERNAME và kết thúc mọi phiên đang mở."""
    with running_application(settings), transaction() as session:
        disabled = disable_operator(session, username, now=now())
    click.echo(f"Đã khóa tài khoản {disabled.username}.")


@operators.command(name="password")
@click.argument("username")
@_password_option
@click.pass_obj
def set_password(settings: Settings, username: str, password: str | None) -> None:
    """Đặt mật khẩu mới cho USERNAME và kết thúc mọi phiên đang mở."""
    secret = _asked(password)
    with running_application(settings), transaction() as session:
        changed = change_password(session, username, password=secret)
    click.echo(f"Đã đổi mật khẩu của {changed.username}.")


@operators.command()
@click.argument("username")
@click.pass_obj
def unlock(settings: Settings, username: str) -> None:
    """Cho USERNAME đăng nhập lại ngay sau khi sai mật khẩu quá nhiều lần."""
    with running_application(settings), transaction() as session:
        ended = end_waiting(session, username)
    click.echo(f"Đã bỏ {ended} lần chờ của {username}.")


@operators.command(name="forget-phone")
@click.argument("username")
@click.pass_obj
def forget_phone(settings: Settings, username: str) -> None:
    """Bỏ ứng dụng xác thực của USERNAME (mất điện thoại) và kết thúc mọi phiên đang mở."""
    with running_application(settings), transaction() as session:
        found = get_operator(session, username)
        remove_second_factor(session, found.id)
        end_sessions(session, found.id)
    click.echo(f"Đã bỏ ứng dụng xác thực của {found.username}.")


def _asked(password: str | None) -> str:
    if password == "-":  # noqa: S105 - the sign for standard input
        return sys.stdin.readline().rstrip("\r\n")
    if password is not None:
        return password
    return str(click.prompt("Mật khẩu", hide_input=True, confirmation_prompt="Nhập lại"))


def _line(operator: OperatorAccount) -> str:
    state = (
        "đang dùng"
        if operator.disabled_at is None
        else f"đã khóa {operator.disabled_at.astimezone(VIET_NAM).strftime('%d/%m/%Y')}"
    )
    unit = f"  đơn vị {operator.unit_id}" if operator.unit_id is not None else ""
    return f"{operator.username}  {_ROLE_NAMES[operator.role]}{unit}  {state}"
