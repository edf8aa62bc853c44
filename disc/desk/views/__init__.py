"""The desk's pages: reports, pictures, pairs, cameras, people, galleries, Board, setting up."""

from disc.desk.views import (
    answers,
    board,
    cameras,
    following,
    galleries,
    hiding,
    home,
    joiners,
    joining,
    pairs,
    people,
    pictures,
    queue,
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
    "following",
    "galleries",
    "hiding",
    "home",
    "joiners",
    "joining",
    "pairs",
    "people",
    "pictures",
    "queue",
    "reports",
    "setup",
    "splitting",
    "unnaming",
]
