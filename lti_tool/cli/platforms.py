"""`cchc platforms …`: enter, approve, correct, test, remove LMSs; what their administrators copy."""

import json
from dataclasses import replace

import click

from lti_tool.cli.application import NAMES_OF_OTHERS, running_application
from lti_tool.platforms import care
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import (
    FIELD_LABELS,
    PlatformFields,
    list_deployments,
    list_registrations,
    register_platform,
)
from lti_tool.platforms.self_test import SelfTests
from lti_tool.platforms.self_test_steps import Outcome
from lti_tool.platforms.self_test_words import tell
from lti_tool.platforms.tool_configuration import ToolAddresses, canvas_developer_key, moodle_fields
from lti_tool.settings import Settings
from xapi_bridge.running_app import borrow, now, reading, transaction
from xapi_bridge.store.audit import note_action

#: Name in the audit log of whoever works at the command line.
COMMAND_LINE = "command"
_STATES = {"pending": "chờ duyệt", "active": "đang dùng", "inactive": "đã ngừng"}


@click.group()
def platforms() -> None:
    """Các hệ thống LMS được phép mở công cụ."""


@platforms.command()
@click.option("--issuer", required=True, help="Platform ID (issuer) của LMS.")
@click.option("--client-id", required=True, help="Client ID mà LMS cấp.")
@click.option("--deployment-id", help="Deployment ID mà LMS cấp; có thể thêm sau bằng add-deployment.")
@click.option("--authorization-url", required=True, help="Authentication request URL của LMS.")
@click.option("--token-url", required=True, help="Access token URL của LMS.")
@click.option("--key-set-url", required=True, help="Public keyset URL của LMS.")
@click.option("--token-audience", default="", help="Giá trị aud khi xin token, nếu khác Access token URL.")
@click.option("--name", required=True, help="Tên gọi của LMS, ví dụ tên cơ quan.")
@click.pass_obj
def add(settings: Settings, /, deployment_id: str | None, **entered: str) -> None:
    """Đăng ký một LMS; chạy lại với cùng issuer và client id thì cập nhật."""
    with running_application(settings), transaction() as session:
        registration = register_platform(session, deployment_id=deployment_id, now=now(), **entered)
        subject = f"{registration.id} {registration.issuer} {registration.client_id}"[:200]
        note_action(session, "registration_entered", operator=COMMAND_LINE, subject=subject, now=now())
        identifier = registration.id
    click.echo(f"Đã đăng ký LMS số {identifier}. Xem các địa chỉ cần chép: cchc platforms show {identifier}")


@platforms.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """Liệt kê các LMS đã đăng ký."""
    with running_application(settings), reading() as session:
        for registration in list_registrations(session):
            state = _STATES[care.standing_of(registration)]
            click.echo(
                f"{registration.id}\t{registration.name}\t{registration.issuer}\t{registration.client_id}\t{state}"
            )


@platforms.command()
@click.argument("registration_id", type=int, required=False)
@click.pass_obj
def show(settings: Settings, registration_id: int | None) -> None:
    """In mọi địa chỉ mà quản trị viên LMS cần chép, và bản đăng ký REGISTRATION_ID nếu có."""
    for label, value in tool_addresses(settings):
        click.echo(f"{label}: {value}")
    if registration_id is None:
        return
    with running_application(settings), reading() as session:
        registration = care.get_registration(session, registration_id)
        deployments = list_deployments(session, registration_id)
    click.echo("")
    for label, value in _registration_lines(registration, deployments):
        click.echo(f"{label}: {value}")


