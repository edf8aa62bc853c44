"""Pages to report, and to follow what became of one's reports."""

from disc.incidents.views import following, reporting
from disc.incidents.views.blueprint import bp

__all__ = ["bp", "following", "reporting"]
