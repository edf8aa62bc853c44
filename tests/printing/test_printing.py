"""Pictures on paper: offered to few where the scheme prints, marked, and never kept."""

import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.jobs import drain
from disc.core.transaction import writing
from disc.core.web import day
from disc.gallery.models import Audience, Gallery, GalleryEntry, Subject, SubjectStill
from disc.gallery.service import hide_subject, name_subject, take_from_gallery
from disc.members.models import Member, Scheme
from disc.printing.models import PrintCopy, Printout
from disc.printing.rules import CalledBack
from disc.stills.models import Source, Still
from tests.browsers import Browser
from tests.dataprotection.test_leaked_pictures import bring, copied
from tests.exclusions.test_document import squeezed
from tests.exclusions.test_paper import text_of
from tests.printing.papers import ask, copies_of, jpegs, prints, shelf, someone, stored
from tests.world import World

pytestmark = pytest.mark.usefixtures("app")


@pytest.fixture
def person(world: World) -> uuid.UUID:
    prints(world.here)
    return someone(world.here)[0]


def of(person: uuid.UUID) -> str:
    return f"/people/{person}/print"


# --- Who is offered it


def test_nothing_is_printed_until_the_scheme_says_so(world: World) -> None:
    subject_id, _ = someone(world.here)
    gallery_id = shelf(world.here, subject_id)
    manager = world.browser("administrator")
    record, board = f"/people/{subject_id}", f"/desk/galleries/{gallery_id}"
    for page in (record, board):
        assert "/print" not in manager.get(page).text
        assert manager.get(f"{page}/print").status_code == 404
        assert manager.post(f"{page}/print", {"copies": "1"}).status_code == 404
    prints(world.here)
    for page in (record, board):
        assert f'href="{page}/print"' in manager.get(page).text
        assert manager.get(f"{page}/print").status_code == 200


def test_the_setting_is_off_at_first_and_its_change_is_written_down(world: World) -> None:
    assert not db.session.get_one(Scheme, world.here.scheme_id).prints_pictures
    manager = world.browser("administrator")
    form = {
        "contact": "1 Quay Walk",
        "prints_pictures": "y",
        "reoffending": "restart",
        "reoffending_months": "3",
        "pictures_slow": "600",
        "pictures_stop": "1200",
        "id_sought_hide_months": "3",
        "id_sought_erase_months": "6",
        "known_hide_months": "12",
        "known_erase_months": "24",
        "report_erase_months": "24",
    }
    manager.get("/desk/settings")
    assert manager.post("/desk/settings", form).status_code == 303
    db.session.rollback()
    assert db.session.get_one(Scheme, world.here.scheme_id).prints_pictures
    told = sa.select(AuditEvent.detail).where(AuditEvent.act == "settings changed")
    assert "prints_pictures" in db.session.scalars(told).one()


@pytest.mark.parametrize("who", ["member", "group_manager", "board", "spoc", "dpo"])
def test_who_runs_the_scheme_prints_and_nobody_else(
    world: World, person: uuid.UUID, who: str
) -> None:
    assert world.browser(who).get(of(person)).status_code == 404
    assert world.browser("sub_administrator").get(of(person)).status_code == 200


# --- What the form asks and says


def test_a_reason_a_reader_and_a_number_are_asked_for_and_kept(
    world: World, person: uuid.UUID
) -> None:
    manager = world.browser("administrator")
    wrong = ask(manager, of(person), reason=" ", for_whom="Night & day", copies="11")
    assert wrong.status_code == 422
    assert "Type why this is needed on paper." in wrong.text
    assert "Type a number of copies from 1 to 10." in wrong.text
    assert "Night &amp; day" in wrong.text
    assert 'value="11"' in wrong.text
    assert db.session.query(Printout).count() == 0


