"""Whoever a picture belongs to takes it back; a manager does not undo that without them."""

import uuid
from datetime import timedelta
from functools import partial

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from sqlalchemy import select

from disc.access.actor import Actor
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core import clock
from disc.core.audit import AuditEvent
from disc.core.blobs import blobs
from disc.core.database import db
from disc.core.errors import Missing, Stale
from disc.core.jobs import drain
from disc.core.mail import Message
from disc.core.outbox import Outbox
from disc.core.pictures.steps import Turn
from disc.core.transaction import writing
from disc.matching.models import Finding, Fingerprint, PossibleDuplicate
from disc.matching.rebuilding import rebuild
from disc.members.models import Premises
from disc.stills import listeners, withdrawing
from disc.stills.editing import save_edit
from disc.stills.errors import WithdrawnByOwner
from disc.stills.models import Source, Still
from disc.stills.queries import get_owned, owned_stills, viewable
from disc.stills.service import FEATURES, Authority, blob_name, hide_still, set_authority
from disc.stills.withdrawing import give_back, withdraw
from tests.at_once import at_once
from tests.browsers import Browser
from tests.stills.test_viewing import link_on
from tests.story import in_gallery
from tests.world import World

Shown = tuple[uuid.UUID, uuid.UUID]


@pytest.fixture
def shown(world: World) -> Shown:
    """A person in the gallery and their picture; ``second_member`` is the owner's contact."""
    made = in_gallery(world.here)
    with writing():
        shop = db.session.get_one(Premises, world.here.premises_id)
        shop.contact_id = world.here.actor("second_member").id
    return made


def get(still_id: uuid.UUID) -> Still:
    db.session.rollback()
    return db.session.get_one(Still, still_id)


def owner_of(world: World) -> Actor:
    return world.here.actor("second_member")


def take_back(world: World, still_id: uuid.UUID, why: str = "") -> None:
    with writing():
        withdraw(owner_of(world), still_id, why)


def post(browser: Browser, still_id: uuid.UUID, act: str, **typed: str) -> int:
    browser.get("/me")
    return browser.post(f"/pictures/{still_id}/{act}", typed).status_code


# --- Out of every view


def test_it_leaves_every_view_link_and_page(world: World, shown: Shown) -> None:
    subject_id, still_id = shown
    readers = [world.browser(who) for who in ("member", "administrator")]
    links = [link_on(reader, f"/gallery/{subject_id}") for reader in readers]
    owner = world.browser("second_member")
    assert "Can be seen" in owner.get("/pictures").text
    assert post(owner, still_id, "withdraw", why="We had no right to send it.") == 303
    for reader, link in zip(readers, links, strict=True):
        assert reader.get(link).status_code == 404
        asked = {"pictures": [{"still": str(still_id), "rendition": "view"}]}
        assert reader.post_json("/img/mint", asked).json == {"urls": {}}
        assert f'data-still="{still_id}"' not in reader.get(f"/gallery/{subject_id}").text
    for who in ("member", "administrator", "board", "spoc"):
        assert viewable(world.here.actor(who), {still_id}) == set()
    assert "Withdrawn" in owner.get("/pictures").text


def test_it_is_asked_first_what_withdrawing_does(world: World, shown: Shown) -> None:
    still_id, owner = shown[1], world.browser("second_member")
    path = f"/pictures/{still_id}/withdraw"
    assert f'href="{path}"' in owner.get("/pictures").text
    assert f'action="{path}"' not in owner.get("/pictures").text
    page = owner.get(path).text
    assert "This takes the picture out of every page now." in page
    assert "You can give it back until" in page
    refused = owner.post(path, {"why": "x" * 301})
    assert refused.status_code == 422
    assert "Use at most 300 characters." in refused.text
    assert "x" * 301 in refused.text
    assert get(still_id).withdrawn_at is None
    for who in ("member", "administrator", "spoc"):
        assert world.browser(who).get(path).status_code == 404, who
    assert post(owner, still_id, "withdraw") == 303
    assert owner.get(path).status_code == 409


