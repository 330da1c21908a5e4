"""`cchc forwarding …` has the powers of the console."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from lti_tool.cli import cli
from sync.errors import ForwardingFilterRefused, TargetUnknown
from sync.forwarding.models import OutgoingStatement
from tests.factories.learning import NOON, make_completed
from tests.factories.learning import record as record_statements


@pytest.fixture
def run(database_url):
    def invoke(*arguments, text=""):
        result = CliRunner().invoke(
            cli, ["forwarding", *arguments], input=text, env={"CCHC_DATABASE_URL": database_url}
        )
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return invoke


def add(run, *more):
    return run("add", "bo", "--endpoint", "https://lrs.invalid/xapi", "--key", "k", *more, text="geheim\n")


def test_a_target_is_added_listed_and_paused(run):
    assert "Đã thêm nơi nhận bo." in add(run)

    run("pause", "bo")
    paused = run("list")
    run("resume", "bo")

    assert "bo  paused" in paused
    assert "bo  current" in run("list")
    assert "geheim" not in run("show", "bo")


def test_a_password_may_come_from_a_file(run, tmp_path):
    secret = tmp_path / "secret"
    secret.write_text("geheim\n", encoding="utf-8")

    assert "Đã thêm" in add(run, "--secret-file", str(secret))


def test_a_filter_is_tried_and_changed(run, engine):
    with Session(engine) as session, session.begin():
        record_statements(session, make_completed("an"), now=NOON)
    add(run, "--from", "all")

    tried = run("preview", '{"packages": ["cchc"]}')
    run("change", "bo", "--filter", '{"packages": ["khac"]}')

    assert "cho qua 1 trong 1" in tried
    assert "Đã xét 1 bản ghi, đã gửi 0." in run("run")
    with pytest.raises(ForwardingFilterRefused):
        run("preview", '{"verb": []}')


def test_what_cannot_be_sent_is_listed_resent_and_put_away(run, engine):
    add(run, "--from", "all")
    with Session(engine) as session, session.begin():
        ids = record_statements(session, make_completed("an"), make_completed("binh"), now=NOON)
    run("run")
    _bury_all(engine)

    listed = run("dead", "bo").splitlines()
    as_json = [json.loads(line) for line in run("dead", "bo", "--json").splitlines()]
    first, second = [line.split()[0] for line in listed]
    run("discard", "bo", first, "--note", "thử")
    one = run("resend", "bo", "--seq", second)
    _bury_all(engine)
    rest = run("resend", "bo", "--reason", "remote_conflict")

    assert [entry["statement"]["id"] for entry in as_json] == [str(one) for one in ids]
    assert "thử" in run("dead", "bo", "--discarded")
    assert (one, rest) == ("1 bản ghi sẽ được gửi lại.\n", "1 bản ghi sẽ được gửi lại.\n")


def test_trouble_is_shown_with_its_code(run, engine):
    add(run, "--from", "all")
    with Session(engine) as session, session.begin():
        record_statements(session, make_completed("an"), now=NOON)
    run("run")

    shown = run("show", "bo")

    assert "troubled" in shown
    assert "[remote_unavailable]" in shown


def test_an_unknown_name_lists_the_known_ones(run):
    add(run)

    with pytest.raises(TargetUnknown, match="Known: bo"):
        run("show", "khac")


def _bury_all(engine):
    with Session(engine) as session, session.begin():
        for row in session.query(OutgoingStatement).filter(OutgoingStatement.discarded_at.is_(None)):
            row.due_at, row.dead_at, row.reason = None, NOON, "remote_conflict"
