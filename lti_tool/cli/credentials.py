"""`cchc credentials …`: keys for the xAPI door."""

from datetime import datetime, timedelta

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.store.credentials import (
    SCOPES,
    Credential,
    create_credential,
    list_credentials,
    revoke_credential,
)


@click.group()
def credentials() -> None:
    """Khóa truy cập kho bản ghi học tập (xAPI)."""


@credentials.command()
@click.option("--label", required=True, help="Ai dùng và để làm gì.")
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(list(SCOPES)),
    default=("statements/read",),
    show_default=True,
    help="Phạm vi quyền; có thể ghi nhiều lần.",
)
@click.option("--days", type=click.IntRange(min=1), help="Số ngày có hiệu lực; bỏ trống: không thời hạn.")
@click.pass_obj
def add(settings: Settings, label: str, scopes: tuple[str, ...], days: int | None) -> None:
    """Tạo khóa mới; mật khẩu chỉ hiện một lần."""
    with running_application(settings):
        instant = now()
        with transaction() as session:
            made = create_credential(
                session,
                label=label,
                scopes=scopes,
                expires_at=None if days is None else instant + timedelta(days=days),
                now=instant,
                pepper=section(LrsSettings).secret,
            )
    click.echo(f"Khóa:      {made.key}")
    click.echo(f"Mật khẩu:  {made.secret}")
    click.echo("Hãy cất mật khẩu ngay: hệ thống không lưu và không hiện lại.")


@credentials.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê mọi khóa cùng phạm vi quyền và tình trạng."""
    with running_application(settings), reading() as session:
        found = list_credentials(session)
        instant = now()
    for credential in found:
        click.echo(
            f"{credential.key}  {_state(credential, instant)}  {' '.join(sorted(credential.scopes))}  "
            f"dùng lần cuối {_day(credential.last_used_at)}  {credential.label}"
        )
    if not found:
        click.echo("Chưa có khóa nào.")


@credentials.command()
@click.argument("key")
@click.pass_obj
def revoke(settings: Settings, key: str) -> None:
    """Thu hồi khóa KEY ngay lập tức."""
    with running_application(settings), transaction() as session:
        revoke_credential(session, key, now=now())
    click.echo(f"Đã thu hồi khóa {key}.")


def _state(credential: Credential, instant: datetime) -> str:
    if credential.revoked_at is not None:
        return f"đã thu hồi {_day(credential.revoked_at)}"
    if credential.expires_at is None:
        return "đang dùng, không thời hạn"
    word = "hết hạn" if credential.expires_at <= instant else "đang dùng đến"
    return f"{word} {_day(credential.expires_at)}"


def _day(instant: datetime | None) -> str:
    return "—" if instant is None else instant.astimezone(VIET_NAM).strftime("%d/%m/%Y")
