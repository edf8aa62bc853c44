"""The desk's pages: home, reports, pictures, pairs, cameras, people, the Board's, setting up."""

from disc.desk.views import board, cameras, hiding, home, pairs, people, pictures, reports, setup
from disc.desk.views.blueprint import bp

__all__ = [
    "board",
    "bp",
    "cameras",
    "hiding",
    "home",
    "pairs",
    "people",
    "pictures",
    "reports",
    "setup",
]
