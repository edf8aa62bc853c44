"""The paper of a notice: what it says, who gets it, and how it is made apart from the server."""

import re
import subprocess
import sys
from datetime import timedelta

import pytest
import sqlalchemy as sa
import time_machine

from config import ROOT
from disc.core import clock, papers
from disc.core.audit import AuditEvent
from disc.core.database import db
from disc.core.papers import CannotBePrinted, CannotPrintNow
from disc.core.transaction import writing
from disc.core.web import day
from disc.exclusions import document, service, views
from disc.exclusions.document import print_apart
from disc.gallery.models import Subject
from disc.gallery.service import name_subject
from disc.members.models import Premises, Scheme
from tests.exclusions.cases import WORDS, approved, make_case, proposed, served, stored
from tests.exclusions.test_document import HOSTILE, notice, squeezed
from tests.exclusions.test_document import text_of as drawn_text
from tests.world import PASSWORD, World


@pytest.fixture
def case(world: World):
    return make_case(world.here)


def paper(world: World, notice_id, who="administrator"):
    return world.browser(who).get(f"/notices/{notice_id}/document.pdf")


def text_of(pdf):
    try:
        run = subprocess.run(
            ["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True
        )
    except FileNotFoundError:
        return drawn_text(pdf)
    return squeezed(run.stdout.decode()).replace("\u2019", "'")


@pytest.mark.parametrize("who", ["administrator", "board"])
def test_an_approved_notice_is_printed_for_manager_and_board(world: World, case, who):
    notice_id = approved(case)
    answer = paper(world, notice_id, who)
    reference = stored(notice_id).reference
    assert answer.status_code == 200
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="notice-{reference}.pdf"'
    assert "no-store" in answer.headers["Cache-Control"]
    assert answer.data.startswith(b"%PDF-")


def test_a_laptop_left_open_gives_no_paper_away(world: World, case):
    notice_id = approved(case)
    path = f"/notices/{notice_id}/document.pdf"
    with time_machine.travel(clock.now(), tick=False) as clockwork:
        manager = world.browser("administrator")
        clockwork.shift(timedelta(minutes=11))
        asked = manager.get(path)
        assert asked.headers["Location"] == f"/prove?next={path}"
        manager.get(asked.headers["Location"])
        proved = manager.post("/prove", {"password": PASSWORD, "next": path})
        assert proved.headers["Location"] == path
        assert manager.get(path).mimetype == "application/pdf"


def test_the_paper_says_what_who_how_long_and_how_to_appeal(world: World, case):
    with writing():
        scheme = db.session.get_one(Scheme, world.here.scheme_id)
        scheme.contact = "1 Quay Walk, Harbour Town"
    notice_id = approved(case)
    text = text_of(paper(world, notice_id).data)
    found = stored(notice_id)
    for words in (
        "You must not enter these premises",
        "Corner Foods",
        "Shop theft",
        "You took goods on three days.",
        "Staff asked you to stop.",
        day(found.starts_on),
        day(found.ends_on),
        "The police did not make this decision",
        "What we hold about you",
        "Only these people can see it",
        "We delete this notice 12 months after it ends",
        "1 Quay Walk, Harbour Town",
        f"http://localhost/privacy/{world.here.slug}/ask?asked=appeal&about={found.reference}",
        found.reference,
    ):
        assert squeezed(words) in text.replace("\u200b", "")


def test_the_paper_names_no_reporter_and_repeats_no_report(world: World, case):
    text = text_of(paper(world, approved(case)).data)
    for words in (WORDS, "Pat Member", "Pat Board", "Pat Administrator", "It is fair."):
        assert squeezed(words) not in text


def test_hostile_names_stay_words_on_the_paper(world: World, case):
    with writing():
        subject = db.session.get_one(Subject, case.subject_id)
        name_subject(world.here.actor("administrator"), subject, HOSTILE, [])
        place = db.session.get_one(Premises, world.here.premises_id)
        place.name = '#read("/etc/passwd") = head'
    text = text_of(paper(world, approved(case, reasons=HOSTILE)).data)
    assert text.count(squeezed(HOSTILE).replace("\u2019", "'")) == 2
    assert '#read("/etc/passwd")=head' in text
    assert "root:" not in text


def test_a_person_without_a_name_is_called_by_their_reference(world: World, case):
    reference = db.session.get_one(Subject, case.subject_id).reference
    text = text_of(paper(world, approved(case)).data)
    assert squeezed(f"Name not known, reference {reference}") in text


def test_each_look_at_the_paper_is_written_down(world: World, case):
    notice_id = approved(case)
    paper(world, notice_id, "board")
    db.session.rollback()
    seen = sa.select(AuditEvent.actor_id).where(
        AuditEvent.act == "notice document seen", AuditEvent.target_id == notice_id
    )
    assert list(db.session.scalars(seen)) == [world.here.actor("board").id]


def test_there_is_no_paper_until_the_board_approves(world: World, case):
    notice_id = proposed(case)
    answer = paper(world, notice_id)
    assert answer.status_code == 409
    assert "The Board must approve it first." in answer.text
    with writing():
        service.decide(world.here.actor("board"), notice_id, approved=False, reasons="No.")
    assert paper(world, notice_id).status_code == 409


def test_a_lifted_notice_is_not_printed_again(world: World, case):
    notice_id = served(case)
    assert paper(world, notice_id).status_code == 200
    with writing():
        service.lift(world.here.actor("administrator"), notice_id)
    assert paper(world, notice_id).status_code == 409


# --- When printing fails


def test_a_paper_that_cannot_be_made_is_said_in_a_sentence(world: World, case, monkeypatch):
    notice_id = approved(case)
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    answer = paper(world, notice_id)
    assert answer.status_code == 503
    assert "We cannot make the paper now. Wait a minute, then try again." in answer.text
    db.session.rollback()
    seen = sa.select(AuditEvent).where(AuditEvent.act == "notice document seen")
    assert db.session.scalar(seen) is None


def test_a_printer_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(papers, "PRINT_SECONDS", 0.01)
    with pytest.raises(CannotPrintNow):
        print_apart(notice())


def test_a_printer_that_fails_or_writes_no_pdf_is_not_believed(monkeypatch):
    for status, out in ((1, b"%PDF-1.7"), (0, b"something else"), (0, b"")):
        made = subprocess.CompletedProcess([], status, out, b"a name and a traceback")
        monkeypatch.setattr(papers, "_run", lambda *_words, made=made: made)
        with pytest.raises(CannotPrintNow):
            print_apart(notice())


def test_the_letter_that_cannot_be_printed_reaches_the_reader(world: World, case, monkeypatch):
    told = "We cannot print “李”. Write that word another way."
    made = subprocess.CompletedProcess([], papers.UNPRINTABLE_STATUS, told.encode(), b"")
    monkeypatch.setattr(papers, "_run", lambda *_words: made)
    with pytest.raises(CannotBePrinted, match="李"):
        print_apart(notice())
    answer = paper(world, approved(case))
    assert answer.status_code == 422
    assert "李" in answer.text


def test_the_printer_is_free_again_after_a_failure(monkeypatch):
    def fail(*_words):
        raise CannotPrintNow

    with monkeypatch.context() as patch:
        patch.setattr(papers, "_run", fail)
        for _ in range(papers.MOST_AT_ONCE + 1):
            with pytest.raises(CannotPrintNow):
                print_apart(notice())
    assert print_apart(notice()).startswith(b"%PDF-")


def test_nothing_is_printed_inside_a_write_transaction(app):
    with writing():
        db.session.execute(sa.select(sa.func.count()).select_from(Scheme))
        with pytest.raises(RuntimeError, match="would freeze the server"):
            print_apart(notice())


# --- Apart from the server


def test_the_printed_paper_is_the_same_as_one_made_here():
    assert print_apart(notice()) == document.render_notice(notice())


def test_the_printing_process_is_told_no_secret(monkeypatch):
    seen = {}

    def run(*_args, **kwargs):
        seen.update(kwargs["env"])
        raise OSError

    monkeypatch.setenv("DISC_MASTER_KEY", "secret")
    monkeypatch.setenv("DATABASE_URL", "secret")
    monkeypatch.setattr(subprocess, "run", run)
    with pytest.raises(CannotPrintNow):
        print_apart(notice())
    assert set(seen) <= set(papers.PASSED_ON)
    assert "secret" not in seen.values()


def test_the_server_never_loads_the_library():
    script = """
import sys
from disc.app import create_app
from disc.exclusions import document, views
print("typst" in sys.modules)
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, timeout=300
    )
    assert run.stdout.strip() == b"False"


def test_printing_lets_other_greenlets_run_on():
    script = """
from gevent import monkey; monkey.patch_all()
import gevent
from disc.exclusions.document import print_apart
from tests.exclusions.test_document import notice
ticks = []
def tick():
    while True:
        ticks.append(1); gevent.sleep(0.01)
gevent.spawn(tick)
made = print_apart(notice())
print(made[:5].decode(), len(ticks))
"""
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, check=True, cwd=ROOT, timeout=300
    )
    start, ticks = re.findall(r"(%PDF-) (\d+)", run.stdout.decode())[0]
    assert start == "%PDF-"
    assert int(ticks) > 5


def test_no_transaction_is_open_while_it_prints(world: World, case, monkeypatch):
    held = []

    def look(words):
        held.append(db.session().in_transaction())
        return document.render_notice(words)

    notice_id = approved(case)
    monkeypatch.setattr(views, "print_apart", look)
    assert paper(world, notice_id).status_code == 200
    assert held == [False]


def test_the_address_to_appeal_is_a_link_without_breaks(world: World, case):
    notice_id = approved(case)
    pdf = paper(world, notice_id).data
    link = f"http://localhost/privacy/{world.here.slug}/ask?asked=appeal&about="
    assert (link + stored(notice_id).reference).encode() in pdf
