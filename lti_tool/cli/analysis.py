"""`cchc analysis …`: files for analysts."""

from pathlib import Path

import click

from lti_tool.cli.application import running_application, snapshot
from lti_tool.settings import Settings
from sync.analysis.export import export_analysis


@click.group()
def analysis() -> None:
    """Tệp dữ liệu cho người phân tích."""


@analysis.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.pass_obj
def export(settings: Settings, folder: Path) -> None:
    """Ghi sự kiện học tập (theo tháng), danh mục và số liệu thành Parquet; chỉ ghi lại tháng có thay đổi."""
    with running_application(settings), snapshot() as session:
        done = export_analysis(session, folder)
    click.echo(
        f"{done.facts} sự kiện; ghi {len(done.months_written)} tháng, giữ nguyên {done.months_kept}, "
        f"xóa {len(done.months_removed)}."
    )
    if done.marks:
        click.echo(f"Còn {done.marks} cặp người – chuyên đề chờ tính lại; xuất lại sau khi tính xong.")