def test_the_manager_reads_who_withdrew_it_why_and_who_had_seen_it(
    world: World, shown: Shown
) -> None:
    subject_id, still_id = shown
    world.browser("member").get(f"/gallery/{subject_id}")
    take_back(world, still_id, "We had no right to send it.")
    page = world.browser("administrator").get(f"/desk/stills/{still_id}").text
    assert "We had no right to send it." in page
    assert f"Pat Second_Member {world.here.number} withdrew this picture" in page
    assert f"Pat Member {world.here.number}" in page.split("Who has seen it")[-1]
    assert (
        "Withdrawn by its owner" in world.browser("administrator").get(f"/people/{subject_id}").text
    )
    assert b"no right" not in (get(still_id).withdrawn_why_sealed or b"")


def test_who_looks_after_people_alone_is_not_told_who_saw_it(world: World, shown: Shown) -> None:
    page = world.browser("sub_administrator").get(f"/desk/stills/{shown[1]}").text
    assert "Who has seen it" not in page


def test_the_owner_gets_a_confirmation_and_it_is_written_down(world: World, shown: Shown) -> None:
    take_back(world, shown[1])
    letters = list(db.session.scalars(select(Message).where(Message.subject_sealed.is_not(None))))
    assert [(one.subject, one.member_id) for one in letters] == [
        ("A picture was withdrawn", owner_of(world).id)
    ]
    acts = db.session.scalars(
        select(AuditEvent.actor_id).where(AuditEvent.act == "picture withdrawn")
    )
    assert list(acts) == [owner_of(world).id]


# --- Whose it is


@pytest.mark.parametrize("who", ["member", "administrator", "board", "spoc", "dpo", "far_member"])
def test_nobody_else_withdraws_it_or_gives_it_back(world: World, shown: Shown, who: str) -> None:
    browser = world.browser(who)
    assert post(browser, shown[1], "withdraw") == 404
    assert get(shown[1]).withdrawn_at is None
    take_back(world, shown[1])
    assert post(browser, shown[1], "give-back") == 404
    assert get(shown[1]).withdrawn_at is not None


def test_another_scheme_neither_withdraws_it_nor_lists_it(world: World, shown: Shown) -> None:
    for who in ("second_member", "administrator", "spoc"):
        browser = world.browser(who, world.there)
        assert post(browser, shown[1], "withdraw") == 404
        if who != "administrator":
            assert str(shown[1]) not in browser.get("/pictures").text
    with pytest.raises(Missing), writing():
        withdraw(world.there.actor("administrator"), shown[1], "")
    db.session.rollback()


def test_the_police_withdraw_what_they_sent_in_their_own_area(world: World, shown: Shown) -> None:
    spoc = world.here.actor("spoc")
    with writing():
        get_still = db.session.get_one(Still, shown[1])
        get_still.source = Source.POLICE
    owned = get_owned(spoc, shown[1])
    assert permits(spoc, Permission.WITHDRAW_PICTURE, owned)
    assert [still.id for still, _ in owned_stills(spoc).rows] == [shown[1]]
    assert post(world.browser("spoc"), shown[1], "withdraw") == 303
    db.session.rollback()
    readers = set(db.session.scalars(select(Message.member_id)))
    assert readers == {spoc.id, owner_of(world).id}


def test_what_the_police_report_is_theirs(world: World) -> None:
    from tests.pictures import picture
    from tests.story import reported

    reported(world.here, "spoc", pictures=(picture(3),))
    assert [still.source for still in db.session.scalars(select(Still))] == [Source.POLICE]


def test_a_tablets_pin_withdraws_nothing(world: World, shown: Shown) -> None:
    from dataclasses import replace

    at_a_till = replace(owner_of(world), tablet_id=uuid.uuid4())
    assert not permits(at_a_till, Permission.WITHDRAW_PICTURE, get_owned(at_a_till, shown[1]))


# --- Not undone without the owner


