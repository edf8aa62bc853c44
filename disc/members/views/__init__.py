"""Pages of membership: one's own account, and the scheme's people and places."""

from disc.members.views import account, people
from disc.members.views.blueprint import bp

__all__ = ["account", "bp", "people"]
