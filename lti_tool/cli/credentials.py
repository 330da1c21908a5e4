"""`cchc credentials …`: keys for the xAPI door."""

from datetime import datetime, timedelta

import click

from lti_tool.admin.keys import COMMAND_LINE, change_secret, issue_key, revoke_key
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import now, reading, section, transaction
from xapi_bridge.statement import Account
from xapi_bridge.store.credentials import (
    DEFAULT_GROUP,
    LONGEST_OVERLAP,
    Credential,
    NewCredential,
    Terms,
    find_credential,
    list_credentials,
)
from xapi_bridge.store.scopes import SCOPES


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
@click.option("--authority", nargs=2, metavar="TRANG-CHỦ TÊN", help="Tài khoản chịu trách nhiệm (authority).")
@click.option("--source", default="", help="Tên ngắn của hệ thống ghi bằng khóa này.")
@click.option("--group", default=DEFAULT_GROUP, show_default=True, help="Nhóm dùng chung bí danh.")
@click.option("--per-minute", type=click.IntRange(min=1), help="Số yêu cầu tối đa mỗi phút.")
@click.option("--note", default="", help="Ghi chú.")
@click.pass_obj
def add(
    settings: Settings,
    *,
    label: str,
    scopes: tuple[str, ...],
    days: int | None,
    authority: tuple[str, str] | None,
    source: str,
    group: str,
    per_minute: int | None,
    note: str,
) -> None:
    """Tạo khóa mới; mật khẩu chỉ hiện một lần."""
    with running_application(settings):
        instant = now()
        terms = Terms(
            label=label,
            scopes=frozenset(scopes),
            expires_at=None if days is None else instant + timedelta(days=days),
            authority=Account(home_page=authority[0], name=authority[1]) if authority else None,
            source=source,
            note=note,
            pseudonym_group=group,
            requests_per_minute=per_minute,
        )
        with transaction() as session:
            made = issue_key(
                session, terms, operator=COMMAND_LINE, now=instant, pepper=section(LrsSettings).secret
            )
    _show_secret(made)


@credentials.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê mọi khóa cùng phạm vi quyền và tình trạng."""
    with running_application(settings), reading() as session:
        found = list_credentials(session)
        instant = now()
    for credential in found:
        source = f"nguồn {credential.source}  " if credential.source else ""
        click.echo(
            f"{credential.key}  {_state(credential, instant)}  {' '.join(sorted(credential.scopes))}  "
            f"dùng lần cuối {_day(credential.last_used_at)}  {source}{credential.label}"
        )
    if not found:
        click.echo("Chưa có khóa nào.")


@credentials.command()
@click.argument("key")
@click.pass_obj
def show(settings: Settings, key: str) -> None:
    """Xem mọi điều về khóa KEY, trừ mật khẩu."""
    with running_application(settings), reading() as session:
        found = find_credential(session, key)
        instant = now()
    own = found.own_authority
    for name, value in (
        ("Khóa", found.key),
        ("Dùng cho", found.label),
        ("Quyền", " ".join(sorted(found.scopes))),
        ("Tình trạng", _state(found, instant)),
        ("Tạo ngày", _day(found.created_at)),
        ("Dùng lần cuối", _day(found.last_used_at)),
        ("Mật khẩu cũ còn dùng đến", _day(found.old_secret_until)),
        ("Tài khoản chịu trách nhiệm", f"{own.home_page} {own.name}" if own else "riêng của khóa này"),
        ("Nguồn", found.source or "—"),
        ("Nhóm bí danh", found.pseudonym_group),
        ("Tối đa mỗi phút", found.requests_per_minute or "theo giới hạn chung"),
        ("Ghi chú", found.note or "—"),
    ):
        click.echo(f"{name}: {value}")


@credentials.command()
@click.argument("key")
@click.option(
    "--overlap-days",
    type=click.IntRange(0, LONGEST_OVERLAP.days),
    default=7,
    show_default=True,
    help="Số ngày mật khẩu cũ còn dùng được bên cạnh mật khẩu mới.",
)
@click.pass_obj
def rotate(settings: Settings, key: str, overlap_days: int) -> None:
    """Đổi mật khẩu của khóa KEY; mật khẩu mới chỉ hiện một lần."""
    with running_application(settings), transaction() as session:
        made = change_secret(
            session,
            key,
            overlap=timedelta(days=overlap_days),
            operator=COMMAND_LINE,
            now=now(),
            pepper=section(LrsSettings).secret,
        )
    _show_secret(made)


@credentials.command()
@click.argument("key")
@click.pass_obj
def revoke(settings: Settings, key: str) -> None:
    """Thu hồi khóa KEY ngay lập tức."""
    with running_application(settings), transaction() as session:
        revoke_key(session, key, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã thu hồi khóa {key}.")


def _show_secret(made: NewCredential) -> None:
    click.echo(f"Khóa:      {made.key}")
    click.echo(f"Mật khẩu:  {made.secret}")
    click.echo("Hãy cất mật khẩu ngay: hệ thống không lưu và không hiện lại.")


def _state(credential: Credential, instant: datetime) -> str:
    if credential.revoked_at is not None:
        return f"đã thu hồi {_day(credential.revoked_at)}"
    if credential.expires_at is None:
        return "đang dùng, không thời hạn"
    word = "hết hạn" if credential.expires_at <= instant else "đang dùng đến"
    return f"{word} {_day(credential.expires_at)}"


def _day(instant: datetime | None) -> str:
    return "—" if instant is None else instant.astimezone(VIET_NAM).strftime("%d/%m/%Y")
