"""create_app(settings): reads like a table of contents."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final

from flask import Flask
from sqlalchemy import Engine
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map

from content_packages.active import learner_pages as imported_pages
from content_packages.active.files import PackageBlobs
from content_packages.active.settings import ActiveSettings
from content_packages.experts.settings import ExpertSettings
from content_packages.knowledge.wording import AnswerWording
from content_packages.player import views as player_pages
from content_packages.player.course_members import CourseMembers
from content_packages.player.settings import PlayerSettings
from lti_tool import content_host, error_pages, languages, page_formats, security_headers
from lti_tool.admin import access_views as access_pages
from lti_tool.admin import (
    content_views,
    guard,
    intake_views,
    launch_pages,
    operator_views,
    own_account_views,
    quiz_views,
    sign_in_views,
    sso_views,
    word_views,
)
from lti_tool.admin import forwarding_views as forwarding_pages
from lti_tool.admin import grades_views as grades_pages
from lti_tool.admin import views as admin_pages
from lti_tool.admin.issuer import Issuer, IssuerSettings
from lti_tool.advantage.gradebook import AgsGradebook
from lti_tool.advantage.roster import NrpsRoster
from lti_tool.answer_wording import open_wording
from lti_tool.asking import api as knowledge_api
from lti_tool.asking import learner_views as asking_pages
from lti_tool.asking import public_views as public_knowledge_pages
from lti_tool.asking_settings import expert_settings_from
from lti_tool.attachment_storage import attachment_limits_from, open_blobs, open_package_blobs
from lti_tool.background import (
    export_settings_from,
    forwarding_settings_from,
    grades_settings_from,
    privacy_settings_from,
    sync_settings_from,
)
from lti_tool.campaigns import views as campaign_pages
from lti_tool.content_exchange import course_learners as course_learner_pages
from lti_tool.content_exchange import course_views as course_import_pages
from lti_tool.content_exchange import dispatch_views as dispatch_console_pages
from lti_tool.content_exchange import views as exchange_pages
from lti_tool.database import create_audit_engine, create_database_engine
from lti_tool.deep_linking import link_views as link_pages
from lti_tool.deep_linking import views as picker_pages
from lti_tool.dispatch import views as dispatch_pages
from lti_tool.experts import desk_views as expert_desk_pages
from lti_tool.experts import review_views as expert_review_pages
from lti_tool.home import views as home_pages
from lti_tool.identity import account_views as people_account_pages
from lti_tool.identity import views as identity_pages
from lti_tool.launch import views as launch_endpoints
from lti_tool.launch.erasure import OpenedLaunches
from lti_tool.launch.flight_records import FlightRecorder
from lti_tool.official_reports import views as official_report_pages
from lti_tool.platforms import console_views as platform_pages
from lti_tool.platforms import invitation_views as invitation_pages
from lti_tool.platforms import key_views as key_pages
from lti_tool.platforms import registration_views as registration_pages
from lti_tool.platforms import views as platform_endpoints
from lti_tool.platforms.key_sets import KeySets
from lti_tool.platforms.key_waits import key_waits_from
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.outside_view import OutsideView
from lti_tool.platforms.self_test import SelfTests
from lti_tool.platforms.upkeep import PlatformsUpkeep
from lti_tool.privacy import views as privacy_pages
from lti_tool.records import api as record_extensions
from lti_tool.records import views as record_pages
from lti_tool.reports import course_views as course_pages
from lti_tool.reports import learner_views as own_results_pages
from lti_tool.reports import views as report_pages
from lti_tool.reports.course_members import KnownCourseMembers
from lti_tool.settings import Settings, roles_by_group
from lti_tool.staff import population_views as population_pages
from lti_tool.staff import unit_views as unit_list_pages
from lti_tool.staff import views as staff_pages
from lti_tool.statistics_api import views as statistics_api
from lti_tool.training_classes import check_in_views as check_in_pages
from lti_tool.training_classes import views as class_pages
from lti_tool.unit_choice import console_views as declared_unit_pages
from lti_tool.unit_choice import views as unit_choice_pages
from lti_tool.whole_bodies import insist_on_whole_bodies
from lti_tool.xapi_access import IssuerKeys, access_settings_from, open_counters
from lti_tool.xapi_profile import views as xapi_profile_pages
from sync.exports.settings import ExportSettings
from sync.ports import Gradebook, LaunchRecords, LaunchTraces, PlatformUpkeep, RemoteLrs, Roster
from sync.settings import ForwardingSettings, GradesSettings, IntakeSettings, PrivacySettings, SyncSettings
from xapi_bridge.http import views as xapi_door
from xapi_bridge.http.bearer import TokenKeys
from xapi_bridge.http.rate_limits import RateLimits
from xapi_bridge.http.settings import AccessSettings, AttachmentLimits, LrsSettings
from xapi_bridge.remote_lrs import HttpRemoteLrs
from xapi_bridge.running_app import RunningApp, lend, utc_now
from xapi_bridge.store.blobs import Blobs
from xapi_bridge.store.erased import ERASURE_KEY, erasure_key


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
    content_host.part_hosts(app, settings)
    insist_on_whole_bodies(app)
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
        authorities_file=settings.authorities_file,
    )
    ports = introduce_platforms(engine, http, settings, clock=utc_now)
    ports |= introduce_record_stores(settings) | {
        Blobs: open_blobs(settings),
        PackageBlobs: open_package_blobs(settings),
        CourseMembers: KnownCourseMembers(),
        AnswerWording: open_wording(settings),
    }
    key = erasure_key(settings.secret_key.get_secret_value().encode())
    lend(
        app,
        RunningApp(
            engine=engine,
            ports=ports,
            sections=inform_rooms(settings),
            audit_engine=create_audit_engine(engine),
            session_info={ERASURE_KEY: key},
        ),
    )


def inform_rooms(settings: Settings) -> dict[type[Any], Any]:
    """The part of the settings that each room of the lower storeys needs, by its class."""
    secret, iri_base = settings.secret_key.get_secret_value(), str(settings.iri_base)
    return {
        ExportSettings: export_settings_from(settings),
        AccessSettings: access_settings_from(settings),
        LrsSettings: LrsSettings(
            secret=secret.encode(),
            iri_base=iri_base,
            document_max_bytes=settings.xapi_document_max_bytes,
        ),
        AttachmentLimits: attachment_limits_from(settings),
        ActiveSettings: content_host.active_settings_from(settings),
        PlayerSettings: PlayerSettings(secret=secret, iri_base=iri_base, own_origin=settings.tool_origin),
        SyncSettings: sync_settings_from(settings),
        ForwardingSettings: forwarding_settings_from(settings),
        GradesSettings: grades_settings_from(settings),
        IntakeSettings: IntakeSettings(secret=secret, iri_base=iri_base),
        PrivacySettings: privacy_settings_from(settings),
        ExpertSettings: expert_settings_from(settings, iri_base=iri_base),
    }


def introduce_platforms(
    engine: Engine, http: LmsHttp, settings: Settings, *, clock: Callable[[], datetime]
) -> dict[type[Any], Any]:
    """What talks to the LMSs' servers, and what keeps the attempts to launch."""
    secret = settings.secret_key.get_secret_value()
    key_sets = KeySets(http)
    outside = OutsideView(
        http,
        origin=settings.tool_origin,
        secret=secret,
        timeout_seconds=settings.outgoing_timeout_seconds,
        authorities_file=settings.authorities_file,
    )
    leeway = timedelta(seconds=settings.clock_leeway_seconds)
    self_tests = SelfTests(engine, http, outside, secret=secret, leeway=leeway, clock=clock)
    waits = key_waits_from(settings)
    recorder = FlightRecorder(secret=secret, kept_for=timedelta(days=settings.launch_records_days))
    return {
        SelfTests: self_tests,
        PlatformUpkeep: PlatformsUpkeep(engine, self_tests, secret=secret, waits=waits, clock=clock),
        LmsHttp: http,
        FlightRecorder: recorder,
        LaunchRecords: recorder,
        KeySets: key_sets,
        TokenKeys: IssuerKeys(key_sets, settings.oidc_key_set_url),
        RateLimits: open_counters(settings),
        Gradebook: AgsGradebook(engine, http, secret=secret, clock=clock),
        LaunchTraces: OpenedLaunches(),
        Roster: NrpsRoster(engine, http, secret=secret, clock=clock),
        Issuer: Issuer(http, key_sets, issuer_settings_from(settings)),
    }


