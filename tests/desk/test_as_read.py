"""A decision counts for what its manager read: what changed since is shown, and decided anew."""

import uuid

import pytest

from disc.access.actor import Role
from disc.core.database import db
from disc.core.transaction import writing
from disc.desk import deciding
from disc.desk.errors import ChangedPerson
from disc.desk.models import Act, ItemKind, PendingDecision
from disc.desk.queueing import whole_queue
from disc.gallery.identifying import identify
from disc.gallery.models import Sureness
from disc.gallery.queries import get_subject
from disc.members import managing
from disc.members.models import Area, Member, MemberState, Premises
from tests.desk.deciding import NEW, take_effect
from tests.desk.kinds import Item, item_of, read, wait
from tests.incidents.test_following_a_report import add
from tests.pictures import picture
from tests.story import reported
from tests.world import Place, World

WORDS = "Not the thief, a customer."


def waiting() -> int:
    db.session.rollback()
    return db.session.query(PendingDecision).count()


def move(place: Place, member_id: uuid.UUID) -> None:
    """Let somebody who waits belong elsewhere, as another manager does."""
    with writing():
        belonging = managing.Belonging(
            areas=list(db.session.query(Area).filter_by(scheme_id=place.scheme_id)),
            premises=[db.session.get_one(Premises, place.premises_id)],
            groups=[],
            seen=read(member_id),
        )
        managing.move(place.actor("sub_administrator"), member_id, belonging)


def change(place: Place, item: Item) -> None:
    """Let something say something else than before."""
    if item.kind is ItemKind.JOINER:
        move(place, item.id)
    elif item.kind is ItemKind.NAMES:
        with writing():
            subject = get_subject(place.actor("administrator"), item.id)
            member = place.actor("second_member")
            identify(member, subject, "Another Surname", "By the voice", Sureness.SURE)
    else:
        with writing():
            item.elsewhere(place.actor("sub_administrator"))


@pytest.mark.parametrize("kind", [ItemKind.PAIR, ItemKind.NAMES, ItemKind.JOINER])
def test_what_was_changed_since_it_was_read_is_not_decided(world: World, kind: ItemKind) -> None:
    item = item_of(world.here, kind)
    manager = world.browser("administrator")
    manager.get(item.page)
    change(world.here, item)
    path, form = item.form
    assert manager.post(path, form).status_code == 409
    assert waiting() == 0
    assert not item.happened()


@pytest.mark.parametrize(
    ("act", "sent"),
    [
        ("approve", {**NEW, "caption": "Kept words"}),
        ("reject", {"why": "other", "words": "Kept words"}),
    ],
)
def test_whoever_decided_on_older_words_reads_the_new_ones_and_keeps_their_own(
    world: World, act: str, sent: dict[str, str]
) -> None:
    incident_id = reported(world.here, pictures=(picture(1),))
    manager = world.browser("administrator")
    manager.get(f"/desk/reports/{incident_id}")
    add(world, incident_id, words=WORDS)
    path = f"/desk/reports/{incident_id}/{act}"
    page = manager.post(path, {**sent, "version": "0"})
    assert page.status_code == 409
    assert WORDS in page.text
    assert "Kept words" in page.text
    assert 'value="1"' in page.text.split('name="version"')[1].split(">")[0]
    answers = page.text.split("data-approve")[1].split("</form>")[0]
    assert " checked" not in answers
    assert waiting() == 0
    assert manager.post(path, {**sent, "version": "1"}).status_code == 303


def test_who_was_moved_within_the_ten_seconds_is_asked_about_again(world: World) -> None:
    member_id = wait(world.here, "far_member")
    manager = world.browser("administrator")
    manager.get(f"/desk/members/people/{member_id}")
    seen = {"seen": read(member_id)}
    assert manager.post(f"/desk/members/people/{member_id}/approved", seen).status_code == 303
    move(world.here, member_id)
    take_effect()
    assert db.session.get_one(Member, member_id).state is MemberState.WAITING
    assert ChangedPerson.sentence in manager.get("/desk/queue").text


def test_nobody_comes_in_under_a_role_that_the_manager_did_not_read(world: World) -> None:
    member_id = wait(world.here, "far_member")
    seen = read(member_id)
    with writing():
        db.session.get_one(Member, member_id).role = Role.GROUP_MANAGER
    with pytest.raises(ChangedPerson), writing():
        deciding.decide_joiner_later(
            world.here.actor("administrator"), member_id, Act.APPROVE, seen=seen
        )


@pytest.mark.parametrize("kind", [ItemKind.NAMES, ItemKind.JOINER])
def test_the_list_and_the_page_say_the_same_version_until_it_changes(
    world: World, kind: ItemKind
) -> None:
    item = item_of(world.here, kind)

    def listed() -> str:
        db.session.rollback()
        items = whole_queue(world.here.actor("administrator")).items
        return next(one.version for one in items if one.id == item.id)

    first, manager = listed(), world.browser("administrator")
    assert f'data-as-read="{first}"' in manager.get(item.page).text
    change(world.here, item)
    assert listed() != first
    assert f'data-as-read="{listed()}"' in manager.get(item.page).text
