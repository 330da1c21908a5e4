"""`cchc identity`: rules shown, set, restored; samples removed."""

import json

import pytest
from click.testing import CliRunner
from sqlalchemy.orm import Session

from lti_tool.cli.identity import identity
from lti_tool.identity.errors import RulesMalformed
from lti_tool.identity.rule_versions import rules_in_force
from lti_tool.identity.rules import NO_RULES, STAFF_CODE_RULES
from lti_tool.platforms.errors import PlatformUnknown
from lti_tool.settings import load_settings
from tests.factories.lti import FakePlatform, create_platform
from tests.factories.organization import NOW


@pytest.fixture
def command(database_url, engine):
    with Session(engine) as session, session.begin():
        create_platform(session, FakePlatform(), now=NOW, rules=NO_RULES)
    settings = load_settings({"CCHC_DATABASE_URL": database_url})

    def run(*words: str):
        return CliRunner().invoke(identity, words, obj=settings)

    return run


def test_rules_are_set_shown_and_restored(command, engine, tmp_path):
    written = [{"source": "custom.ma", "target": "staff_code"}]
    (tmp_path / "rules.json").write_text(json.dumps(written), "utf-8")

    answers = [
        command("use", "1", "--staff-code"),
        command("use", "1", "--file", str(tmp_path / "rules.json"), "--note", "thử"),
        command("restore", "1", "1"),
    ]
    shown = command("show", "1")

    assert [answer.exit_code for answer in answers] == [0, 0, 0]
    assert "lis.person_sourcedid" in shown.output
    with Session(engine) as session:
        assert (rules_in_force(session, 1).version, rules_in_force(session, 1).rules) == (3, STAFF_CODE_RULES)


def test_what_cannot_be_used_is_refused(command, tmp_path):
    (tmp_path / "rules.json").write_text("[7]", "utf-8")

    assert isinstance(command("use", "1", "--file", str(tmp_path / "rules.json")).exception, RulesMalformed)
    assert isinstance(command("use", "99", "--staff-code").exception, PlatformUnknown)
    assert command("use", "1").exit_code == 2
    assert command("prune").exit_code == 0
