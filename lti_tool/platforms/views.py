"""Our key set and registration addresses."""

from flask import Blueprint

blueprint = Blueprint("platforms", __name__, url_prefix="/lti")