def test_sending_the_form_twice_prints_once(world: World, person: uuid.UUID) -> None:
    manager, again = world.browser("administrator"), str(uuid.uuid4())
    first = ask(manager, of(person), printout_id=again)
    assert ask(manager, of(person), printout_id=again).location == first.location
    assert len(stored().copies) == 2


def test_the_form_says_how_many_are_left_out_and_why_and_names_nobody(world: World) -> None:
    prints(world.here)
    manager = world.here.actor("administrator")
    people = [someone(world.here, seed) for seed in range(1, 7)]
    gallery_id = shelf(world.here, *(one for one, _ in people))
    with writing():
        hidden, young, few, police, named = (
            db.session.get_one(Subject, one) for one, _ in people[:5]
        )
        for one in (hidden, young, few, police):
            name_subject(manager, one, "Left Out", [gallery_id])
        name_subject(manager, named, "Robin Shown", [gallery_id])
        hide_subject(manager, hidden, hidden=True)
        young.under_18, young.agreed_by_id = True, world.here.actor("board").id
        few.restricted_only = True
        conditions = db.session.get_one(Still, people[3][1])
        conditions.source, conditions.conditions = Source.POLICE, "Show to nobody"
    browser, path = world.browser("administrator"), f"/desk/galleries/{gallery_id}/print"
    page = browser.get(path).text
    for sentence in (
        "2 people would be on it.",
        "1 person is left out, because members do not see this person today.",
        "1 person is left out, because this person is under 18 or vulnerable.",
        "1 person is left out, because not every member may see this person.",
        "1 person is left out, because there is no picture of this person that may be printed.",
    ):
        assert sentence in page
    assert "Left Out" not in page
    paper = browser.get(copies_of(browser, ask(browser, path))[0])
    text = text_of(paper.data)
    assert "RobinShown" in text
    assert "LeftOut" not in text
    assert len(jpegs(paper.data)) == 2


def test_a_gallery_for_few_is_never_printed(world: World, person: uuid.UUID) -> None:
    gallery_id = shelf(world.here, person)
    with writing():
        db.session.get_one(Gallery, gallery_id).seen_by = Audience.RESTRICTED
    page = world.browser("administrator").get(f"/desk/galleries/{gallery_id}/print").text
    assert "nobody here who may be printed" in page
    assert "Make the copies" not in page


def test_a_picture_that_also_shows_somebody_who_may_not_be_printed_is_left_out(
    world: World, person: uuid.UUID
) -> None:
    other, still_id = someone(world.here, 2)
    with writing() as session:
        session.execute(
            sa.text("INSERT INTO subject_still (subject_id, still_id) VALUES (:a, :b)").bindparams(
                sa.bindparam("a", person, sa.Uuid()), sa.bindparam("b", still_id, sa.Uuid())
            )
        )
        young = session.get_one(Subject, other)
        young.vulnerable, young.agreed_by_id = True, world.here.actor("board").id
    browser = world.browser("administrator")
    paper = browser.get(copies_of(browser, ask(browser, of(person)))[0]).data
    assert len(jpegs(paper)) == 1


def test_a_picture_that_is_lent_to_somebody_who_may_not_be_printed_is_left_out(
    world: World, person: uuid.UUID
) -> None:
    joined, shared = someone(world.here, 2)
    kept, _ = someone(world.here, 3)
    with writing() as session:
        session.add(SubjectStill(subject_id=person, still_id=shared))
        session.get_one(Subject, joined).merged_into_id = kept
        young = session.get_one(Subject, kept)
        young.under_18, young.agreed_by_id = True, world.here.actor("board").id
    browser = world.browser("administrator")
    paper = browser.get(copies_of(browser, ask(browser, of(person)))[0]).data
    assert len(jpegs(paper)) == 1


# --- The paper


