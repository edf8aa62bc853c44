"""One key cannot take the whole server, and is told when to go on."""

from pathlib import Path

from tests.limited import run_limited

MANY = """
import sys
from pathlib import Path
from config import Settings
from disc.app import create_app
from disc.core.migrate import upgrade
from tests.api.systems import system
from tests.world import make_world

app = create_app(Settings(instance=Path(sys.argv[1])))
with app.app_context():
    upgrade()
    world = make_world()
    one, other = system(app, world.here), system(app, world.here)
answers = [one.get("/api/v1/codes") for _ in range(122)]
print(sorted({answer.status_code for answer in answers[:120]}))
print([answer.status_code for answer in answers[120:]])
print(1 <= int(answers[-1].headers["Retry-After"]) <= 61, answers[-1].json["code"])
print(other.get("/api/v1/codes").status_code)
"""


def test_a_key_may_ask_so_often_a_minute_and_another_is_not_held_up(tmp_path: Path) -> None:
    assert run_limited(tmp_path, MANY)[-4:] == [
        "[200]",
        "[429, 429]",
        "True too-many-requests",
        "200",
    ]
