"""Refusals of alerts."""

from disc.core.errors import DiscError


class AlertOver(DiscError):
    """Somebody answers an alert that has closed."""

    code, status = "alert-over", 409
    sentence = "This alert is over. Raise a new one if you need help."
