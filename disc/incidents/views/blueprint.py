"""The blueprint that the pages of reports share."""

from flask import Blueprint

bp = Blueprint("incidents", __name__)
