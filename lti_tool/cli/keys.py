"""`cchc keys …`: the keys that we sign with: list, rotate in stages, replace at once."""

from datetime import datetime

import click

from lti_tool.cli.application import NAMES_OF_OTHERS, running_application
from lti_tool.cli.platforms import COMMAND_LINE
from lti_tool.platforms import key_rotation
from lti_tool.platforms.key_waits import key_waits_from
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, reading, transaction

_STAGES = {"published": "đã công bố, chờ ký", "signing": "đang ký", "resting": "nghỉ", "retired": "đã rút"}


@click.group()
def keys() -> None:
    """Khóa ký của công cụ (LMS đọc ở /lti/jwks.json)."""


@keys.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê khóa, giai đoạn và LMS đã nhận khóa gần đây."""
    with running_application(settings), reading() as session:
        found = key_rotation.list_keys(session, secret=_secret(settings), waits=key_waits_from(settings))
        for key in found:
            trusted = ", ".join(registration.name for registration in key.trusted_by) or "-"
            click.echo(
                f"{key.kid}\t{_STAGES[key.stage]}\tbước tiếp {_instant(key.next_step_at)}\tLMS: {trusted}"
            )
    if not found:
        click.echo("Chưa có khóa; lần dùng đầu tiên tạo khóa.")


@keys.command()
@click.pass_obj
def rotate(settings: Settings) -> None:
    """Công bố khóa kế tiếp; hệ thống tự ký bằng khóa đó khi hết thời gian chờ."""
    with running_application(settings), transaction() as session:
        kid = key_rotation.start_rotation(session, secret=_secret(settings), operator=COMMAND_LINE, now=now())
    click.echo(f"Đã công bố khóa {kid}. Ký bằng khóa này sau {settings.key_publish_hours:g} giờ.")


@keys.command()
@click.pass_obj
def advance(settings: Settings) -> None:
    """Thực hiện các bước đã đến giờ, nếu tiến trình nền không chạy."""
    with running_application(settings), transaction() as session:
        steps = key_rotation.take_due_steps(
            session, secret=_secret(settings), waits=key_waits_from(settings), now=now()
        )
    click.echo(f"Đã thực hiện {steps} bước.")


@keys.command(context_settings=NAMES_OF_OTHERS)
@click.argument("kid")
@click.pass_obj
def retire(settings: Settings, kid: str) -> None:
    """Rút khóa KID đang nghỉ."""
    with running_application(settings), transaction() as session:
        key_rotation.retire_key(
            session,
            kid,
            secret=_secret(settings),
            waits=key_waits_from(settings),
            operator=COMMAND_LINE,
            now=now(),
        )
    click.echo(f"Đã rút khóa {kid}.")


@keys.command()
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_obj
def emergency(settings: Settings, *, yes: bool) -> None:
    """Rút mọi khóa ngay và ký bằng khóa mới: khi khóa riêng có thể đã lộ."""
    if not yes:
        click.confirm("Rút mọi khóa ngay lập tức?", abort=True)
    with running_application(settings), transaction() as session:
        made = key_rotation.replace_at_once(
            session, secret=_secret(settings), operator=COMMAND_LINE, now=now()
        )
        endangered = key_rotation.list_endangered(session)
        click.echo(f"Từ nay ký bằng khóa {made.kid}.")
        for registration in endangered:
            where = f"{registration.id}\t{registration.name}\t{registration.issuer}"
            click.echo(f"Còn có thể tin khóa cũ: {where}")
    if endangered:
        click.echo("Ở từng LMS: mở cấu hình công cụ, lưu lại, xóa bộ nhớ đệm; rồi cchc platforms test.")


def _secret(settings: Settings) -> str:
    return settings.secret_key.get_secret_value()


def _instant(instant: datetime | None) -> str:
    return "-" if instant is None else instant.astimezone(VIET_NAM).strftime("%H:%M %d/%m/%Y")
