"""Pages of vehicles and links, for those who run the scheme."""

from disc.intelligence.views import links, vehicles
from disc.intelligence.views.blueprint import bp

__all__ = ["bp", "links", "vehicles"]
