"""One address sends so many requests an hour, and loses no word over it."""

from pathlib import Path

from tests.limited import run_limited

LIMITED = """
import sys, uuid
from pathlib import Path
from config import Settings
from disc.app import create_app
from disc.core.migrate import upgrade
from disc.core.transaction import writing
from disc.members.service import create_scheme
from tests.browsers import Browser
from tests.dataprotection.asking import WORDS, sent, stored

app = create_app(Settings(instance=Path(sys.argv[1])))
with app.app_context():
    upgrade()
    with writing():
        create_scheme("quay", "Quay", is_demo=True)
browser = Browser(app)

def send(words, address="192.0.2.1"):
    browser.get("/privacy/quay/ask")
    told = {"submission_id": str(uuid.uuid4()), "asked": "object", "name": "Sam",
            "contact": "sam@example.org", "words": words}
    return browser.post("/privacy/quay/ask", told, environ_base={"REMOTE_ADDR": address})

print([send("").status_code for _ in range(7)])
print([send(f"Words {number}").status_code for number in range(5)])
last = send("The sixth in one hour")
print(last.status_code, "The sixth in one hour" in last.text, "Wait one hour" in last.text)
print(send("Somebody else", "192.0.2.2").status_code)
"""


def test_the_sixth_request_of_an_address_in_an_hour_waits_and_its_words_are_kept(
    tmp_path: Path,
) -> None:
    told = run_limited(tmp_path, LIMITED)
    assert told[-4:] == [
        str([422] * 7),
        str([303] * 5),
        "429 True True",
        "303",
    ]