def test_a_manager_shows_it_again_only_after_the_owner_gave_it_back(
    world: World, shown: Shown
) -> None:
    manager = world.here.actor("administrator")
    take_back(world, shown[1])
    with pytest.raises(WithdrawnByOwner), writing():
        hide_still(manager, get(shown[1]), hidden=False)
    assert post(world.browser("second_member"), shown[1], "give-back") == 303
    assert viewable(manager, {shown[1]}) == set()
    with writing():
        hide_still(manager, db.session.get_one(Still, shown[1]), hidden=False)
    assert viewable(manager, {shown[1]}) == {shown[1]}


def test_the_database_itself_refuses_to_show_it(world: World, shown: Shown) -> None:
    take_back(world, shown[1])
    with pytest.raises(sa.exc.IntegrityError, match="withdrawn_is_hidden"), writing() as session:
        session.execute(sa.update(Still).values(hidden_at=None))


def test_what_is_withdrawn_cannot_be_edited(world: World, shown: Shown) -> None:
    take_back(world, shown[1])
    with pytest.raises(Missing):
        save_edit(world.here.actor("administrator"), shown[1], (Turn(1),), 0)


# --- Two at once, and a crash between


def test_of_two_who_withdraw_at_once_the_second_is_told(
    world: World, app: Flask, shown: Shown
) -> None:
    act = partial(withdraw, owner_of(world), shown[1], "")
    assert at_once(app, act, act) == [Stale.code]
    assert len(list(db.session.scalars(select(Message)))) == 1


def test_withdrawn_while_a_manager_shows_it_again_it_stays_withdrawn(
    world: World, app: Flask, shown: Shown
) -> None:
    manager = world.here.actor("administrator")
    with writing():
        hide_still(manager, db.session.get_one(Still, shown[1]), hidden=True)

    def show() -> None:
        hide_still(manager, db.session.get_one(Still, shown[1]), hidden=False)

    at_once(app, partial(withdraw, owner_of(world), shown[1], ""), show)
    still = get(shown[1])
    assert still.withdrawn_at is not None
    assert still.hidden_at is not None


def test_a_crash_in_the_middle_withdraws_nothing_and_tells_nobody(
    world: World, shown: Shown, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_args: object) -> None:
        raise OSError("the power went")

    drain()
    monkeypatch.setattr(withdrawing, "_confirm", crash)
    with pytest.raises(OSError, match="power"):
        take_back(world, shown[1])
    assert get(shown[1]).withdrawn_at is None
    assert list(db.session.scalars(select(Outbox))) == []


def test_after_the_commit_a_crash_loses_nothing(world: World, shown: Shown) -> None:
    """What must follow waits in the outbox, in the transaction of the withdrawal itself."""
    drain()
    with writing() as session:
        withdraw(owner_of(world), shown[1], "")
        session.flush()
        waiting = set(session.scalars(select(Outbox.listener)))
    assert {"stills.listeners.tell_gone", "matching.listeners.forget_withdrawn"} <= waiting


# --- What matching knows


def test_nothing_is_left_that_recognises_it_and_given_back_it_is_compared_anew(
    world: World, shown: Shown
) -> None:
    from tests.pictures import picture
    from tests.story import reported

    again = reported(world.here, "far_member", pictures=(picture(1),))
    assert again
    drain()
    assert db.session.scalars(select(PossibleDuplicate.finding)).all() == [Finding.SAME_FILE]
    take_back(world, shown[1])
    drain()
    still = get(shown[1])
    assert db.session.get(Fingerprint, still.id) is None
    assert db.session.scalars(select(PossibleDuplicate)).all() == []
    assert not blobs().exists(blob_name(still.scheme_id, still.id, FEATURES))
    assert (still.file_token, still.pixel_token) == (None, None)
    list(rebuild(world.here.scheme_id))
    assert db.session.get(Fingerprint, still.id) is None
    with writing():
        give_back(owner_of(world), still.id)
        hide_still(
            world.here.actor("administrator"), db.session.get_one(Still, still.id), hidden=False
        )
    drain()
    assert db.session.get(Fingerprint, still.id) is not None
    assert db.session.scalars(select(PossibleDuplicate.finding)).all() == [Finding.SAME_FILE]


