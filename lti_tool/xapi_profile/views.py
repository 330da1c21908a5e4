"""Where the IRIs of the profile lead: open to everybody, because it says what statements mean."""

from flask import Blueprint, Response, current_app, json, redirect, render_template, request, url_for
from flask_babel import get_locale
from werkzeug import Response as Answer

from lti_tool.settings import Settings
from lti_tool.xapi_profile.reading import read_profile
from xapi_bridge.vocabulary.profile import profile_document

blueprint = Blueprint("xapi_profile", __name__)

_JSON_LD = "application/ld+json"


@blueprint.get("/ho-so-xapi")
def show_profile() -> str | Response:
    """The xAPI profile: a page, or JSON-LD for who asks for it."""
    wanted = request.accept_mimetypes.best_match(["text/html", _JSON_LD, "application/json"])
    if wanted in {_JSON_LD, "application/json"}:
        return show_document()
    locale = get_locale()
    return render_template(
        "xapi_profile/profile.html",
        profile=read_profile(_iri_base()),
        language="en" if locale and locale.language == "en" else "vi",
    )


@blueprint.get("/ho-so-xapi/profile.jsonld")
def show_document() -> Response:
    """The xAPI profile for programs (xAPI Profiles 1.0)."""
    body = json.dumps(profile_document(_iri_base()), ensure_ascii=False, indent=2)
    response = Response(body, content_type=_JSON_LD)
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cache-Control"] = "public, max-age=3600"
    response.headers["Vary"] = "Accept"
    return response


@blueprint.get("/ho-so-xapi/v<int:_version>")
@blueprint.get("/x/<name>")
def lead_to_profile(name: str = "", _version: int = 0) -> Answer:
    """An extension's IRI, or that of a version of the profile, leads to the page that explains it."""
    return redirect(url_for("xapi_profile.show_profile", _anchor=name or None), code=303)


def _iri_base() -> str:
    settings: Settings = current_app.config["CCHC_SETTINGS"]
    return str(settings.iri_base)
