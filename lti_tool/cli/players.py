"""`cchc content install-players`: players by others, which the repository never holds."""

import shutil
import subprocess
import tempfile
from pathlib import Path

import click

from content_packages.active.errors import PlayerMissing
from content_packages.active.player_files import PinnedPlayer, install_player, pinned_players
from lti_tool.content_host import active_settings_from
from lti_tool.settings import Settings


@click.command(name="install-players")
@click.option(
    "--from",
    "package_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Tệp gói npm đã tải sẵn (máy chủ không ra mạng).",
)
@click.pass_obj
def install_players_command(settings: Settings, package_file: Path | None) -> None:
    """Lấy trình phát SCORM (scorm-again) từ gói npm, đối chiếu mã băm, đặt vào thư mục trình phát."""
    folder = active_settings_from(settings).players
    for name, pin in pinned_players().items():
        package = package_file.read_bytes() if package_file else fetch_package(name, pin)
        for path in install_player(name, package, folder):
            click.echo(f"{path}")
        click.echo(f"Đã cài {name} {pin.version} ({pin.licence}).")


def fetch_package(name: str, pin: PinnedPlayer) -> bytes:
    """The package, by npm as it is set up on this machine; no script of the package runs.

    Raises:
        PlayerMissing: there is no npm, or it does not get the package.
    """
    npm = shutil.which("npm")
    if npm is None:
        raise PlayerMissing("npm is not installed. Fetch the package elsewhere and give it with --from.")
    with tempfile.TemporaryDirectory() as folder:
        asked = [npm, "pack", "--ignore-scripts", "--silent", f"{name}@{pin.version}"]
        done = subprocess.run(asked, cwd=folder, capture_output=True, check=False, timeout=300)
        found = list(Path(folder).glob("*.tgz"))
        if done.returncode or not found:
            raise PlayerMissing(f"npm did not fetch {name}@{pin.version}. Try again, or use --from.")
        return found[0].read_bytes()


COMMANDS = (install_players_command,)
