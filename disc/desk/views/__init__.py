"""The desk's pages: reports, pictures, pairs, cameras, people, galleries, Board, setting up."""

from disc.desk.views import (
    answers,
    board,
    cameras,
    galleries,
    hiding,
    home,
    joining,
    pairs,
    people,
    pictures,
    reports,
    setup,
    splitting,
    unnaming,
)
from disc.desk.views.blueprint import bp

__all__ = [
    "answers",
    "board",
    "bp",
    "cameras",
    "galleries",
    "hiding",
    "home",
    "joining",
    "pairs",
    "people",
    "pictures",
    "reports",
    "setup",
    "splitting",
    "unnaming",
]
