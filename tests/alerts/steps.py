"""What people do with alerts in tests: raise, answer, look."""

import re
import uuid

from sqlalchemy import select
from werkzeug.test import TestResponse

from disc.core.audit import AuditEvent
from disc.core.database import db
from tests.browsers import Browser
from tests.world import Place

FIELD = re.compile(r'name="(submission_id|premises_id|area_id)" value="([^"]*)"')


def raise_alert(browser: Browser, template: str = "theft-team", **changed: str) -> TestResponse:
    """Open the form, tap a tile, send."""
    filled = dict(FIELD.findall(browser.get("/alerts/new").text))
    return browser.post("/alerts", {**filled, "template": template, **changed})


def raised_id(answer: TestResponse) -> uuid.UUID:
    """Return the alert that a sent form led to."""
    assert answer.status_code == 303, answer.text
    return uuid.UUID(answer.headers["Location"].rsplit("/", 1)[1])


def raise_in(browser: Browser, place: Place, template: str = "theft-team") -> uuid.UUID:
    """Raise an alert in a place's first Area."""
    return raised_id(raise_alert(browser, template, area_id=str(place.area_id)))


def acts(target_id: uuid.UUID) -> list[str]:
    """List what the audit chain says was done to an alert."""
    db.session.rollback()
    rows = select(AuditEvent).where(AuditEvent.target_id == target_id).order_by(AuditEvent.position)
    return [row.act for row in db.session.scalars(rows)]
