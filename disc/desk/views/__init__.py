"""The desk's pages: home, reports, duplicates, people, the Board's page, setting up."""

from disc.desk.views import board, home, pairs, people, reports, setup
from disc.desk.views.blueprint import bp

__all__ = ["board", "bp", "home", "pairs", "people", "reports", "setup"]
