"""`cchc staff …`: hand in lists of staff, look at them, enter them, take them back."""

import sys
from pathlib import Path

import click
from sqlalchemy.orm import Session

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from lti_tool.staff.finding_words import EFFECT_WORDS, KEPT_WORDS, STATE_WORDS, sentence
from sync.calendars import VIET_NAM
from sync.organization.staff_import.applying import apply_to_the_end, start_applying
from sync.organization.staff_import.duplicates import suggest_twins
from sync.organization.staff_import.entries import COLUMNS, EXAMPLES
from sync.organization.staff_import.planning import Effect
from sync.organization.staff_import.staging import (
    count_effects,
    discard_batch,
    get_batch,
    list_batches,
    list_rows,
    stage_staff_file,
)
from sync.organization.staff_import.undoing import undo_batch
from sync.sheets import write_template
from xapi_bridge.running_app import now, reading, transaction

_BY = "command"
_FOUND_SHOWN = 50


@click.group()
def staff() -> None:
    """Danh bạ cán bộ: mẫu, nhập danh sách, hoàn tác, người ghi hai lần."""


@staff.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def template(file: Path) -> None:
    """Ghi mẫu danh sách (XLSX) vào FILE."""
    file.write_bytes(write_template(COLUMNS, title="Cán bộ", examples=EXAMPLES))
    click.echo(f"Đã ghi mẫu: {file}")


@staff.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Chỉ xem trước, không thay đổi danh bạ.")
@click.pass_obj
def import_list(settings: Settings, file: Path, dry_run: bool) -> None:
    """Nhập danh sách FILE (XLSX hoặc CSV); dòng có lỗi được nêu và không nhập. Có lỗi thì thoát với mã 1."""
    with running_application(settings):
        with transaction() as session:
            batch_id = stage_staff_file(
                session, file.read_bytes(), file_name=file.name, scope_unit_id=None, by=_BY, now=now()
            ).batch_id
            has_errors = _tell(session, batch_id)
            batch = get_batch(session, batch_id, scope_unit_id=None)
            rows = batch.rows
            if dry_run:
                discard_batch(session, batch)
            else:
                start_applying(session, batch, now=now())
        if not dry_run:
            with click.progressbar(length=rows, label="Đang nhập", file=sys.stderr) as bar:
                apply_to_the_end(transaction, batch_id, clock=now, told=bar.update)
            with reading() as session:
                counted = count_effects(session, batch_id)
            entered = sum(counted[one] for one in (Effect.NEW, Effect.MOVE, Effect.CHANGE))
            click.echo(f"Lần nhập {batch_id}: đã nhập {entered} dòng. Hoàn tác: cchc staff undo {batch_id}")
    if has_errors:
        sys.exit(1)


@staff.command()
@click.pass_obj
def imports(settings: Settings) -> None:
    """Liệt kê các lần nhập, mới nhất trước."""
    with running_application(settings), reading() as session:
        for one in list_batches(session, scope_unit_id=None, limit=100):
            made_at = one.made_at.astimezone(VIET_NAM)
            click.echo(
                f"{one.batch_id}\t{STATE_WORDS[one.state]}\t{one.rows} dòng\t{one.made_by}\t"
                f"{made_at:%H:%M %d/%m/%Y}\t{one.file_name}"
            )


@staff.command()
@click.argument("batch_id", type=int)
@click.pass_obj
def undo(settings: Settings, batch_id: int) -> None:
    """Hoàn tác lần nhập BATCH_ID; nêu những gì giữ lại vì đã được sửa sau đó."""
    with running_application(settings), transaction() as session:
        result = undo_batch(session, get_batch(session, batch_id, scope_unit_id=None), by=_BY, now=now())
        for change in result.kept:
            click.echo(f"Giữ lại: dòng {change.row_number}, {change.kind}: {KEPT_WORDS[change.kept_because]}")
    click.echo(f"Đã hoàn tác {result.undone} thay đổi, giữ lại {len(result.kept)}.")


@staff.command()
@click.pass_obj
def twins(settings: Settings) -> None:
    """Liệt kê những người có thể được ghi hai lần (in mã, không in tên)."""
    with running_application(settings), reading() as session:
        for one in suggest_twins(session, root_id=None):
            click.echo(f"{one.staff_code}\t{one.other_code}\t{'cùng chức vụ' if one.is_certain else ''}")


def _tell(session: Session, batch_id: int) -> bool:
    """Prints what the list would do; returns whether rows have errors."""
    counted = count_effects(session, batch_id)
    click.echo(", ".join(f"{EFFECT_WORDS[effect]}: {count}" for effect, count in counted.items()))
    for row in list_rows(session, batch_id, only_found=True, limit=_FOUND_SHOWN):
        for one in row.findings:
            click.echo(f"  dòng {row.number}: {sentence(one)} [{one.code}]")
    return counted[Effect.ERROR] > 0
