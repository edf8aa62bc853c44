"""Past incidents from a file: checked first, then in as accepted history, each once."""

import threading
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.outbox import Outbox
from disc.core.transaction import writing
from disc.dataprotection.retention import run_clocks
from disc.importing import applying, taking_back
from disc.importing.models import FileState, ImportFile, ImportLine
from disc.incidents.kinds import IncidentKind
from disc.incidents.models import Incident, IncidentState, IncidentSubject
from disc.members.models import Scheme
from tests.importing.bringing import (
    HEAD,
    PAGE,
    bring,
    confirm,
    days_ago,
    import_all,
    line,
    main_of,
    send,
)
from tests.story import in_gallery
from tests.whole_app.rows import all_rows, nothing_changes
from tests.world import World


def incidents(world: World) -> list[Incident]:
    db.session.rollback()
    found = sa.select(Incident).where(Incident.scheme_id == world.here.scheme_id)
    return list(db.session.scalars(found.order_by(Incident.occurred_at)))


def the_file() -> ImportFile:
    db.session.rollback()
    return db.session.scalars(sa.select(ImportFile)).one()


def test_a_checked_file_writes_nothing_but_itself(world: World) -> None:
    manager = world.browser("administrator")
    before = all_rows()
    path = bring(manager, HEAD + line() + "yesterday,Shop theft,Nowhere,,,,\n")
    page = main_of(manager.get(path))
    after = all_rows()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {"import_file", "data_key"}
    assert len(after["import_file"]) == 1
    assert "2 lines in the file. 1 line can come in. 1 line cannot." in page
    assert "Import 1 line, leave 1" in page
    assert "£1,234.50" in page
    assert "Corner Foods" in page
    with nothing_changes():
        drain()
        manager.get(path)
        manager.get(f"{path}/refused.csv")


def test_good_lines_become_accepted_history_that_nobody_is_told_of(world: World) -> None:
    manager = world.browser("administrator")
    reporter = world.here.emails["member"]
    before = all_rows()["message"]
    head = "When;What;Shop;Details;Items;Loss;Weapon;Reported by\n"
    text = head + f"{days_ago(40)} 9.05 pm;robbery;corner  FOODS;Ran;Gin;£ 20;yes;{reporter}\n"
    path = import_all(manager, text)
    (report,) = incidents(world)
    assert (report.kind, report.state) == (IncidentKind.SHOP_THEFT, IncidentState.CLOSED)
    assert (report.violence, report.weapon, report.injured) == (True, True, False)
    assert report.occurred_at.astimezone(clock.UK).strftime("%d/%m/%Y %H:%M") == (
        f"{days_ago(40)} 21:05"
    )
    assert (report.words, report.goods, report.value_pence) == ("Ran", "Gin", 2000)
    assert report.reporter_id == world.here.actor("member").id
    assert report.decided_by_id == world.here.actor("administrator").id
    assert not report.on_behalf
    happened = report.occurred_at.astimezone(clock.UK).date()
    months = db.session.get_one(Scheme, world.here.scheme_id).report_erase_months
    assert report.erase_on == clock.add_months(happened, months)
    assert "1 report was imported." in main_of(manager.get(path))
    assert all_rows()["message"] == before
    assert db.session.scalars(sa.select(Outbox)).all() == []
    assert db.session.scalars(sa.select(IncidentSubject)).all() == []
    assert "Closed" in world.browser("member").get(f"/my-reports/{report.id}").text


def test_a_line_without_a_reporter_is_brought_on_behalf(world: World) -> None:
    import_all(world.browser("administrator"), HEAD + line())
    (report,) = incidents(world)
    assert report.on_behalf
    assert report.reporter_id == world.here.actor("administrator").id


def test_an_import_leaves_its_rows_in_the_audit(world: World) -> None:
    import_all(world.browser("administrator"), HEAD + line(3) + line(4))
    db.session.rollback()
    acts = list(
        db.session.scalars(
            sa.select(AuditEvent.act).where(
                AuditEvent.scheme_id == world.here.scheme_id,
                AuditEvent.actor_id == world.here.actor("administrator").id,
            )
        )
    )
    for act, times in {
        "import checked": 1,
        "import confirmed": 1,
        "import done": 1,
        "report imported": 2,
    }.items():
        assert acts.count(act) == times, act
    assert "import read" in acts


