"""Steps of printing: a scheme that prints, a gallery with people, copies asked for."""

import re
import uuid

from werkzeug.test import TestResponse

from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.gallery.models import Subject
from disc.gallery.queries import get_gallery
from disc.gallery.service import add_gallery, put_in_gallery
from disc.members.models import Scheme
from disc.printing.models import Printout
from tests.browsers import Browser
from tests.story import in_gallery
from tests.world import Place

ASKED = {"reason": "The till has no screen", "for_whom": "Night team", "copies": "2"}
JPEGS = re.compile(rb"/DCTDecode.*?stream\r?\n(.*?)\r?\nendstream", re.DOTALL)
ID = re.compile(r'name="printout_id" value="([^"]+)"')
COPY = re.compile(r"/prints/copies/([0-9a-f-]+)/copy\.pdf")


def prints(place: Place, *, on: bool = True) -> None:
    with writing():
        db.session.get_one(Scheme, place.scheme_id).prints_pictures = on


def shelf(place: Place, *subject_ids: uuid.UUID, months: int = 6) -> uuid.UUID:
    """Add a gallery with some people."""
    manager = place.actor("administrator")
    with writing():
        gallery_id = add_gallery(manager, "Regulars", "", months).id
        for one in subject_ids:
            subject = db.session.get_one(Subject, one)
            put_in_gallery(manager, subject, get_gallery(manager, gallery_id))
    return gallery_id


def someone(place: Place, seed: int = 1, **said: bool) -> tuple[uuid.UUID, uuid.UUID]:
    found = in_gallery(place, seed=seed, **said)
    drain()
    return found


def ask(browser: Browser, path: str, **changed: str) -> TestResponse:
    """Open a form to print and send it."""
    page = ID.search(browser.get(path).text)
    assert page is not None
    return browser.post(path, {**ASKED, "printout_id": page[1], **changed})


def copies_of(browser: Browser, asked: TestResponse) -> list[str]:
    """Return the addresses of the papers that were asked for."""
    assert asked.status_code == 303, asked.text
    found = COPY.findall(browser.get(asked.location).text)
    return [f"/prints/copies/{one}/copy.pdf" for one in found]


def jpegs(pdf: bytes) -> list[bytes]:
    """Return the pictures that a paper holds, as they were served."""
    return JPEGS.findall(pdf)


def stored() -> Printout:
    db.session.rollback()
    return db.session.query(Printout).one()