def test_each_page_says_which_copy_it_is_for_whom_and_until_when(
    world: World, person: uuid.UUID
) -> None:
    manager = world.browser("administrator")
    first, second = copies_of(manager, ask(manager, of(person)))
    found, paper = stored(), manager.get(second)
    assert paper.mimetype == "application/pdf"
    assert "no-store" in paper.headers["Cache-Control"]
    text = text_of(paper.data)
    for words in (
        f"{found.reference}, copy 2 of 2",
        "For Night team",
        f"Destroy by {day(found.destroy_by)}",
        "Do not photograph, copy or put on a wall that the public sees.",
        found.copies[1].code,
        db.session.get_one(Subject, person).reference,
    ):
        assert squeezed(words) in text
    assert "The till has no screen" not in text
    assert squeezed(f"{found.reference}, copy 1 of 2") in text_of(manager.get(first).data)


def test_what_is_typed_is_never_read_as_markup(world: World, person: uuid.UUID) -> None:
    hostile = '#read("/etc/passwd") *x* = y'
    manager = world.browser("administrator")
    paper = manager.get(copies_of(manager, ask(manager, of(person), for_whom=hostile))[0])
    assert squeezed(hostile) in text_of(paper.data)


def test_a_copy_ends_before_somebody_on_it_leaves(world: World, person: uuid.UUID) -> None:
    soon = clock.today() + timedelta(days=9)
    gallery_id = shelf(world.here, person)
    with writing():
        db.session.get_one(GalleryEntry, (gallery_id, person)).expires_on = soon
    manager = world.browser("administrator")
    ask(manager, f"/desk/galleries/{gallery_id}/print")
    assert stored().destroy_by == soon - timedelta(days=1)


def test_no_copy_lives_over_28_days(world: World, person: uuid.UUID) -> None:
    ask(world.browser("administrator"), of(person))
    assert stored().destroy_by == clock.today() + timedelta(days=28)


def test_a_paper_is_there_for_minutes_and_for_its_asker_alone(
    world: World, person: uuid.UUID
) -> None:
    before = set(blobs().names())
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        manager = world.browser("administrator")
        asked = ask(manager, of(person))
        paper = copies_of(manager, asked)[0]
        assert manager.get(paper).status_code == 200
        other = world.browser("sub_administrator")
        assert {other.get(one).status_code for one in (paper, asked.location)} == {404}
        prints(world.here, on=False)
        assert manager.get(paper).status_code == 404
        prints(world.here)
        clockwork.shift(timedelta(minutes=10, seconds=1))
        late = world.browser("administrator")
        assert late.get(paper).status_code == 409
        assert "The time to print these copies is over." in late.get(asked.location).text
        assert manager.get(paper).location == f"/prove?next={paper}"
    assert set(blobs().names()) == before


def test_who_is_hidden_meanwhile_is_not_on_the_paper(world: World, person: uuid.UUID) -> None:
    manager = world.browser("administrator")
    paper = copies_of(manager, ask(manager, of(person)))[0]
    with writing():
        found = db.session.get_one(Subject, person)
        hide_subject(world.here.actor("administrator"), found, hidden=True)
    assert manager.get(paper).status_code == 409


def test_who_left_the_gallery_meanwhile_is_not_on_its_paper(
    world: World, person: uuid.UUID
) -> None:
    stays = someone(world.here, 2)[0]
    gallery_id = shelf(world.here, person, stays)
    browser = world.browser("administrator")
    paper = copies_of(browser, ask(browser, f"/desk/galleries/{gallery_id}/print"))[0]
    with writing():
        gallery = db.session.get_one(Gallery, gallery_id)
        left = db.session.get_one(Subject, person)
        take_from_gallery(world.here.actor("administrator"), left, gallery)
    assert len(jpegs(browser.get(paper).data)) == 1


def test_a_copy_that_is_destroyed_or_called_back_is_not_taken_out_again(
    world: World, person: uuid.UUID
) -> None:
    manager = world.browser("administrator")
    asked = ask(manager, of(person))
    first, second = copies_of(manager, asked)
    assert manager.post(first.replace("copy.pdf", "destroyed")).status_code == 303
    assert manager.get(first).status_code == 409
    page = manager.get(asked.location).text
    assert first not in page
    assert second in page
    assert manager.get(second).status_code == 200
    with writing():
        printout = stored()
        printout.called_back_on, printout.called_back_for = clock.today(), CalledBack.PICTURE
    assert manager.get(second).status_code == 409
    assert second not in manager.get(asked.location).text


