"""What is installed is complete: a wheel carries its data, and nothing that belongs to the workshop."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory) -> list[str]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as opened:
        return opened.namelist()


@pytest.mark.parametrize(
    "needed",
    [
        "lti_tool/migrations/env.py",
        "lti_tool/migrations/versions/",
        "lti_tool/translations/en/LC_MESSAGES/messages.mo",
        "lti_tool/static/base.css",
        "lti_tool/templates/base.html",
        "content_packages/cchc/package.yaml",
        "content_packages/player/templates/",
        "content_packages/authoring/schemas/",
        "sync/organization/data/",
        "sync/official_reports/shipped/bao-cao.docx",
        "sync/official_reports/shipped/bao-cao.typ",
        "xapi_bridge/py.typed",
    ],
)
def test_the_wheel_carries(wheel_names, needed):
    assert [name for name in wheel_names if name.startswith(needed)]


def test_the_wheel_carries_only_our_four_packages(wheel_names):
    tops = {name.split("/")[0] for name in wheel_names}

    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "lti_tool",
        "sync",
        "content_packages",
        "xapi_bridge",
    }


def test_pins_name_versions_and_no_registry():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    assert lines
    assert [line for line in lines if line and "==" not in line] == []
    assert [line for line in lines if "://" in line] == []
