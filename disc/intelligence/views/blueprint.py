"""The blueprint that the pages of intelligence share."""

from flask import Blueprint

bp = Blueprint("intelligence", __name__)
