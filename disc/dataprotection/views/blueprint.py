"""The blueprint that the pages of data protection share."""

from flask import Blueprint

bp = Blueprint("dataprotection", __name__)
