"""Documents cannot lie: what they say of the code is compared with the code."""

import re
from pathlib import Path

import pytest

from tools.update_translations import collected_messages, english_catalogue, untranslated
from tools.write_reference import DOCS, reference_pages

ROOT = Path(__file__).parents[2]
MARKDOWN = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]


@pytest.mark.parametrize("name", sorted(reference_pages()))
def test_reference_page_says_what_the_code_does(name):
    assert (DOCS / name).read_text(encoding="utf-8") == reference_pages()[name], "run `make reference`"


@pytest.mark.parametrize("page", MARKDOWN, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_relative_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", text)

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_readme_shows_the_two_commands_that_ci_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"```(?:sh|bash)\n(make \w+)\n```", readme)

    assert {"make demo", "make test"} <= set(commands)
    assert "make test" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()


def test_every_decision_names_what_was_rejected():
    silent = [
        page.name
        for page in sorted((ROOT / "docs" / "decisions").glob("0*.md"))
        if "## Rejected" not in page.read_text(encoding="utf-8")
    ]

    assert silent == []


def test_every_message_has_english_words():
    english = english_catalogue()
    known = {message.id for message in english}

    missing = [message.id for message in collected_messages() if message.id and message.id not in known]

    assert missing == [], "run `make translations`"
    assert untranslated(english) == []


def test_translations_keep_their_placeholders():
    broken = [message.id for message in english_catalogue() if message.id and list(message.check())]

    assert broken == []
