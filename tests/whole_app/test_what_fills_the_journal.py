"""One member cannot fill the database: neither by asking for what is not there nor by beginning."""

from pathlib import Path

from tests.limited import run_limited

MANY = """
import sys, uuid
from pathlib import Path
from sqlalchemy import select
from config import Settings
from disc.access.actor import Actor
from disc.access.unfound import unfound
from disc.app import create_app
from disc.core.database import db
from disc.core.migrate import upgrade
from tests.browsers import Browser
from tests.world import PASSWORD, make_world

app = create_app(Settings(instance=Path(sys.argv[1])))
with app.app_context():
    upgrade()
    world = make_world()
    one, other = world.here.actor("member"), world.here.actor("second_member")
    written = [entry for _ in range(200) for entry in unfound(one, uuid.uuid4())]
    print(len(written), written[-2].detail, "|", written[-1].detail)
    print(len(unfound(other, uuid.uuid4())))
    browser = world.browser("member")
browser.get("/me/security")

def answers(path, times, sent=None):
    return [browser.post_json(path, sent or {}).status_code for _ in range(times)]

print(answers("/me/security/passkeys/options", 22))
print(sorted(set(answers("/prove/passkey/options", 30))), answers("/prove/passkey/options", 1))
minted = answers("/img/mint", 242, {"pictures": []})
print(sorted(set(minted[:240])), minted[240:])
stranger = Browser(app)
stranger.get("/sign-in")
print([stranger.get("/join/at/nothing").status_code for _ in range(62)][58:])
print([stranger.post("/join/at/nothing", {"name": "x"}).status_code for _ in range(22)][18:])
"""


def test_what_one_person_can_have_written_down_in_a_minute_has_an_end(tmp_path: Path) -> None:
    told = run_limited(tmp_path, MANY)
    assert told[-7:] == [
        "61 no such row for this reader | more than 60 in a minute: no such row for this reader",
        "1",
        str([200] * 20 + [429] * 2),
        "[200] [429]",
        "[200] [429, 429]",
        "[404, 404, 429, 429]",
        "[404, 404, 429, 429]",
    ]
