"""What a record says of somebody: from the report's words to the page of a member."""

from datetime import UTC, date, datetime

import time_machine

from disc.core.database import db
from disc.core.transaction import writing
from disc.gallery.erasing import erase_subject
from disc.gallery.looks import VOCABULARY, Looks, age_band, sort_words
from disc.gallery.models import Subject
from disc.gallery.queries import get_subject
from disc.incidents.models import Incident
from disc.members.models import Scheme
from tests.browsers import Browser
from tests.desk.deciding import take_effect
from tests.story import in_gallery, reported
from tests.world import World


def record(subject_id: object) -> Subject:
    db.session.rollback()
    return db.session.get_one(Subject, subject_id)


def correct(world: World, subject_id: object, **said: object) -> Browser:
    manager = world.browser("administrator")
    manager.get(f"/people/{subject_id}/correct")
    assert manager.post(f"/people/{subject_id}/correct", said).status_code == 303
    return manager


def approve(world: World, chips: tuple[str, ...], under_18: str = "no") -> Subject:
    incident_id = reported(world.here, "member")
    with writing():
        db.session.get_one(Incident, incident_id).description = chips
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident_id}")
    said = {"about": "new", "under_18": under_18, "vulnerable": "no"}
    assert manager.post(f"/desk/reports/{incident_id}/approve", said).status_code == 303
    take_effect()
    return db.session.query(Subject).one()


def test_the_words_of_a_report_become_the_record(world: World) -> None:
    found = approve(world, ("looks like a woman", "aged 18 to 24", "tall", "bald", "coat", "jeans"))
    assert found.looks == Looks(
        sex="looks like a woman",
        age_band="aged 18 to 24",
        height="tall",
        hair=("bald",),
        clothing=("coat", "jeans"),
    )
    assert (found.description, found.under_18) == ((), False)


def test_words_that_contradict_each_other_or_the_manager_are_left_out(world: World) -> None:
    found = approve(world, ("short", "tall", "coat", "aged 10 to 17"))
    assert found.looks == Looks(clothing=("coat",))


def test_a_manager_who_agrees_keeps_the_age_of_a_child(world: World) -> None:
    found = approve(world, ("coat", "jeans", "aged 10 to 17"), under_18="yes")
    assert (found.looks.age_band, found.under_18) == ("aged 10 to 17", True)


def test_a_report_offers_every_word_of_the_list(world: World) -> None:
    page = world.browser("member").get("/report").text
    for words in VOCABULARY.values():
        for word in words:
            assert f'value="{word}"' in page


def test_members_read_how_somebody_works_and_what_to_beware_of(world: World) -> None:
    subject, _ = in_gallery(world.here)
    correct(
        world,
        subject,
        sex="looks like a man",
        build="slim build",
        hair=["short hair"],
        clothing=["coat"],
        other_clothing="yellow boots, cape",
        marks="anchor on left hand, scar",
        modus="Comes at closing time.",
        warnings=["spits", "has a dog"],
        welfare="Ask if they would like to sit down.",
        police_reference="SQ-4711",
    )
    page = world.browser("member").get(f"/gallery/{subject}").text
    for words in (
        "Looks like a man, slim build, short hair",
        "Coat, yellow boots, cape",
        "Anchor on left hand, scar",
        "Comes at closing time.",
        "Spits",
        "Has a dog",
        "Ask if they would like to sit down.",
    ):
        assert words in page
    assert "SQ-4711" not in page
    assert "SQ-4711" in world.browser("administrator").get(f"/people/{subject}").text


def test_a_date_of_birth_is_read_only_where_the_scheme_says_so(world: World) -> None:
    subject, _ = in_gallery(world.here)
    correct(world, subject, born="1990-05-04")
    member = world.browser("member")
    page = member.get(f"/gallery/{subject}").text
    assert "4 May 1990" not in page
    assert "Aged 25 to 39" in page
    assert "4 May 1990" in world.browser("administrator").get(f"/people/{subject}").text
    with writing():
        db.session.get_one(Scheme, world.here.scheme_id).show_birth_dates = True
    assert "4 May 1990" in member.get(f"/gallery/{subject}").text


