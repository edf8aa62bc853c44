"""Files as Administrators bring them, and how an import is taken through to its end."""

import io
import re
from datetime import timedelta

from werkzeug.test import TestResponse

from disc.core import clock
from disc.core.database import db
from disc.core.jobs import drain
from tests.browsers import Browser

PAGE = "/desk/import"
HEAD = "Date,Kind,Premises,Words,Goods,Value,Reporter\n"
DIGEST = re.compile(r'name="digest" value="([0-9a-f]+)"')


def days_ago(days: int) -> str:
    """Return a day as Britain writes it."""
    return f"{clock.today() - timedelta(days=days):%d/%m/%Y}"


def line(days: int = 3, words: str = "Ran off", premises: str = "Corner Foods") -> str:
    """Return a good line about a theft."""
    return f'{days_ago(days)} 14:30,Shop theft,{premises},{words},Gin,"£1,234.50",\n'


def send(
    manager: Browser, data: bytes | str, kind: str = "incidents", name: str = "past.csv"
) -> TestResponse:
    """Bring a file."""
    raw = data.encode() if isinstance(data, str) else data
    manager.get(PAGE)
    sent = {"kind": kind, "file": (io.BytesIO(raw), name)}
    return manager.post(PAGE, sent, content_type="multipart/form-data")


def bring(manager: Browser, data: bytes | str, kind: str = "incidents") -> str:
    """Bring a file that can be read, and return the path of what it would do."""
    answer = send(manager, data, kind)
    assert answer.status_code == 303, answer.text
    return answer.location


def confirm(manager: Browser, path: str) -> TestResponse:
    """Press the button of the page that shows what a file would do."""
    page = manager.get(path)
    digest = DIGEST.search(page.text)
    assert digest is not None, page.text
    return manager.post(path, {"digest": digest[1]})


def import_all(manager: Browser, data: bytes | str, kind: str = "incidents") -> str:
    """Bring a file, confirm it, and let the worker work."""
    path = bring(manager, data, kind)
    assert confirm(manager, path).status_code == 303
    db.session.rollback()  # what a test read before is not what the worker reads
    drain()
    return path


def main_of(response: TestResponse) -> str:
    """Return what stands in a page's main part."""
    assert response.status_code == 200
    return response.text.partition("<main")[2].partition("</main")[0]
