"""docker/ agrees with the settings, as far as that can be checked without a container engine."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from lti_tool.settings import PREFIX, Settings, load_settings
from tests.machine import missing_tool

DOCKER = Path(__file__).parents[2] / "docker"
KNOWN = {PREFIX + name.upper() for name in Settings.model_fields}


@pytest.fixture(scope="module")
def services() -> dict:
    return YAML(typ="safe").load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]


def test_compose_sets_only_settings_that_exist(services):
    given = {name for name in services["web"]["environment"] if name.startswith(PREFIX)}

    assert given - KNOWN == set()


def test_compose_values_make_a_service_that_starts(services):
    filled = {
        name: re.sub(r"\$\{(\w+)(?::[-?][^}]*)?\}", lambda found: _EXAMPLES[found[1]], value)
        for name, value in services["web"]["environment"].items()
    }

    settings = load_settings(filled)

    assert settings.environment == "production"


_EXAMPLES = {
    "POSTGRES_PASSWORD": "p",
    "CCHC_SECRET_KEY": "k" * 64,
    "TOOL_HOST": "cchc.example.gov.vn",
    "CONTENT_HOST": "nd.cchc.example.gov.vn",
    "CCHC_IRI_BASE": "https://cchc.example.gov.vn/",
    "CCHC_PRIVATE_NETWORKS_ALLOWED": "false",
    "CCHC_LOG_LEVEL": "info",
}


def test_every_variable_of_compose_is_in_the_example_file():
    asked = set(re.findall(r"\$\{(\w+)", (DOCKER / "compose.yaml").read_text(encoding="utf-8")))
    offered = set(re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))

    assert asked - offered == set()


def test_web_worker_and_beat_share_one_image(services):
    assert len({services[name]["image"] for name in ("web", "worker", "beat")}) == 1


def test_the_image_starts_commands_that_exist(services, tmp_path):
    environment = os.environ | {
        "CCHC_DATA_DIR": str(tmp_path),
        "CCHC_BROKER_URL": "redis://127.0.0.1:6379/15",
    }
    cchc = [sys.executable, "-c", "from lti_tool.cli import main; main()"]
    subprocess.run([*cchc, "database", "upgrade"], env=environment, capture_output=True, check=True)
    asked = "from lti_tool.wsgi import app; from lti_tool.worker import celery; print(callable(app), celery)"

    answer = subprocess.run(
        [sys.executable, "-c", asked], env=environment, capture_output=True, text=True, check=False
    )

    assert answer.stdout.startswith("True"), answer.stderr
    assert "lti_tool.wsgi:app" in (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    assert all("lti_tool.worker" in services[name]["command"] for name in ("worker", "beat"))


def test_nginx_accepts_the_configuration(tmp_path):
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        missing_tool("nginx is not installed: its configuration is not checked")
    configuration = fill_in_nginx(tmp_path)

    checked = subprocess.run(
        [nginx, "-t", "-c", str(configuration), "-p", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr


def _certificate_command(folder: Path, host: str) -> list[str]:
    options = f"req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={host}".split()
    return ["openssl", *options, "-keyout", str(folder / f"{host}.key"), "-out", str(folder / f"{host}.crt")]


def fill_in_nginx(folder: Path) -> Path:
    """The template as the image's start script fills it in, with throw-away certificates."""
    text = (DOCKER / "nginx" / "cchc.conf.template").read_text(encoding="utf-8")
    text = text.replace("${TOOL_HOST}", "tool.test").replace("${CONTENT_HOST}", "content.test")
    text = text.replace("/etc/nginx/certificates", str(folder)).replace(
        "http://web:8000", "http://127.0.0.1:8000"
    )
    for host in ("tool.test", "content.test"):
        subprocess.run(
            _certificate_command(folder, host),
            check=True,
            capture_output=True,
        )
    main = folder / "nginx.conf"
    main.write_text(f"pid {folder}/pid; error_log stderr; events {{}} http {{ access_log off;\n{text}\n}}")
    return main


def test_web_and_worker_share_the_folder_of_exports(services):
    folders = {name: services[name].get("volumes", []) for name in ("web", "worker")}

    assert all("exports:/var/lib/cchc/exports" in volumes for volumes in folders.values())