def test_withdrawn_before_the_worker_looked_it_is_not_looked_at(world: World, shown: Shown) -> None:
    take_back(world, shown[1])
    drain()
    assert db.session.scalars(select(Fingerprint)).all() == []
    assert get(shown[1]).pixel_token is None


# --- A day of its own, and who allowed it


def given(**changed: object) -> Authority:
    plain: dict[str, object] = {
        "source": Source.MEMBER,
        "by": "",
        "on": None,
        "limits": "",
        "conditions": "",
        "hide_on": None,
    }
    return Authority(**(plain | changed))  # type: ignore[arg-type]


def test_from_its_day_nobody_sees_it_and_the_sweep_hides_it(world: World, shown: Shown) -> None:
    manager = world.here.actor("administrator")
    tomorrow = clock.today() + timedelta(days=1)
    with writing():
        set_authority(manager, shown[1], given(hide_on=tomorrow))
    assert viewable(manager, {shown[1]}) == {shown[1]}
    listeners.hide_on_their_day()
    assert get(shown[1]).hidden_at is None
    with time_machine.travel(clock.now() + timedelta(days=1), tick=False):
        assert viewable(manager, {shown[1]}) == set()
        listeners.hide_on_their_day()
        assert get(shown[1]).hidden_at is not None


def test_its_day_is_never_after_the_day_of_its_erasure(world: World, shown: Shown) -> None:
    with writing():
        set_authority(
            world.here.actor("administrator"),
            shown[1],
            given(hide_on=clock.today() + timedelta(days=9999)),
        )
    still = get(shown[1])
    assert still.hide_on == still.erase_on


def test_the_page_says_who_allowed_it_and_keeps_what_the_police_ask(
    world: World, shown: Shown
) -> None:
    manager = world.browser("administrator")
    path = f"/desk/stills/{shown[1]}"
    assert "The owner, 5 January 2026, for all pictures of the premises" in manager.get(path).text
    typed = {"source": "police", "by": "Sergeant", "on": "2026-03-02", "limits": "This street"}
    assert manager.post(path, typed).status_code == 303
    assert manager.post(path, typed | {"conditions": "Do not print it."}).status_code == 303
    page = manager.get(path).text
    assert "Sergeant, 2 March 2026, for this picture" in page
    assert "This street" in page
    for who in ("member", "second_member"):
        assert "Do not print it." in world.browser(who).get(f"/gallery/{shown[0]}").text
    assert b"print" not in (get(shown[1]).conditions_sealed or b"")
    assert manager.post(path, typed | {"source": "member"}).status_code == 303
    assert get(shown[1]).source is Source.POLICE


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"by": "Shop manager"}, "Type the day on which it was allowed."),
        ({"by": "Shop manager", "on": "2999-01-01"}, "That day has not come yet."),
    ],
)
def test_what_is_not_whole_is_refused(
    world: World, shown: Shown, typed: dict[str, str], sentence: str
) -> None:
    manager = world.browser("administrator")
    path = f"/desk/stills/{shown[1]}"
    manager.get(path)
    answer = manager.post(path, {"source": "member", **typed})
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_report_is_approved_if_each_of_its_pictures_was_allowed(world: World) -> None:
    from disc.desk.errors import NoAuthority
    from disc.desk.review import Approval, approve
    from disc.incidents.queries import stills_of
    from tests.pictures import picture
    from tests.story import reported

    manager = world.here.actor("administrator")
    with writing():
        db.session.get_one(Premises, world.here.premises_id).authority_on = None
    report = reported(world.here, pictures=(picture(3),))
    with pytest.raises(NoAuthority), writing():
        approve(manager, report, Approval(about_a_person=True))
    with writing():
        for still_id in stills_of([report])[report]:
            set_authority(manager, still_id, given(by="Owner", on=clock.today()))
    with writing():
        assert approve(manager, report, Approval(about_a_person=True))
