"""`cchc serve`: the service in one process, with its background work."""

import click
import waitress

from lti_tool.app import create_app
from lti_tool.background import start_background
from lti_tool.database_schema import require_current_schema
from lti_tool.settings import INSECURE_PREFIX, Settings, SettingsRefused
from xapi_bridge.running_app import running_app


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Địa chỉ mạng để lắng nghe.")
@click.option("--port", default=8100, show_default=True, type=click.IntRange(1, 65535), help="Cổng.")
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64), help="Số luồng phục vụ.")
@click.pass_obj
def serve(settings: Settings, host: str, port: int, threads: int) -> None:
    """Chạy dịch vụ; không có broker thì việc nền chạy ngay trong tiến trình này.

    Trước đó hãy chạy `cchc database upgrade`.
    """
    _refuse_known_secret(settings, host)
    app = create_app(settings)
    with app.app_context():
        require_current_schema(running_app().engine)
    background = start_background(app, settings)
    click.echo(f"Đang phục vụ tại http://{host}:{port} (Ctrl+C để dừng).")
    try:
        waitress.serve(app, host=host, port=port, threads=threads, ident="cchc")
    finally:
        if background is not None:
            background.stop()


def _refuse_known_secret(settings: Settings, host: str) -> None:
    """The development key is public: whoever reaches the port could sign in as anyone with it."""
    is_known = settings.secret_key.get_secret_value().startswith(INSECURE_PREFIX)
    if is_known and host not in {"127.0.0.1", "localhost", "::1"}:
        raise SettingsRefused(
            f"With the development CCHC_SECRET_KEY the service listens on this machine only, not on {host}. "
            "Set CCHC_SECRET_KEY to a random text of 32 characters or more."
        )