def test_a_second_tap_and_a_second_file_bring_nothing_twice(world: World) -> None:
    manager = world.browser("administrator")
    path = bring(manager, HEAD + line(3) + line(4))
    answers = [confirm(manager, path), manager.post(path, {"digest": the_file().digest.hex()})]
    assert [one.status_code for one in answers] == [303, 303]
    drain()
    assert len(incidents(world)) == 2
    other = (HEAD + line(4) + line(5)).replace(",", ";").replace("1;234", "1,234")
    page = main_of(manager.get(bring(manager, other.encode("utf-16"))))
    assert "1 line is here already" in page
    assert "Import 1 line, leave 1" in page
    import_all(manager, HEAD + line(3) + line(5))
    assert len(incidents(world)) == 3


def test_a_line_that_says_the_same_twice_comes_in_once(world: World) -> None:
    manager = world.browser("administrator")
    path = import_all(manager, HEAD + line(3) + line(4) + line(3))
    assert len(incidents(world)) == 2
    assert "1 of 3 lines were left out" in main_of(manager.get(path))
    assert b"Line 2 says the same." in manager.get(f"{path}/refused.csv").data


def test_another_file_under_the_same_address_is_not_confirmed(world: World) -> None:
    manager = world.browser("administrator")
    path = bring(manager, HEAD + line())
    for wrong in ("", "00" * 32, "Ä"):
        assert manager.post(path, {"digest": wrong}).status_code == 409
    drain()
    assert incidents(world) == []