def test_who_was_stopped_for_opening_too_many_pictures_prints_none(
    world: World, person: uuid.UUID
) -> None:
    manager = world.browser("administrator")
    paper = copies_of(manager, ask(manager, of(person)))[0]
    with writing():
        member = db.session.get_one(Member, world.here.actor("administrator").id)
        member.viewing_stopped_at = clock.now()
    assert {manager.get(one).status_code for one in (paper, of(person))} == {429}


def test_printed_pictures_count_for_the_limit_on_looking(world: World) -> None:
    prints(world.here)
    people = [someone(world.here, seed)[0] for seed in (1, 2)]
    path = f"/desk/galleries/{shelf(world.here, *people)}/print"
    with writing():
        scheme = db.session.get_one(Scheme, world.here.scheme_id)
        scheme.pictures_slow = scheme.pictures_stop = 1
    manager = world.browser("administrator")
    assert manager.get(copies_of(manager, ask(manager, path))[0]).status_code == 429
    db.session.rollback()
    assert db.session.get_one(Member, world.here.actor("administrator").id).viewing_stopped_at


# --- Whose copy it was


def test_a_leaked_print_names_its_copy_and_who_asked_for_it(
    world: World, person: uuid.UUID
) -> None:
    manager, dpo = world.browser("administrator"), world.browser("dpo")
    papers = [manager.get(one).data for one in copies_of(manager, ask(manager, of(person)))]
    (first,), (second,) = map(jpegs, papers)
    assert first != second
    result = bring(dpo, copied(second))
    drain()
    told, found = dpo.get(result).text, stored()
    assert f"Paper {found.reference}, copy 2 of 2" in told
    assert "copy 1 of 2" not in told
    assert "Certain" in told
    assert "Night team" in told
    assert f"Pat Administrator {world.here.number}" in told
    named = sa.select(AuditEvent.target_id).where(AuditEvent.act == "copy named by a mark")
    assert list(db.session.scalars(named)) == [found.copies[1].id]


def test_the_code_on_a_print_names_its_copy(world: World, person: uuid.UUID) -> None:
    ask(world.browser("administrator"), of(person))
    found = stored()
    for place, told in ((world.here, True), (world.there, False)):
        dpo: Browser = world.browser("dpo", place)
        dpo.get("/audit/viewer")
        sent = {"code": found.copies[0].code.lower(), "reason": "leak"}
        page = dpo.post("/audit/viewer", sent).text
        assert (f"{found.reference}, copy 1 of 2" in page) is told
        assert ("Night team" in page) is told


def test_every_print_is_written_down(world: World, person: uuid.UUID) -> None:
    manager = world.browser("administrator")
    paper = copies_of(manager, ask(manager, of(person)))[0]
    manager.get(paper)
    found, copy = stored(), db.session.scalars(sa.select(PrintCopy).where(PrintCopy.number == 1))
    rows = {
        row.act: row
        for row in db.session.scalars(
            sa.select(AuditEvent).where(sa.or_(*map(AuditEvent.act.like, ("%print%", "copy%"))))
        )
    }
    assert rows["print form seen"].target_id == person
    assert (rows["print asked for"].target_id, rows["print asked for"].detail) == (
        found.id,
        "2 copies",
    )
    assert rows["person printed"].target_id == person
    assert rows["own print seen"].target_id == found.id
    assert rows["copy taken out"].target_id == copy.one().id
    looked = world.browser("dpo").get(f"/audit/subject/{person}").text
    assert f"Pat Administrator {world.here.number}" in looked
    assert found.reference in world.browser("dpo").get("/audit").text
