"""The LMS's administrator registers this tool: the page in the LMS's frame (LTI Dynamic Registration 1.0)."""

import structlog
from flask import Blueprint, Response, current_app, make_response, render_template, request

from lti_tool.error_pages import answer_refusal, explanation_of, wants_json
from lti_tool.platforms.asked_words import DATA_WORDS, SCOPE_WORDS
from lti_tool.platforms.care import standing_of
from lti_tool.platforms.dynamic_registration import (
    Verified,
    fetch_configuration,
    send_registration,
    store_registration,
    verify_scopes,
)
from lti_tool.platforms.invitations import (
    Invitation,
    claim_invitation,
    find_open_invitation,
    give_back_invitation,
)
from lti_tool.platforms.lms_http import LmsHttp
from lti_tool.platforms.models import PlatformRegistration
from lti_tool.platforms.openid_configuration import (
    OpenidConfiguration,
    origins_of,
    read_registration_request,
)
from lti_tool.platforms.quirks import quirks_of
from lti_tool.platforms.register import platform_of
from lti_tool.platforms.tool_configuration import (
    CLAIMS,
    ToolAddresses,
    custom_parameters,
    registration_body,
    scopes_to_ask,
)
from lti_tool.platforms.tool_keys import find_or_create_signing_key
from lti_tool.platforms.trust import note_scopes, note_trust
from lti_tool.security_headers import allow_framing_by
from lti_tool.settings import Settings
from xapi_bridge.errors import RuleBroken
from xapi_bridge.running_app import borrow, now, reading, transaction

blueprint = Blueprint("registration", __name__, url_prefix="/lti/register")

log = structlog.get_logger()


@blueprint.get("/<token>")
def show(token: str) -> Response:
    """What will be registered and why; nothing happens yet, so a browser may load it as often as it likes."""
    with reading() as session:
        invitation = find_open_invitation(session, token, now=now())
    address, registration_token = read_registration_request(request.args)
    configuration = fetch_configuration(borrow(LmsHttp), address, expected_hosts=invitation.expected_hosts)
    page = render_template(
        "registration/confirm.html",
        invitation=invitation,
        configuration=configuration,
        configuration_url=address,
        registration_token=registration_token,
        scopes=[SCOPE_WORDS[scope] for scope in scopes_to_ask(configuration.scopes)],
        data=[(name, *DATA_WORDS[name]) for name in (*CLAIMS, *_custom(invitation, configuration))],
        addresses=_addresses(),
    )
    return _framed(page, configuration)


@blueprint.post("/<token>")
def register(token: str) -> Response:
    """Registers at the LMS and keeps what it accepted; the invitation is used up only then."""
    address, registration_token = read_registration_request(request.form)
    with transaction() as session:
        invitation, claim = claim_invitation(session, token, now=now())
    try:
        configuration, registration = _register(invitation, claim, address, registration_token)
    except RuleBroken as failed:
        _give_back(invitation, claim, failed)
        raise
    verified = _verify(registration, configuration)
    log.info(
        "platform_registered",
        registration_id=registration.id,
        invitation_id=invitation.id,
        granted=len(verified.granted),
    )
    page = render_template(
        "registration/done.html",
        registration=registration,
        standing=standing_of(registration),
        configuration=configuration,
        verified=verified,
        scope_words=SCOPE_WORDS,
        quirks=quirks_of(registration.product_family, registration.product_version),
    )
    return _framed(page, configuration)


@blueprint.errorhandler(RuleBroken)
def explain_refusal(refusal: RuleBroken) -> Response:
    """Why it did not work, in the LMS's own words where it said something, and what to do next."""
    log.warning("registration_refused", code=refusal.code)
    if wants_json():
        return make_response(answer_refusal(refusal))
    explanation = explanation_of(type(refusal))
    page = render_template(
        "registration/refused.html",
        status=explanation.status,
        code=refusal.code,
        title=explanation.title,
        detail=str(refusal),
        next_step=explanation.next_step,
        lms_words=getattr(refusal, "lms_words", ""),
    )
    # Any LMS may frame this page: it may be one that we refuse, and nothing on it can be clicked to any
    # effect.
    return allow_framing_by(_private(make_response(page, explanation.status)), "*")


def _register(
    invitation: Invitation, claim: str, address: str, registration_token: str
) -> tuple[OpenidConfiguration, PlatformRegistration]:
    http = borrow(LmsHttp)
    configuration = fetch_configuration(http, address, expected_hosts=invitation.expected_hosts)
    body = registration_body(
        _addresses(),
        scopes=scopes_to_ask(configuration.scopes),
        custom=_custom(invitation, configuration),
    )
    accepted = send_registration(http, configuration, body, registration_token=registration_token)
    with transaction() as session:
        registration = store_registration(
            session,
            configuration,
            accepted,
            invitation=invitation,
            claim=claim,
            approve=invitation.auto_approve,
            now=now(),
        )
    return configuration, registration


def _verify(registration: PlatformRegistration, configuration: OpenidConfiguration) -> Verified:
    """Which scopes the LMS really grants; an LMS that grants none yet is registered all the same."""
    with transaction() as session:
        key = find_or_create_signing_key(session, secret=str(current_app.secret_key), now=now())
        platform = platform_of(session, registration)
    verified = verify_scopes(borrow(LmsHttp), platform, key, scopes_to_ask(configuration.scopes), now=now())
    if verified.granted:
        with transaction() as session:
            note_scopes(session, registration.id, granted=verified.granted, now=now())
            note_trust(session, registration.id, kid=key.kid, now=now())
    return verified


def _give_back(invitation: Invitation, claim: str, failed: RuleBroken) -> None:
    words = getattr(failed, "lms_words", "")
    told = f"[{failed.code}] {failed}" + (f" LMS: {words}" if words else "")
    with transaction() as session:
        give_back_invitation(session, invitation.id, claim, failure=told, now=now())


def _custom(invitation: Invitation, configuration: OpenidConfiguration) -> dict[str, str]:
    return custom_parameters(unit_variable=invitation.unit_variable, known=configuration.variables)


def _addresses() -> ToolAddresses:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return ToolAddresses(settings.tool_origin)


def _framed(page: str, configuration: OpenidConfiguration) -> Response:
    return allow_framing_by(_private(make_response(page)), " ".join(origins_of(configuration)))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    return response