def test_somebody_is_as_old_as_they_are_today() -> None:
    born = date(2008, 2, 29)
    assert age_band(born, date(2026, 2, 28)) == "aged 10 to 17"
    assert age_band(born, date(2026, 3, 1)) == "aged 18 to 24"
    assert age_band(born, date(2018, 2, 28)) == "aged under 10"
    assert age_band(born, date(2100, 1, 1)) == "aged 60 or over"


def test_the_age_on_the_page_follows_the_birthday(world: World) -> None:
    subject, _ = in_gallery(world.here)
    with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
        with writing():
            db.session.get_one(Subject, subject).born = date(2001, 6, 2)
        assert record(subject).looks.age_band == "aged 18 to 24"
    with time_machine.travel(datetime(2026, 6, 2, 12, tzinfo=UTC), tick=False):
        assert record(subject).looks.age_band == "aged 25 to 39"


def test_an_age_under_18_hides_the_record_until_the_board_agrees(world: World) -> None:
    for number, said in enumerate(({"born": "2012-05-04"}, {"age_band": "aged 10 to 17"})):
        subject, _ = in_gallery(world.here, seed=number)
        with time_machine.travel(datetime(2026, 6, 1, 12, tzinfo=UTC), tick=False):
            assert world.browser("member").get(f"/gallery/{subject}").status_code == 200
            correct(world, subject, **said)
            assert world.browser("member").get(f"/gallery/{subject}").status_code == 404
            assert record(subject).under_18


def test_the_age_is_kept_once(world: World) -> None:
    """A guess beside a date of birth would be wrong some day."""
    subject, _ = in_gallery(world.here)
    correct(world, subject, born="1990-05-04", age_band="aged 60 or over")
    found = record(subject)
    assert (found.age_band, found.looks.age_band) == ("", "aged 25 to 39")


def test_what_cannot_be_is_refused_and_nothing_typed_is_lost(world: World) -> None:
    subject, _ = in_gallery(world.here)
    manager = world.browser("administrator")
    manager.get(f"/people/{subject}/correct")
    for wrong in (
        {"born": "2999-01-01"},
        {"born": "1066-10-14"},
        {"born": "yesterday"},
        {"clothing": ["no such word"]},
        {"warnings": ["no such word"]},
        {"height": "no such word"},
        {"caption": "x" * 201},
    ):
        page = manager.post(f"/people/{subject}/correct", {"modus": "Runs away.", **wrong})
        assert page.status_code == 422, wrong
        assert "Runs away." in page.text
    assert record(subject).modus == ""


def test_a_record_of_before_is_read_and_gives_up_its_list_when_corrected(world: World) -> None:
    subject, _ = in_gallery(world.here)
    with writing():
        old = get_subject(world.here.actor("administrator"), subject)
        old.looks = Looks()
        old.description = ("tall", "red top", "ring in one ear")
    assert record(subject).looks == sort_words(("red top", "ring in one ear", "tall"))
    assert "Tall, ring in one ear" in world.browser("member").get(f"/gallery/{subject}").text
    manager = world.browser("administrator")
    page = manager.get(f"/people/{subject}/correct").text
    assert 'value="ring in one ear"' in page
    said = {"height": "tall", "clothing": ["red top"], "marks": "ring in one ear"}
    assert manager.post(f"/people/{subject}/correct", said).status_code == 303
    found = record(subject)
    assert (found.description, found.marks) == ((), ("ring in one ear",))
    assert found.looks == Looks(height="tall", clothing=("red top",))


def test_erasing_leaves_no_sealed_word(world: World) -> None:
    subject, _ = in_gallery(world.here)
    correct(world, subject, born="1990-05-04", modus="Runs", welfare="Water", warnings=["bites"])
    with writing():
        erase_subject(db.session.get_one(Subject, subject))
    found = record(subject)
    sealed = [c.name for c in Subject.__table__.columns if c.name.endswith("_sealed")]
    assert len(sealed) > 12
    assert [name for name in sealed if getattr(found, name) is not None] == []
