"""Turns a stranger's bytes into clean pictures, and burns a viewer's mark into what is served.

Pillow alone does the work: heavier libraries would cost the server process its memory.
"""

from disc.core.pictures.editing import render, render_view
from disc.core.pictures.errors import (
    AnimatedPicture,
    DamagedPicture,
    NotAPicture,
    PictureTooLarge,
    PictureTooSmall,
    TooManyPixels,
)
from disc.core.pictures.hidden import GRID, pattern_of, strengths
from disc.core.pictures.intake import pixel_sha256, take_in
from disc.core.pictures.marking import watermark
from disc.core.pictures.quality import Quality
from disc.core.pictures.renditions import size_of
from disc.core.pictures.taken import DEFAULT_LIMITS, Limits, Rendition, TakenIn

__all__ = [
    "DEFAULT_LIMITS",
    "GRID",
    "AnimatedPicture",
    "DamagedPicture",
    "Limits",
    "NotAPicture",
    "PictureTooLarge",
    "PictureTooSmall",
    "Quality",
    "Rendition",
    "TakenIn",
    "TooManyPixels",
    "pattern_of",
    "pixel_sha256",
    "render",
    "render_view",
    "size_of",
    "strengths",
    "take_in",
    "watermark",
]
