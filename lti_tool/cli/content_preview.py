"""`cchc content preview`: an author's draft in the browser, as a teacher sees it; nothing is recorded.

A database of its own in a temporary folder, gone when the command ends. The page /xem-thu compiles the folder
anew each time it is opened, so an author saves, opens it again and sees the change.
"""

import secrets
import tempfile
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import click
import waitress
from flask import Flask, Response, redirect, url_for
from pydantic import HttpUrl, SecretStr
from sqlalchemy import delete
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response as AnyResponse

from content_packages.authoring import BasePackage, CompiledPackage, build
from content_packages.library import PublishedVersion, publish_package
from content_packages.library.models import ContentChannel, ContentRelease, ContentVersion
from content_packages.player.ticket import Ticket, browser_cookie_name, browser_proof, seal_ticket
from lti_tool.app import create_app
from lti_tool.cli.content_sources import FOLDER_TYPE, SOURCE_TYPE, base_at
from lti_tool.database_schema import upgrade_database
from lti_tool.settings import Settings
from sync.calendars import local_day
from xapi_bridge.running_app import now, running_app, transaction
from xapi_bridge.statement import Account

_OPEN_FOR = timedelta(hours=12)


@click.command()
@click.argument("folder", type=FOLDER_TYPE)
@click.option("--base", type=SOURCE_TYPE, help="Thư mục hoặc tệp .cchc của gói gốc, khi gói này có extends.")
@click.option("--port", default=8130, show_default=True, type=click.IntRange(1, 65535), help="Cổng.")
@click.pass_obj
def preview(settings: Settings, folder: Path, base: Path | None, port: int) -> None:
    """Xem thử bản nháp của gói trong FOLDER bằng trình duyệt trên máy này; không ghi lại gì.

    Sửa tệp rồi mở lại địa chỉ là thấy bản mới. Nhấn Ctrl+C để dừng.
    """
    with tempfile.TemporaryDirectory(prefix="cchc-xem-thu-") as scratch:
        chosen = preview_settings(settings, Path(scratch), port=port)
        app = make_preview_app(chosen, folder, base=base_at(folder, base))
        click.echo(f"Xem thử tại {chosen.tool_origin}/xem-thu (Ctrl+C để dừng).")
        waitress.serve(app, host="127.0.0.1", port=port, threads=4, ident="cchc")


def preview_settings(given: Settings, scratch: Path, *, port: int) -> Settings:
    """The settings of a house that lives as long as the preview."""
    return given.model_copy(
        update={
            "environment": "development",
            "data_dir": scratch,
            "database_url": "",
            "broker_url": "",
            "secret_key": SecretStr(secrets.token_urlsafe(48)),
            "tool_url": HttpUrl(f"http://127.0.0.1:{port}"),
            "trusted_proxies": 0,
        }
    )


def make_preview_app(settings: Settings, folder: Path, *, base: BasePackage | None) -> Flask:
    """The service with one more page, /xem-thu, that compiles the folder and leads into it."""
    app = create_app(settings)
    with app.app_context():
        upgrade_database(running_app().engine)

    def open_draft() -> AnyResponse:
        compiled = build(folder, today=local_day(now()), base=base)
        if compiled.canonical is None:
            return Response(_told(compiled), status=422, content_type="text/plain; charset=utf-8")
        with transaction() as session:
            draft = _replace_draft(session, compiled)
        return _enter(draft, settings)

    app.add_url_rule("/xem-thu", "content_preview", open_draft)
    return app


def _told(compiled: CompiledPackage) -> str:
    lines = "\n".join(str(finding) for finding in compiled.findings)
    return f"Gói còn {len(compiled.errors)} lỗi. Sửa xong hãy mở lại trang này.\n\n{lines}\n"


def _replace_draft(session: Session, compiled: CompiledPackage) -> PublishedVersion:
    """The draft in place of the draft before it, which may have the same version number."""
    for table in (ContentRelease, ContentChannel, ContentVersion):
        session.execute(delete(table).where(table.package_id == compiled.package_id))
    return publish_package(session, compiled, now=now())


def _enter(draft: PublishedVersion, settings: Settings) -> AnyResponse:
    """Into the pages of the draft, with the cookie that ties them to this browser."""
    secret = settings.secret_key.get_secret_value()
    ticket = Ticket(
        launch_session_id=secrets.token_hex(16),
        learner=Account(home_page=settings.tool_origin, name="xem-thu"),
        learner_name="",
        role="teacher",
        package_id=draft.package_id,
        package_digest=draft.digest,
        item="",
        registration=uuid4(),
        course_id="",
        course_title="",
        return_url="",
        frame_origin="",
        expires_at=now() + _OPEN_FOR,
        bound=True,
        is_sample=True,
    )
    sealed = seal_ticket(ticket, secret=secret)
    answer = redirect(url_for("player.show_entry", ticket=sealed), code=303)
    proof = browser_proof(ticket.launch_session_id, secret=secret)
    answer.set_cookie(
        browser_cookie_name(ticket.launch_session_id), proof, path="/hoc", httponly=True, samesite="Lax"
    )
    return answer
