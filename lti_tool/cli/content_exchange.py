"""`cchc content import|export|template`: questions of others in, ours out."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path

import click

from content_packages.errors import PackageNotFound
from content_packages.formats.sheet_out import write_sheet_template
from content_packages.formats.word_template import write_word_template
from content_packages.imports.choices import AREAS, ImportChoices
from content_packages.imports.reading import ReadImport, read_import, recognise_format
from content_packages.library import find_current_version, read_package
from content_packages.library.media import find_media_bytes
from lti_tool.cli.application import running_application
from lti_tool.content_exchange.exports import EXPORTS, ExportRequest
from lti_tool.settings import Settings
from sync.calendars import local_day
from xapi_bridge.running_app import reading, utc_now

_OUTPUT = click.argument("output", type=click.Path(path_type=Path))
_TEMPLATES = {"xlsx": write_sheet_template, "docx": write_word_template}


@click.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@_OUTPUT
@click.option("--package", "package_id", required=True, help="Mã gói: chữ thường không dấu, số, gạch nối.")
@click.option("--title", required=True, help="Tên gói.")
@click.option("--area", type=click.Choice(AREAS), default=AREAS[0], show_default=True, help="Lĩnh vực.")
@click.option("--source", required=True, help="Số, ký hiệu văn bản làm căn cứ cho câu chưa ghi nguồn.")
@click.option("--source-date", type=click.DateTime(["%Y-%m-%d"]), help="Ngày ban hành văn bản đó.")
@click.option("--leave-out-broken", is_flag=True, help="Bỏ lại các câu có lỗi.")
def import_command(
    file: Path,
    output: Path,
    package_id: str,
    title: str,
    area: str,
    source: str,
    source_date: datetime | None,
    leave_out_broken: bool,
) -> None:
    """Đọc FILE (Excel, Word, Moodle XML, GIFT, Aiken, QTI) thành gói nguồn trong thư mục OUTPUT.

    Thoát với mã 1 khi còn câu có lỗi; gói nguồn vẫn được ghi để sửa tiếp. Xuất bản bằng
    `cchc content publish`.
    """
    choices = ImportChoices(
        package_id,
        title,
        area,
        source,
        source_date.date() if source_date else None,
        leave_out_broken=leave_out_broken,
    ).check()
    content = file.read_bytes()
    name = recognise_format(file.name, content)
    read = read_import(
        name, content, file_name=file.name, choices=choices, version="0.1.0", today=local_day(utc_now())
    )
    _tell(read)
    for path, text in read.source.items():
        target = output / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, "utf-8")
    click.echo(f"{len(read.questions)} câu hỏi trong {output}.")
    sys.exit(0 if read.may_publish else 1)


def _tell(read: ReadImport) -> None:
    for finding in (*read.file_findings, *(read.compiled.findings if read.compiled else ())):
        click.echo(str(finding), err=True)


@click.command(name="export")
@click.argument("package_id", metavar="PACKAGE")
@_OUTPUT
@click.option("--format", "name", type=click.Choice(list(EXPORTS)), required=True, help="Dạng tệp.")
@click.option("--bank", default="", help="Chỉ một ngân hàng câu hỏi.")
@click.pass_obj
def export_command(settings: Settings, package_id: str, output: Path, name: str, bank: str) -> None:
    """Ghi phiên bản hiện hành của PACKAGE ra tệp OUTPUT: khung khóa học, Excel, Moodle XML, GIFT, Word."""
    with running_application(settings), reading() as session:
        current = find_current_version(session, package_id)
        if current is None:
            raise PackageNotFound(f"No version of {package_id!r} is published.")
        package = read_package(session, current.digest)
        asked = ExportRequest(
            package,
            bank,
            f"{settings.tool_origin}/lti/launch",
            "CCHC",
            str(settings.iri_base),
            partial(find_media_bytes, session),
        )
        output.write_bytes(EXPORTS[name].write(asked))
    click.echo(f"Đã ghi {output} ({package.id} {package.version}).")


@click.command(name="template")
@click.argument("kind", type=click.Choice(list(_TEMPLATES)))
@_OUTPUT
def template_command(kind: str, output: Path) -> None:
    """Ghi tệp mẫu Excel hoặc Word để tác giả điền câu hỏi."""
    output.write_bytes(_TEMPLATES[kind]())
    click.echo(f"Đã ghi {output}.")


COMMANDS = (import_command, export_command, template_command)
