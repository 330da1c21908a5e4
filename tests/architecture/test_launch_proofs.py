"""The table of proofs names tests that exist, and leaves no known weakness out."""

import re
from pathlib import Path

TABLE = Path("docs/launch-proofs.md").read_text(encoding="utf-8")
KNOWN_WEAKNESSES = 26


def test_every_test_that_the_table_names_exists():
    sources = "\n".join(path.read_text(encoding="utf-8") for path in Path("tests").rglob("test_*.py"))
    defined = set(re.findall(r"^def (test_\w+)", sources, re.MULTILINE))
    named = {name for name in re.findall(r"`(test_\w+)`", TABLE) if name != "test_launch_proofs"}

    assert len(named) > 60
    assert named - defined == set()


def test_the_table_has_every_known_weakness():
    rows = re.findall(r"^\| (W\d\d)(?:–(W\d\d))? \|", TABLE, re.MULTILINE)
    listed = [n for first, last in rows for n in range(int(first[1:]), int((last or first)[1:]) + 1)]

    assert listed == list(range(1, KNOWN_WEAKNESSES + 1))
