"""create_app(settings): reads like a table of contents."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from content_packages.player import views as player_pages
from content_packages.player.settings import PlayerSettings
from lti_tool import error_pages, languages, page_formats, security_headers
from lti_tool.admin import guard, sign_in_views
from lti_tool.admin import views as admin_pages
from lti_tool.advantage.gradebook import AgsGradebook
from lti_tool.background import sync_settings_from
from lti_tool.database import create_database_engine
from lti_tool.home import views as home_pages
from lti_tool.launch import views as launch_endpoints
from lti_tool.platforms import views as platform_endpoints
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.reports import course_views as course_pages
from lti_tool.reports import views as report_pages
from lti_tool.settings import Settings
from sync.ports import Gradebook
from sync.settings import SyncSettings
from xapi_bridge.http import views as xapi_door
from xapi_bridge.http.settings import LrsSettings
from xapi_bridge.running_app import RunningApp, lend, utc_now


class NumberInAddress(IntegerConverter):
    """A whole number that the database can hold; a longer one names nothing, so the answer is 404."""

    def __init__(self, url_map: Map, **limits: Any) -> None:
        super().__init__(url_map, **{"max": 2**31 - 1, **limits})


def create_app(settings: Settings) -> Flask:
    """The whole service as one WSGI application; nothing is read from the environment here."""
    app = Flask("lti_tool")
    app.url_map.converters["int"] = NumberInAddress
    configure(app, settings)
    lend_parts(app, settings)
    stand_behind_proxies(app, settings)
    languages.speak_vietnamese_first(app)
    security_headers.protect(app, settings)
    page_formats.teach_formats(app)
    error_pages.explain_refusals(app)
    guard.watch_operators(app)
    open_doors(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Flask's own configuration, derived from ours."""
    in_production = settings.environment == "production"
    app.config.update(
        SECRET_KEY=settings.secret_key.get_secret_value(),
        SESSION_COOKIE_NAME="cchc_operator",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=in_production,
        MAX_CONTENT_LENGTH=16 * 1024 * 1024,
        CCHC_SETTINGS=settings,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


def lend_parts(app: Flask, settings: Settings) -> None:
    """Database, clock, the objects that fill the ports of sync, and what the rooms need to know."""
    engine = create_database_engine(settings.effective_database_url)
    http = LmsHttp(
        timeout_seconds=settings.outgoing_timeout_seconds,
        private_networks_allowed=settings.private_networks_allowed,
    )
    ports = introduce_platforms(engine, http, settings, clock=utc_now)
    lend(app, RunningApp(engine=engine, ports=ports, sections=inform_rooms(settings)))


def inform_rooms(settings: Settings) -> dict[type[Any], Any]:
    """The part of the settings that each room of the lower storeys needs, by its class."""
    secret, iri_base = settings.secret_key.get_secret_value(), str(settings.iri_base)
    return {
        LrsSettings: LrsSettings(secret=secret.encode(), iri_base=iri_base),
        PlayerSettings: PlayerSettings(secret=secret, iri_base=iri_base, own_origin=settings.tool_origin),
        SyncSettings: sync_settings_from(settings),
    }


def introduce_platforms(
    engine: Engine, http: LmsHttp, settings: Settings, *, clock: Callable[[], datetime]
) -> dict[type[Any], Any]:
    """What talks to the LMSs' servers: their key sets and their gradebooks."""
    secret = settings.secret_key.get_secret_value()
    return {
        KeySets: KeySets(http),
        Gradebook: AgsGradebook(engine, http, secret=secret, clock=clock),
    }


def stand_behind_proxies(app: Flask, settings: Settings) -> None:
    """Believes X-Forwarded-* of exactly as many proxies as the installation has."""
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


def open_doors(app: Flask) -> None:
    """Every address of the service begins in one of these rooms."""
    app.register_blueprint(launch_endpoints.blueprint)
    app.register_blueprint(platform_endpoints.blueprint)
    app.register_blueprint(player_pages.blueprint)
    app.register_blueprint(course_pages.blueprint)
    app.register_blueprint(home_pages.blueprint)
    app.register_blueprint(report_pages.blueprint)
    app.register_blueprint(sign_in_views.blueprint)
    app.register_blueprint(admin_pages.blueprint)
    app.register_blueprint(xapi_door.blueprint)
    # These doors have a protection of their own: login state, sealed ticket, key of the record store.
    for door in (launch_endpoints, platform_endpoints, player_pages, xapi_door):
        guard.csrf.exempt(door.blueprint)
