"""`cchc identity …`: the rules by which a registration recognises learners."""

from pathlib import Path

import click

from lti_tool.cli.application import running_application
from lti_tool.identity.recognizing import prune_samples
from lti_tool.identity.rule_versions import list_rule_versions, restore_rules, rules_in_force, save_rules
from lti_tool.identity.rules import STAFF_CODE_RULES, rules_as_json, rules_from_json
from lti_tool.platforms.errors import PlatformUnknown
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.settings import Settings
from sync.calendars import VIET_NAM
from xapi_bridge.running_app import now, reading, transaction

_BY = "command"


@click.group()
def identity() -> None:
    """Quy tắc nhận diện người học của từng kết nối LMS."""


@identity.command()
@click.argument("registration_id", type=int)
@click.pass_obj
def show(settings: Settings, registration_id: int) -> None:
    """In quy tắc đang dùng của kết nối REGISTRATION_ID (JSON) và lịch sử."""
    with running_application(settings), reading() as session:
        in_force = rules_in_force(session, registration_id)
        versions = list_rule_versions(session, registration_id)
    click.echo(rules_as_json(in_force.rules))
    for one in versions:
        made_at = one.made_at.astimezone(VIET_NAM).strftime("%d/%m/%Y %H:%M") if one.made_at else ""
        click.echo(
            f"bản {one.version}  {made_at}  {one.made_by}  {len(one.rules)} quy tắc  {one.note}", err=True
        )


@identity.command()
@click.argument("registration_id", type=int)
@click.option("--staff-code", "ready_made", is_flag=True, help="Dùng mẫu: mã cán bộ ở lis.person_sourcedid.")
@click.option(
    "--file", "path", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Tệp JSON quy tắc."
)
@click.option("--note", default="", help="Vì sao sửa.")
@click.pass_obj
def use(settings: Settings, registration_id: int, ready_made: bool, path: Path | None, note: str) -> None:
    """Đặt quy tắc cho kết nối REGISTRATION_ID."""
    if ready_made == (path is not None):
        raise click.UsageError("Chọn một trong hai: --staff-code hoặc --file.")
    rules = STAFF_CODE_RULES if path is None else rules_from_json(path.read_text("utf-8"))
    with running_application(settings), transaction() as session:
        if session.get(PlatformRegistration, registration_id) is None:
            raise PlatformUnknown(
                f"There is no registration {registration_id}. `cchc platforms list` shows all."
            )
        saved = save_rules(
            session,
            registration_id,
            rules,
            seen_version=rules_in_force(session, registration_id).version,
            note=note,
            by=_BY,
            now=now(),
        )
    click.echo(f"Đang dùng bản {saved.version}: {len(saved.rules)} quy tắc.")


@identity.command()
@click.argument("registration_id", type=int)
@click.argument("version", type=int)
@click.pass_obj
def restore(settings: Settings, registration_id: int, version: int) -> None:
    """Dùng lại bản quy tắc VERSION (0: không có quy tắc)."""
    with running_application(settings), transaction() as session:
        saved = restore_rules(
            session,
            registration_id,
            version=version,
            seen_version=rules_in_force(session, registration_id).version,
            by=_BY,
            now=now(),
        )
    click.echo(f"Đang dùng bản {saved.version}: {len(saved.rules)} quy tắc.")


@identity.command()
@click.pass_obj
def prune(settings: Settings) -> None:
    """Xóa dữ liệu thử quy tắc cũ hơn 7 ngày (bình thường tự xóa khi có người mở bài)."""
    with running_application(settings), transaction() as session:
        count = prune_samples(session, now=now(), most=1_000_000)
    click.echo(f"Đã xóa {count} mẫu.")
