"""The learner's pages."""

from flask import Blueprint

blueprint = Blueprint("player", __name__, url_prefix="/hoc")
