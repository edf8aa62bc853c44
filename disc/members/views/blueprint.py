"""The blueprint that the pages of membership share."""

from flask import Blueprint

bp = Blueprint("members", __name__)