def issuer_settings_from(settings: Settings) -> IssuerSettings:
    """The part of the settings that describes the operators' single sign-on."""
    return IssuerSettings(
        issuer=settings.sso_issuer,
        client_id=settings.sso_client_id,
        client_secret=settings.sso_client_secret.get_secret_value(),
        scopes=settings.sso_scopes,
        name_claim=settings.sso_name_claim,
        role_claim=settings.sso_role_claim,
        roles=roles_by_group(settings.sso_roles),
        leeway=timedelta(seconds=settings.clock_leeway_seconds),
    )


def introduce_record_stores(settings: Settings) -> dict[type[Any], Any]:
    """What talks to the record stores of others."""
    remote = HttpRemoteLrs(
        timeout_seconds=settings.forwarding_timeout_seconds,
        private_networks_allowed=settings.private_networks_allowed,
        authorities_file=settings.authorities_file,
    )
    return {RemoteLrs: remote}


def stand_behind_proxies(app: Flask, settings: Settings) -> None:
    """Believes X-Forwarded-* of exactly as many proxies as the installation has."""
    hops = settings.trusted_proxies
    if hops:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]


#: Every address of the service begins in one of these rooms.
ROOMS: Final = (
    launch_endpoints,
    platform_endpoints,
    registration_pages,
    picker_pages,
    link_pages,
    player_pages,
    imported_pages,
    dispatch_pages,
    asking_pages,
    public_knowledge_pages,
    knowledge_api,
    course_pages,
    own_results_pages,
    home_pages,
    report_pages,
    official_report_pages,
    record_pages,
    sign_in_views,
    sso_views,
    own_account_views,
    operator_views,
    unit_choice_pages,
    declared_unit_pages,
    identity_pages,
    people_account_pages,
    staff_pages,
    unit_list_pages,
    population_pages,
    class_pages,
    campaign_pages,
    check_in_pages,
    admin_pages,
    exchange_pages,
    content_views,
    course_import_pages,
    course_learner_pages,
    dispatch_console_pages,
    word_views,
    quiz_views,
    expert_desk_pages,
    expert_review_pages,
    launch_pages,
    platform_pages,
    invitation_pages,
    key_pages,
    access_pages,
    privacy_pages,
    forwarding_pages,
    grades_pages,
    intake_views,
    xapi_door,
    xapi_profile_pages,
    record_extensions,
    statistics_api,
)


def open_doors(app: Flask) -> None:
    """Registers every room; forms of operators need their token."""
    for room in ROOMS:
        app.register_blueprint(room.blueprint)
    app.register_blueprint(imported_pages.farewell)
    app.register_blueprint(dispatch_pages.door)
    # These doors have a protection of their own: login state, invitation, sealed ticket, key of the store.
    own = (
        launch_endpoints,
        platform_endpoints,
        picker_pages,
        link_pages,
        registration_pages,
        player_pages,
        imported_pages,
        asking_pages,
        public_knowledge_pages,
        knowledge_api,
        course_pages,
        own_results_pages,
        unit_choice_pages,
    )
    for door in (*own, dispatch_pages, xapi_door, record_extensions):
        guard.csrf.exempt(door.blueprint)
    guard.csrf.exempt(dispatch_pages.door)
