"""`cchc platforms …`: enter an LMS, list them, print what its administrator must copy."""

from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy.orm import Session

from lti_tool.database import create_database_engine
from lti_tool.platforms.errors import PlatformUnknown
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.register import list_deployments, list_registrations, register_platform
from lti_tool.settings import Settings
from xapi_bridge.running_app import utc_now


@click.group()
def platforms() -> None:
    """Các hệ thống LMS được phép mở công cụ."""


@platforms.command()
@click.option("--issuer", required=True, help="Platform ID (issuer) của LMS.")
@click.option("--client-id", required=True, help="Client ID mà LMS cấp.")
@click.option("--deployment-id", required=True, help="Deployment ID mà LMS cấp.")
@click.option("--authorization-url", required=True, help="Authentication request URL của LMS.")
@click.option("--token-url", required=True, help="Access token URL của LMS.")
@click.option("--key-set-url", required=True, help="Public keyset URL của LMS.")
@click.option("--token-audience", default="", help="Giá trị aud khi xin token, nếu khác Access token URL.")
@click.option("--name", required=True, help="Tên gọi của LMS, ví dụ tên cơ quan.")
@click.pass_obj
def add(settings: Settings, /, **entered: str) -> None:
    """Đăng ký một LMS; chạy lại với cùng issuer và client id thì cập nhật."""
    with _transaction(settings) as session:
        registration = register_platform(session, now=utc_now(), **entered)
        identifier = registration.id
    click.echo(f"Đã đăng ký LMS số {identifier}. Xem các địa chỉ cần chép: cchc platforms show {identifier}")


@platforms.command(name="list")
@click.pass_obj
def list_command(settings: Settings) -> None:
    """Liệt kê các LMS đã đăng ký."""
    with _transaction(settings) as session:
        for registration in list_registrations(session):
            state = "đang dùng" if registration.active else "đã ngừng"
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
    with _transaction(settings) as session:
        registration = session.get(PlatformRegistration, registration_id)
        if registration is None:
            raise PlatformUnknown(
                f"There is no registration {registration_id}. List them: cchc platforms list"
            )
        deployments = list_deployments(session, registration_id)
    click.echo("")
    for label, value in _registration_lines(registration, deployments):
        click.echo(f"{label}: {value}")


def tool_addresses(settings: Settings) -> list[tuple[str, str]]:
    """What an LMS asks for when a tool is entered by hand: its name for it, and our value."""
    origin = settings.tool_origin
    return [
        ("Tool URL", f"{origin}/lti/launch"),
        ("LTI version", "LTI 1.3"),
        ("Public key type", "Keyset URL"),
        ("Public keyset URL", f"{origin}/lti/jwks.json"),
        ("Initiate login URL", f"{origin}/lti/login"),
        ("Redirection URI(s)", f"{origin}/lti/launch"),
        ("Custom parameters (của từng hoạt động)", "content=mã-gói/m/mã-chuyên-đề"),
        ("Custom parameters (mã cán bộ, nếu LMS không gửi)", "staff_code=$Person.sourcedId"),
        ("Services", "IMS LTI Assignment and Grade Services: Use this service for grade sync"),
    ]


def _registration_lines(registration: PlatformRegistration, deployments: list[str]) -> list[tuple[str, str]]:
    return [
        ("LMS", registration.name),
        ("Platform ID (issuer)", registration.issuer),
        ("Client ID", registration.client_id),
        ("Deployment ID", ", ".join(deployments)),
        ("Authentication request URL", registration.authorization_url),
        ("Access token URL", registration.token_url),
        ("Public keyset URL", registration.key_set_url),
    ]


@contextmanager
def _transaction(settings: Settings) -> Iterator[Session]:
    engine = create_database_engine(settings.effective_database_url)
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            yield session
    finally:
        engine.dispose()
