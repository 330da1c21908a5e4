"""`cchc database …`: bring the schema up, take it down, compare it with the code."""

import sys

import click

from lti_tool import database_schema
from lti_tool.database import create_database_engine
from lti_tool.settings import Settings


@click.group()
def database() -> None:
    """Lược đồ cơ sở dữ liệu: nâng cấp, hạ cấp, đối chiếu."""


@database.command()
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Nâng cơ sở dữ liệu lên phiên bản mới nhất (chạy lại nhiều lần vẫn an toàn)."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    engine = create_database_engine(settings.effective_database_url)
    database_schema.upgrade_database(engine)
    click.echo(f"Cơ sở dữ liệu đang ở phiên bản {database_schema.current_revision(engine)}.")
    engine.dispose()


@database.command()
@click.argument("revision")
@click.confirmation_option(prompt="Hạ cấp có thể xóa bảng và dữ liệu. Tiếp tục?")
@click.pass_obj
def downgrade(settings: Settings, revision: str) -> None:
    """Hạ cơ sở dữ liệu về phiên bản REVISION (`base`: xóa tất cả các bảng)."""
    engine = create_database_engine(settings.effective_database_url)
    database_schema.downgrade_database(engine, to=revision)
    click.echo(f"Cơ sở dữ liệu đang ở phiên bản {database_schema.current_revision(engine) or 'trống'}.")
    engine.dispose()


@database.command()
@click.pass_obj
def check(settings: Settings) -> None:
    """Đối chiếu cơ sở dữ liệu với mã nguồn; thoát với mã 1 khi có khác biệt."""
    engine = create_database_engine(settings.effective_database_url)
    differences = database_schema.schema_differences(engine)
    engine.dispose()
    for difference in differences:
        click.echo(difference)
    if differences:
        sys.exit(1)
    click.echo("Cơ sở dữ liệu khớp với mã nguồn.")
