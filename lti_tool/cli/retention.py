"""`cchc privacy retention …`: rules on how long records are kept."""

import click

from lti_tool.cli.application import running_application
from lti_tool.settings import Settings
from sync.privacy.retention import apply_rule, preview_rule
from sync.privacy.retention_rules import (
    ACTIONS,
    NewRule,
    Scope,
    create_default_rules,
    create_rule,
    delete_rule,
    list_rules,
    list_runs,
    scope_of,
    switch_rule,
)
from xapi_bridge.running_app import now, reading, transaction

_BY = "command line"
#: Far more chunks than any store has.
_TO_THE_END = 10**9


@click.group()
def retention() -> None:
    """Thời hạn lưu giữ: quy tắc, xem trước, thực hiện, nhật ký."""


@retention.command(name="list")
@click.pass_obj
def list_all(settings: Settings) -> None:
    """Liệt kê quy tắc và nhật ký thực hiện."""
    with running_application(settings), reading() as session:
        rules, runs = list_rules(session), list_runs(session)
    for rule in rules:
        state = "đang bật" if rule.active_since else "đang tắt"
        scope = " ".join(f"{name}={value}" for name, value in scope_of(rule).given.items())
        click.echo(
            f"{rule.rule_id}  {state}  {rule.title}: {rule.action} {rule.kind} {scope} "
            f"sau {rule.keep_days} ngày"
        )
    for run in runs:
        click.echo(f"{run.ran_on:%d/%m/%Y}  quy tắc {run.rule_id}: {run.records} mục")
    if not rules:
        click.echo("Chưa có quy tắc nào. Nhập các quy tắc gợi ý (đang tắt): cchc privacy retention defaults")


@retention.command()
@click.pass_obj
def defaults(settings: Settings) -> None:
    """Nhập các quy tắc gợi ý, tất cả đang tắt."""
    with running_application(settings), transaction() as session:
        made = create_default_rules(session, by=_BY, now=now())
    click.echo(f"Đã nhập {made} quy tắc, đều đang tắt.")


@retention.command()
@click.option("--title", required=True, help="Tên quy tắc.")
@click.option("--kind", type=click.Choice(list(ACTIONS)), required=True, help="Loại dữ liệu.")
@click.option("--action", required=True, help="reduce hoặc delete.")
@click.option("--days", type=int, required=True, help="Số ngày giữ nguyên.")
@click.option("--verb", default="", help="Động từ (IRI) của bản ghi.")
@click.option("--activity-type", default="", help="Loại hoạt động (IRI) của bản ghi.")
@click.option("--source", nargs=2, default=("", ""), help="Nguồn: homePage và name của authority.")
@click.option("--usage-type", default="", help="Kiểu sử dụng (IRI) của tệp đính kèm.")
@click.option("--resource", default="", help="state, agent_profile hoặc activity_profile.")
@click.pass_obj
def add(
    settings: Settings,
    title: str,
    kind: str,
    action: str,
    days: int,
    verb: str,
    activity_type: str,
    source: tuple[str, str],
    usage_type: str,
    resource: str,
) -> None:
    """Thêm một quy tắc (đang tắt); quy tắc làm đổi số liệu bị từ chối kèm lý do."""
    scope = Scope(verb, activity_type, source[0], source[1], usage_type, resource)
    with running_application(settings):
        with transaction() as session:
            rule = create_rule(session, NewRule(title, kind, action, days, scope), by=_BY, now=now())
        with reading() as session:
            waiting = preview_rule(session, rule.rule_id, now=now())
    click.echo(f"Quy tắc {rule.rule_id} đang tắt; hiện có {waiting} mục đủ tuổi.")


@retention.command()
@click.argument("rule_id", type=int)
@click.pass_obj
def preview(settings: Settings, rule_id: int) -> None:
    """Cho biết quy tắc RULE_ID sẽ xét bao nhiêu mục; không thay đổi gì."""
    with running_application(settings), reading() as session:
        waiting = preview_rule(session, rule_id, now=now())
    click.echo(f"{waiting} mục đủ tuổi.")


@retention.command()
@click.argument("rule_id", type=int)
@click.confirmation_option(prompt="Dữ liệu bị bỏ không lấy lại được. Thực hiện")
@click.pass_obj
def run(settings: Settings, rule_id: int) -> None:
    """Thực hiện quy tắc RULE_ID ngay."""
    with running_application(settings):
        records = apply_rule(transaction, rule_id, now=now(), most_chunks=_TO_THE_END)
    click.echo(f"Đã xử lý {records} mục.")


@retention.command(name="on")
@click.argument("rule_id", type=int)
@click.confirmation_option(prompt="Quy tắc sẽ tự chạy và dữ liệu bị bỏ không lấy lại được. Bật")
@click.pass_obj
def switch_on(settings: Settings, rule_id: int) -> None:
    """Bật quy tắc RULE_ID."""
    with running_application(settings), transaction() as session:
        switch_rule(session, rule_id, on=True, now=now())
    click.echo("Đã bật.")


@retention.command(name="off")
@click.argument("rule_id", type=int)
@click.pass_obj
def switch_off(settings: Settings, rule_id: int) -> None:
    """Tắt quy tắc RULE_ID."""
    with running_application(settings), transaction() as session:
        switch_rule(session, rule_id, on=False, now=now())
    click.echo("Đã tắt.")


@retention.command()
@click.argument("rule_id", type=int)
@click.pass_obj
def remove(settings: Settings, rule_id: int) -> None:
    """Bỏ quy tắc RULE_ID chưa từng chạy."""
    with running_application(settings), transaction() as session:
        delete_rule(session, rule_id)
    click.echo("Đã bỏ quy tắc.")