def test_two_tabs_that_confirm_at_once_import_once(world: World, app: Flask) -> None:
    tabs = [world.browser("administrator") for _ in range(2)]
    path = bring(tabs[0], HEAD + "".join(line(day) for day in range(3, 13)))
    digest = the_file().digest.hex()
    db.session.remove()
    for tab in tabs:
        tab.get("/me")
    answers: list[int] = []
    both = [
        threading.Thread(
            target=lambda tab=tab: answers.append(tab.post(path, {"digest": digest}).status_code)
        )
        for tab in tabs
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert answers == [303, 303]
    drain()
    assert len(incidents(world)) == 10
    assert db.session.scalars(sa.select(AuditEvent.act)).all().count("import confirmed") == 1


def test_a_crash_in_the_middle_goes_on_where_it_was(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = world.browser("administrator")
    text = HEAD + "".join(line(day, words=f"Case {day}") for day in range(3, 253))
    path = bring(manager, text)
    confirm(manager, path)
    real, calls = applying._take_in, []

    def dies_in_the_second_batch(*args: object) -> int:
        calls.append(1)
        done = real(*args)  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt
        return done

    monkeypatch.setattr(applying, "_take_in", dies_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        drain()
    db.session.rollback()
    assert len(incidents(world)) == 100
    assert (the_file().walked, the_file().state) == (100, FileState.RUNNING)
    assert "100 of 250 lines are done" in main_of(manager.get(path))
    assert "100 of 250" in manager.get(f"{path}/progress").text
    monkeypatch.setattr(applying, "_take_in", real)
    with time_machine.travel(clock.now() + timedelta(minutes=5), tick=True):
        drain()
    found = incidents(world)
    assert len(found) == len({one.words for one in found}) == 250
    assert (the_file().walked, the_file().made) == (250, 250)
    assert manager.get(f"{path}/progress").headers["HX-Refresh"] == "true"
    applying.bring_in(the_file().id)
    assert len(incidents(world)) == 250


def test_a_file_that_nobody_confirmed_is_gone_after_an_hour(world: World) -> None:
    manager = world.browser("administrator")
    path = bring(manager, HEAD + line())
    digest = the_file().digest.hex()
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=True):
        again = world.browser("administrator")
        assert again.get(path).status_code == 409
        assert again.post(path, {"digest": digest}).status_code == 409
        assert again.get(f"{path}/refused.csv").status_code == 409
        run_clocks()
        assert again.get(path).status_code == 404
    db.session.rollback()
    assert db.session.scalars(sa.select(ImportFile)).all() == []


def test_what_is_left_of_an_import_forgets_its_lines_after_an_hour(world: World) -> None:
    manager = world.browser("administrator")
    path = import_all(manager, HEAD + line() + "never,,,,,,\n")
    assert b"never" in manager.get(f"{path}/refused.csv").data
    with time_machine.travel(clock.now() + timedelta(minutes=61), tick=True):
        run_clocks()
        again = world.browser("administrator")
        assert again.get(f"{path}/refused.csv").status_code == 409
        assert "1 report was imported" in main_of(again.get(path))
    row = the_file()
    assert (row.kept_sealed, row.data_key_id, row.made) == (None, None, 1)


def test_a_report_and_its_mark_go_on_the_day_of_erasure(world: World) -> None:
    import_all(world.browser("administrator"), HEAD + line())
    (report,) = incidents(world)
    with time_machine.travel(clock.now() + timedelta(days=31 * 62), tick=True):
        run_clocks()
    db.session.rollback()
    assert db.session.scalars(sa.select(ImportLine)).all() == []
    assert db.session.scalars(sa.select(ImportFile)).all() == []
    assert db.session.get_one(Incident, report.id).words == ""


def test_whoever_may_not_import_any_more_brings_nothing_in(world: World) -> None:
    manager = world.browser("administrator")
    path = bring(manager, HEAD + line())
    confirm(manager, path)
    with writing() as session:
        from disc.members.models import Member, MemberState

        session.get_one(Member, world.here.actor("administrator").id).state = MemberState.SUSPENDED
    drain()
    assert incidents(world) == []
    assert (the_file().state, the_file().made) == (FileState.DONE, 0)


@pytest.mark.parametrize("who", ["member", "sub_administrator", "board", "spoc", "dpo"])
def test_nobody_but_an_administrator_finds_the_pages(world: World, who: str) -> None:
    path = bring(world.browser("administrator"), HEAD + line())
    other = world.browser(who)
    for page in (PAGE, path, f"{path}/refused.csv", f"{path}/progress", f"{PAGE}/members.csv"):
        assert other.get(page).status_code == 404
    for page in (PAGE, path, f"{path}/take-back"):
        assert other.post(page).status_code == 404


def test_another_schemes_import_does_not_exist(world: World) -> None:
    path = import_all(world.browser("administrator"), HEAD + line())
    stranger = world.browser("administrator", world.there)
    for page in (path, f"{path}/refused.csv", f"{path}/progress"):
        assert stranger.get(page).status_code == 404
    assert stranger.post(f"{path}/take-back").status_code == 404
    import_all(stranger, HEAD + line())
    assert len(incidents(world)) == 1
    db.session.rollback()
    assert db.session.scalar(sa.select(sa.func.count()).select_from(Incident)) == 2


def test_an_import_is_taken_back_whole_and_can_come_in_again(world: World) -> None:
    manager = world.browser("administrator")
    text = HEAD + "".join(line(day) for day in range(3, 70))
    path = import_all(manager, text)
    assert "Take back 67 reports" in main_of(manager.get(path))
    before = all_rows()["data_key"]
    assert manager.post(f"{path}/take-back").status_code == 303
    assert manager.post(f"{path}/take-back").status_code == 303
    drain()
    assert incidents(world) == []
    assert len(all_rows()["data_key"]) == len(before) - 67
    assert "Every report of this file is gone." in main_of(manager.get(path))
    import_all(manager, text)
    assert len(incidents(world)) == 67


def test_a_report_that_somebody_worked_on_stays(world: World) -> None:
    manager = world.browser("administrator")
    path = import_all(manager, HEAD + line(3) + line(4))
    subject_id, _ = in_gallery(world.here)
    worked_on = next(one for one in incidents(world) if one.words == "Ran off")
    with writing() as session:
        session.add(IncidentSubject(incident_id=worked_on.id, subject_id=subject_id))
    manager.post(f"{path}/take-back")
    drain()
    kept = [one for one in incidents(world) if one.goods == "Gin"]
    assert [one.id for one in kept] == [worked_on.id]
    assert "1 report stayed" in main_of(manager.get(path))


def test_after_a_week_an_import_stays(world: World) -> None:
    path = import_all(world.browser("administrator"), HEAD + line())
    with time_machine.travel(clock.now() + timedelta(days=8), tick=True):
        again = world.browser("administrator")
        assert "Take back" not in main_of(again.get(path))
        assert again.post(f"{path}/take-back").status_code == 409
    assert len(incidents(world)) == 1
    taking_back.take_back(uuid.uuid4())


def test_a_scheme_that_is_not_open_takes_in_no_reports(world: World) -> None:
    with writing() as session:
        session.get_one(Scheme, world.there.scheme_id).is_demo = False
        session.get_one(Scheme, world.there.scheme_id)
    manager = world.browser("administrator", world.there)
    assert send(manager, HEAD + line()).status_code in {403, 409, 302}
    db.session.rollback()
    assert db.session.scalars(sa.select(ImportFile)).all() == []
