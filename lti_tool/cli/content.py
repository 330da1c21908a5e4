"""`cchc content …`: what authors do without a database – lint, build, compare."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import click
from sqlalchemy.orm import Session

from content_packages.authoring import Finding
from content_packages.authoring.archive import write_archive
from content_packages.authoring.change_words import WEIGHT_WORDS, changes_as_text
from content_packages.authoring.differences import compare_packages, heaviest
from content_packages.authoring.finding_formats import findings_as_json, findings_as_sarif
from content_packages.authoring.fixing import unformatted_files
from content_packages.authoring.package import build
from lti_tool.cli.application import running_application
from lti_tool.cli.content_sources import FOLDER_TYPE, SOURCE_TYPE, base_at, canonical_at, compile_source
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import reading, utc_now

_FOLDER = click.argument("folder", type=FOLDER_TYPE)
_BASE = click.option(
    "--base", type=SOURCE_TYPE, help="Thư mục hoặc tệp .cchc của gói gốc, khi gói này có extends."
)


@click.group()
def content() -> None:
    """Gói nội dung: kiểm tra nguồn, biên dịch, so sánh, xem thử, xuất bản, quay lại."""


@content.command()
@_FOLDER
@_BASE
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif"]),
    default="text",
    show_default=True,
    help="Dạng kết quả; sarif dùng cho công cụ duyệt mã và CI.",
)
@click.option("--fix", is_flag=True, help="Sửa định dạng tệp (không đổi nội dung) trước khi kiểm tra.")
def lint(folder: Path, base: Path | None, form: str, fix: bool) -> None:
    """Kiểm tra gói trong FOLDER; thoát với mã 1 khi có lỗi."""
    if fix:
        _fix(folder)
    today = utc_now().astimezone(VIET_NAM).date()
    compiled = build(folder, today=today, base=base_at(folder, base))
    findings = sorted([*compiled.findings, *_unformatted(folder)])
    if form == "text":
        _print_findings(findings)
    else:
        click.echo(_written(findings, form))
    sys.exit(1 if compiled.errors else 0)


def _fix(folder: Path) -> None:
    for file, text in list(unformatted_files(folder)):
        file.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"Đã sửa định dạng {file.relative_to(folder).as_posix()}", err=True)


def _unformatted(folder: Path) -> Iterator[Finding]:
    for file, _ in unformatted_files(folder):
        message = "tệp chưa đúng định dạng; chạy lại với --fix để sửa"
        yield Finding(file.relative_to(folder).as_posix(), 1, "F001", message, "warning")


def _print_findings(findings: list[Finding]) -> None:
    for finding in findings:
        click.echo(str(finding), err=True)
    errors = sum(finding.severity == "error" for finding in findings)
    click.echo(f"{errors} lỗi, {len(findings) - errors} cảnh báo.")


def _written(findings: list[Finding], form: str) -> str:
    if form == "json":
        return findings_as_json(findings)
    return findings_as_sarif(findings, version=version("cchc-training"))


@content.command(name="build")
@_FOLDER
@_BASE
@click.option(
    "--output",
    "-o",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Tệp cần ghi: .cchc (cả hình và video) hoặc .json (chỉ JSON chuẩn).",
)
def build_command(folder: Path, base: Path | None, output: Path | None) -> None:
    """Biên dịch gói trong FOLDER và in mã băm; cùng nguồn thì cùng từng byte."""
    compiled = compile_source(folder, base=base_at(folder, base))
    if compiled.canonical is None:
        sys.exit(1)
    if output is not None:
        is_json = output.suffix == ".json"
        output.write_bytes(compiled.canonical.encode() if is_json else write_archive(compiled))
    click.echo(f"{compiled.package_id} {compiled.version} sha256:{compiled.digest}")


@content.command()
@click.argument("old")
@click.argument("new")
@click.pass_obj
def diff(settings: Settings, old: str, new: str) -> None:
    """So sánh hai phiên bản: thay đổi nào, và số phiên bản phải tăng ở đâu.

    OLD, NEW là thư mục, tệp .cchc, tệp .json, hoặc “gói@phiên-bản” đã xuất bản, ví dụ cchc@1.0.0.
    """
    with _library_for(settings, old, new) as session:
        changes = compare_packages(canonical_at(old, session), canonical_at(new, session))
    weight = heaviest(changes)
    if weight is None:
        click.echo("Không có thay đổi.")
        return
    click.echo(changes_as_text(changes))
    click.echo(f"\n{len(changes)} thay đổi; phải tăng ít nhất: {WEIGHT_WORDS[weight]}.")


@contextmanager
def _library_for(settings: Settings, *named: str) -> Iterator[Session | None]:
    """A session on the library when a published version is named; files alone need no database."""
    if all(Path(one).exists() for one in named):
        yield None
        return
    with running_application(settings), reading() as session:
        yield session
