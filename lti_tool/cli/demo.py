"""`cchc demo`: a real day on this machine, with nothing to install or configure first."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

import click

from lti_tool.demo.farewell import address_list
from lti_tool.demo.installation import demo_settings, open_installation
from lti_tool.demo.progress import Progress
from lti_tool.demo.running import build_house, require_free_ports, serve_house
from lti_tool.demo.story import PLAYING_STEPS, PREPARING_STEPS, play_day, prepare_house
from lti_tool.logs import configure_logs
from lti_tool.practice_lms import GENERIC, PROFILES
from lti_tool.settings import Settings

_PORT = click.IntRange(1, 65535)


@click.command()
@click.option(
    "--data-dir",
    type=click.Path(file_okay=False, path_type=Path),
    help="Thư mục dữ liệu (mặc định: thư mục con demo của CCHC_DATA_DIR).",
)
@click.option("--tool-port", type=_PORT, help="Cổng của công cụ (mặc định 8100).")
@click.option("--lms-port", type=_PORT, help="Cổng của LMS thực hành (mặc định 8200).")
@click.option(
    "--lms-profile",
    type=click.Choice(list(PROFILES)),
    default=GENERIC.code,
    show_default=True,
    help="Sản phẩm mà LMS thực hành đóng vai.",
)
@click.option("--no-wait", is_flag=True, help="Kết thúc ngay sau khi diễn xong, không giữ máy chủ chạy.")
@click.pass_obj
def demo(
    settings: Settings,
    data_dir: Path | None,
    tool_port: int | None,
    lms_port: int | None,
    lms_profile: str,
    no_wait: bool,
) -> None:
    """Diễn một ngày học thật trên máy này: LMS thực hành, bài học, bản ghi, thống kê, điểm.

    Chạy lại thì tiếp tục chỗ đang dở, không nhân đôi. Xóa thư mục dữ liệu để bắt đầu lại từ đầu.
    """
    folder = (data_dir or settings.data_dir / "demo").resolve()
    installation = open_installation(folder, tool_port=tool_port, lms_port=lms_port)
    require_free_ports(installation)
    progress = Progress(total=PREPARING_STEPS + PLAYING_STEPS)
    with _logs_in(folder / "demo.log", settings):
        chosen = demo_settings(settings, installation, folder)
        house = build_house(chosen, installation, folder, profile=PROFILES[lms_profile])
        package = prepare_house(house, progress)
        with serve_house(house):
            key = play_day(house, package, progress)
            click.echo(address_list(house, key))
            if not no_wait:
                _wait_for_ctrl_c()


@contextmanager
def _logs_in(path: Path, settings: Settings) -> Iterator[None]:
    """Keeps the terminal for the progress; what threads say afterwards goes where logs usually go."""
    with path.open("a", encoding="utf-8") as log_file:
        configure_logs(level=settings.log_level, log_format="json", stream=log_file)
        try:
            yield
        finally:
            configure_logs(level=settings.log_level, log_format=settings.log_format)


def _wait_for_ctrl_c() -> None:
    stop = threading.Event()

    def end(_signal: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    click.echo("Đang chạy. Nhấn Ctrl+C để dừng.")
    stop.wait()
