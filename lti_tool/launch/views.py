"""The doors of the LMS: login initiation and launch."""

from flask import Blueprint

blueprint = Blueprint("launch", __name__, url_prefix="/lti")
