"""`cchc content …`: check a package's source, compile it, publish it."""

import sys
from pathlib import Path

import click

from content_packages import SHIPPED_CURRICULUM
from content_packages.authoring import CompiledPackage, build
from content_packages.library import publish_package
from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, transaction, utc_now

_FOLDER_TYPE = click.Path(exists=True, file_okay=False, path_type=Path)
_FOLDER = click.argument("folder", type=_FOLDER_TYPE)
_OPTIONAL_FOLDER = click.argument("folder", type=_FOLDER_TYPE, default=SHIPPED_CURRICULUM)


@click.group()
def content() -> None:
    """Gói nội dung: kiểm tra nguồn, biên dịch, xuất bản."""


@content.command()
@_FOLDER
def lint(folder: Path) -> None:
    """Kiểm tra gói trong FOLDER; thoát với mã 1 khi có lỗi."""
    compiled = _compile(folder)
    errors, warnings = len(compiled.errors), len(compiled.findings) - len(compiled.errors)
    click.echo(f"{errors} lỗi, {warnings} cảnh báo.")
    sys.exit(1 if errors else 0)


@content.command(name="build")
@_FOLDER
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), help="Tệp JSON chuẩn cần ghi.")
def build_command(folder: Path, output: Path | None) -> None:
    """Biên dịch gói trong FOLDER và in mã băm; cùng nguồn thì cùng mã băm."""
    compiled = _compile(folder)
    if compiled.canonical is None:
        sys.exit(1)
    if output is not None:
        output.write_bytes(compiled.canonical.encode())
    click.echo(f"{compiled.package_id} {compiled.version} sha256:{compiled.digest}")


@content.command()
@_OPTIONAL_FOLDER
@click.pass_obj
def publish(settings: Settings, folder: Path) -> None:
    """Xuất bản gói trong FOLDER, hoặc chương trình đi kèm khi bỏ trống.

    Chạy lại với cùng nội dung thì không đổi gì.
    """
    compiled = _compile(folder)
    with running_application(settings), transaction() as session:
        published = publish_package(session, compiled, now=now())
    click.echo(f"Đã xuất bản {published.package_id} {published.version} sha256:{published.digest}")


def _compile(folder: Path) -> CompiledPackage:
    """The compiled package, its findings printed; dates count as today in Viet Nam."""
    compiled = build(folder, today=utc_now().astimezone(VIET_NAM).date())
    for finding in compiled.findings:
        click.echo(str(finding), err=True)
    return compiled
