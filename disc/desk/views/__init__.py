"""The desk's pages: home, reports, duplicates, people, the Board's page, setting up."""

from disc.desk.views import board, hiding, home, pairs, people, reports, setup
from disc.desk.views.blueprint import bp

__all__ = ["board", "bp", "hiding", "home", "pairs", "people", "reports", "setup"]