@platforms.command()
@click.argument("registration_id", type=int)
@click.option("--client-id", help="Client ID mới.")
@click.option("--issuer", help="Platform ID (issuer) mới; chỉ khi chưa có ai học qua bản đăng ký này.")
@click.option("--authorization-url", help="Authentication request URL mới.")
@click.option("--token-url", help="Access token URL mới.")
@click.option("--key-set-url", help="Public keyset URL mới.")
@click.option("--token-audience", help="Giá trị aud mới khi xin token.")
@click.option("--name", help="Tên gọi mới.")
@click.pass_obj
def edit(settings: Settings, /, registration_id: int, **changes: str | None) -> None:
    """Sửa bản đăng ký REGISTRATION_ID; ô nào không ghi thì giữ nguyên."""
    given = {name: value for name, value in changes.items() if value is not None}
    with running_application(settings), transaction() as session:
        registration = care.get_registration(session, registration_id)
        as_it_is = PlatformFields(**{name: str(getattr(registration, name)) for name in FIELD_LABELS})
        fields = replace(as_it_is, **given)
        care.change_registration(session, registration_id, fields, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã lưu bản đăng ký {registration_id}.")


@platforms.command()
@click.argument("registration_id", type=int)
@click.pass_obj
def approve(settings: Settings, registration_id: int) -> None:
    """Duyệt bản đăng ký mà LMS tự gửi."""
    with running_application(settings), transaction() as session:
        care.approve_registration(session, registration_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã duyệt bản đăng ký {registration_id}.")


@platforms.command()
@click.argument("registration_id", type=int)
@click.pass_obj
def deactivate(settings: Settings, registration_id: int) -> None:
    """Ngừng sử dụng; dữ liệu được giữ nguyên."""
    with running_application(settings), transaction() as session:
        care.deactivate_registration(session, registration_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã ngừng bản đăng ký {registration_id}.")


@platforms.command()
@click.argument("registration_id", type=int)
@click.pass_obj
def reactivate(settings: Settings, registration_id: int) -> None:
    """Dùng lại bản đăng ký đã ngừng."""
    with running_application(settings), transaction() as session:
        care.reactivate_registration(session, registration_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã dùng lại bản đăng ký {registration_id}.")


@platforms.command()
@click.argument("registration_id", type=int)
@click.option("--yes", is_flag=True, help="Không hỏi lại.")
@click.pass_obj
def delete(settings: Settings, registration_id: int, *, yes: bool) -> None:
    """Xóa bản đăng ký chưa có dữ liệu nào."""
    if not yes:
        click.confirm(f"Xóa bản đăng ký {registration_id}?", abort=True)
    with running_application(settings), transaction() as session:
        care.delete_registration(session, registration_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã xóa bản đăng ký {registration_id}.")


@platforms.command(name="add-deployment", context_settings=NAMES_OF_OTHERS)
@click.argument("registration_id", type=int)
@click.argument("deployment_id")
@click.pass_obj
def add_deployment(settings: Settings, registration_id: int, deployment_id: str) -> None:
    """Cho phép thông điệp từ DEPLOYMENT_ID."""
    with running_application(settings), transaction() as session:
        care.admit_deployment(session, registration_id, deployment_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã thêm Deployment ID {deployment_id}.")


@platforms.command(name="remove-deployment", context_settings=NAMES_OF_OTHERS)
@click.argument("registration_id", type=int)
@click.argument("deployment_id")
@click.pass_obj
def remove_deployment(settings: Settings, registration_id: int, deployment_id: str) -> None:
    """Không nhận thông điệp từ DEPLOYMENT_ID nữa."""
    with running_application(settings), transaction() as session:
        care.remove_deployment(session, registration_id, deployment_id, operator=COMMAND_LINE, now=now())
    click.echo(f"Đã bỏ Deployment ID {deployment_id}.")


@platforms.command()
@click.argument("registration_id", type=int)
@click.pass_context
def test(context: click.Context, registration_id: int) -> None:
    """Tự kiểm tra bản đăng ký; mã thoát 1 nếu có bước không đạt."""
    with running_application(context.obj) as app, app.test_request_context():
        steps = borrow(SelfTests).test(registration_id)
        for step in steps:
            told = tell(step)
            click.echo(f"[{told.outcome}] {told.question}: {told.found} {told.next_step}".rstrip())
            for line in filter(None, (told.seen, told.lms_words)):
                click.echo(f"    {line}")
    context.exit(int(any(step.outcome is Outcome.FAIL for step in steps)))


@platforms.command()
@click.option("--unit-variable", default="", help="Biến LTI chứa mã đơn vị, ví dụ $Person.address.locality.")
@click.pass_obj
def canvas(settings: Settings, unit_variable: str) -> None:
    """In JSON cho khóa LTI của Canvas (Developer Keys, Paste JSON)."""
    key = canvas_developer_key(ToolAddresses(settings.tool_origin), unit_variable=unit_variable)
    click.echo(json.dumps(key, ensure_ascii=False, indent=2))


def tool_addresses(settings: Settings) -> list[tuple[str, str]]:
    """What an LMS asks for when a tool is entered by hand: Moodle's name for it, and our value."""
    origin = settings.tool_origin
    return [
        *moodle_fields(ToolAddresses(origin)),
        ("Custom parameters (của từng hoạt động)", "content=mã-gói/m/mã-chuyên-đề"),
    ]


def _registration_lines(registration: PlatformRegistration, deployments: list[str]) -> list[tuple[str, str]]:
    return [
        ("LMS", registration.name),
        ("Tình trạng", _STATES[care.standing_of(registration)]),
        ("Platform ID (issuer)", registration.issuer),
        ("Client ID", registration.client_id),
        ("Deployment ID", ", ".join(deployments)),
        ("Authentication request URL", registration.authorization_url),
        ("Access token URL", registration.token_url),
        ("Public keyset URL", registration.key_set_url),
        ("Sản phẩm", f"{registration.product_family} {registration.product_version}".strip()),
        ("Quyền LMS đã cấp", registration.granted_scopes),
    ]
