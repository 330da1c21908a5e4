"""The xAPI door."""

from flask import Blueprint

blueprint = Blueprint("xapi", __name__, url_prefix="/xapi")
