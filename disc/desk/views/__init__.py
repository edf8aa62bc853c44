"""The desk's pages: home, reports, duplicates, cameras, people, the Board's page, setting up."""

from disc.desk.views import board, cameras, hiding, home, pairs, people, reports, setup
from disc.desk.views.blueprint import bp

__all__ = ["board", "bp", "cameras", "hiding", "home", "pairs", "people", "reports", "setup"]
