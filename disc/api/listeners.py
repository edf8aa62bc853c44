"""What the interface hears: a report moved, news is due, and the hour struck."""

from disc.api import service, telling
from disc.api.events import DeliveryDue
from disc.core.jobs import every_hour
from disc.core.outbox import hears
from disc.core.transaction import writing
from disc.incidents.events import ReportMoved


@hears(ReportMoved)
def tell_system(happened: ReportMoved) -> None:
    """Write down news for the system that sent a report."""
    telling.write_down(happened.incident_id, happened.reporter_id, happened.state)


@hears(DeliveryDue)
def send_news(happened: DeliveryDue) -> None:
    """Send news to a retailer's own server."""
    telling.deliver(happened.delivery_id)


@every_hour
def forget_old_keys() -> None:
    """Delete keys and news past their day."""
    with writing():
        service.forget_old()
