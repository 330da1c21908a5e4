"""How refusals are answered: pages for people, the standards' JSON for tools, or a product's own way."""

from flask import Flask, Response, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from lti_tool.practice_lms.errors import (
    AuthorizationRefused,
    BrokenService,
    KeySetUnread,
    PracticeLmsRefused,
    RegistrationRefused,
    ServiceRefused,
    TokenRefused,
)
from lti_tool.practice_lms.profiles import Profile

_REGISTRATION_ENDPOINT = "/lti/register"


def explain_refusals(app: Flask, profile: Profile) -> None:
    """Registers how each kind of refusal is answered by the product that `profile` describes."""
    _explain_on_pages(app, profile)
    _explain_to_tools(app, profile)
    _explain_services(app, profile)


def _page(message: str, code: str) -> str:
    return render_template("refused.html", message=message, code=code)


def _explain_on_pages(app: Flask, profile: Profile) -> None:
    @app.errorhandler(PracticeLmsRefused)
    def refused(refusal: PracticeLmsRefused) -> tuple[str, int]:
        return _page(str(refusal), refusal.code), refusal.status

    @app.errorhandler(AuthorizationRefused)
    def authorization_refused(refusal: AuthorizationRefused) -> tuple[str, int]:
        return _page(str(refusal), refusal.code), profile.refused_login_status

    @app.errorhandler(BrokenService)
    def broken(_refusal: BrokenService) -> tuple[str, int]:
        return _page("Dịch vụ gặp sự cố.", BrokenService.code), 404

    @app.errorhandler(HTTPException)
    def http_error(error: HTTPException) -> tuple[str, int] | HTTPException:
        if error.code is None or error.code < 400:
            return error
        message = "Địa chỉ này không có, hoặc không nhận kiểu yêu cầu đó."
        return _page(message, f"http_{error.code}"), error.code


def _explain_to_tools(app: Flask, profile: Profile) -> None:
    @app.errorhandler(TokenRefused)
    def token_refused(refusal: TokenRefused) -> tuple[Response | str, int]:
        if isinstance(refusal, KeySetUnread) and profile.unread_key_set_is_404:
            return _page("Dịch vụ gặp sự cố.", refusal.code), 404
        is_client = refusal.error == "invalid_client" and not profile.assertion_faults_are_400
        body = jsonify({"error": refusal.error, "error_description": str(refusal)})
        return body, 401 if is_client else 400

    @app.errorhandler(RegistrationRefused)
    def registration_refused(refusal: RegistrationRefused) -> tuple[Response | str, int]:
        if request.path != _REGISTRATION_ENDPOINT:
            return _page(str(refusal), refusal.code), refusal.status
        if profile.registration_faults_are_text:
            return refusal.error, refusal.status
        return jsonify({"error": refusal.error, "error_description": str(refusal)}), refusal.status


def _explain_services(app: Flask, profile: Profile) -> None:
    @app.errorhandler(ServiceRefused)
    def service_refused(refusal: ServiceRefused) -> Response:
        answer = jsonify({"code": refusal.code, "message": str(refusal)})
        answer.status_code = refusal.status
        if profile.reason_phrase_explains and refusal.status == 400:
            answer = Response("", status=f"400 {refusal}")
        if refusal.status == 401:
            answer.headers["WWW-Authenticate"] = 'Bearer realm="practice-lms"'
        return answer
