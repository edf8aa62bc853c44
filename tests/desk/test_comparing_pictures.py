"""A manager compares two pictures, answers with one press, and goes on to the next pair."""

import re
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest

from disc.core.database import db
from disc.core.transaction import writing
from disc.desk.queries import not_approved_before, reports_of_stills
from disc.desk.rules import (
    AS_IT_IS,
    FINDINGS,
    MEANINGS,
    SENT_BEFORE,
    alignment,
    evidence_in_words,
)
from disc.incidents.service import reject
from disc.matching.likeness.evidence import Box
from disc.matching.models import Finding, PossibleDuplicate, Verdict
from disc.matching.rules import turned
from disc.matching.service import judge
from disc.stills.models import Still
from disc.stills.service import hide_still
from tests.browsers import Browser
from tests.desk.deciding import take_effect
from tests.desk.pairing import cut_picture, evidence, paired, sent, sent_twice, whole_picture
from tests.pictures import picture
from tests.world import World


def a_pair(
    world: World, finding: Finding = Finding.PROBABLY, *, seed: int | None = None
) -> uuid.UUID:
    """Send two pictures from two premises and suggest them; with a seed they are unlike others."""
    earlier = whole_picture() if seed is None else picture(seed)
    later = cut_picture() if seed is None else picture(seed + 100)
    found = None if finding is Finding.SAME_FILE else evidence()
    return sent_twice(world.here, earlier, later, finding, found)


def path(pair_id: uuid.UUID) -> str:
    return f"/desk/duplicates/{pair_id}"


def verdict_of(pair_id: uuid.UUID) -> Verdict:
    db.session.rollback()
    return db.session.get_one(PossibleDuplicate, pair_id).verdict


def answered(manager: Browser, pair_id: uuid.UUID, verdict: str) -> None:
    """Answer a pair on its page, and let the answer take effect."""
    assert manager.post(f"{path(pair_id)}/judge", {"verdict": verdict}).status_code == 303
    take_effect()


def camera_on(manager: Browser, pair_id: uuid.UUID) -> str:
    """Return the address of the camera that a pair's page leads to."""
    found = re.search(r'href="(/desk/cameras/[0-9a-f-]{36})"', manager.get(path(pair_id)).text)
    assert found
    return found[1]


# --- What the page says


def test_the_page_says_what_was_found_and_what_it_rests_on(world: World) -> None:
    page = world.browser("administrator").get(path(a_pair(world))).text
    assert "Probably the same picture, changed" in page
    assert "214 points agree. They overlap by 96 %. One place differs." in page
    assert "The computer does not look at faces." in page
    assert page.count('class="still"') == 2


def test_the_page_holds_the_alignment_and_the_boxes_without_any_inline_style(world: World) -> None:
    page = world.browser("administrator").get(path(a_pair(world))).text
    plane = re.search(r'data-plane="([^"]+)"', page)
    assert plane
    assert tuple(map(float, plane[1].split(","))) == pytest.approx(evidence().homography)
    box = re.search(r'compare__box--over" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page)
    assert box
    assert [float(one) for one in box.groups()] == pytest.approx([160, 157.5, 160])
    assert 'viewBox="0 0 800 525"' in page
    assert "style=" not in page


def test_the_same_file_lies_on_itself(world: World) -> None:
    page = world.browser("administrator").get(path(a_pair(world, Finding.SAME_FILE))).text
    assert "Both files hold the same picture." in page
    assert 'data-plane="1.0,0.0,0.0,0.0,1.0,0.0,0.0,0.0,1.0"' in page


def test_two_pictures_without_evidence_stand_side_by_side(world: World) -> None:
    first = sent(world.here.actor("member"), world.here.premises_id, picture(5))
    second = sent(world.here.actor("member"), world.here.premises_id, picture(6))
    page = world.browser("administrator").get(path(paired(first, second))).text
    assert "data-plane" not in page
    assert page.count('class="still"') == 2


@pytest.mark.parametrize(
    ("plane", "what"),
    [
        ((1.0, 0.0, 0.0, 0.0, 1.0, 0.0, -1.5, 0.0, 1.0), "a corner beyond the horizon"),
        ((0.01, 0.0, 0.0, 0.0, 0.01, 0.0, 0.0, 0.0, 1.0), "far too small"),
        ((99.0, 0.0, 0.0, 0.0, 99.0, 0.0, 0.0, 0.0, 1.0), "far too large"),
        ((0.0,) * 9, "nothing at all"),
        ((float("nan"),) * 9, "no numbers"),
        ((1.0, 0.0), "too few numbers"),
    ],
)
def test_an_alignment_that_would_show_nothing_is_not_used(
    plane: tuple[float, ...], what: str
) -> None:
    assert alignment(Finding.PROBABLY, evidence(homography=plane)) is None, what


def test_an_alignment_may_be_of_either_sign_and_mirrored() -> None:
    mirrored = (-1.0, 0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0)
    for plane in (mirrored, tuple(-each for each in mirrored)):
        assert alignment(Finding.PROBABLY, evidence(homography=plane)) == plane
    assert alignment(Finding.SAME_FILE, None) == AS_IT_IS
    assert alignment(Finding.SAME_STILL, None) is None


def test_evidence_is_told_in_short_sentences() -> None:
    plain = evidence(inliers=1, overlap=0.5, changed=())
    assert evidence_in_words(plain) == "1 point agrees. They overlap by 50 %. No place differs."
    box = Box(0.1, 0.1, 0.2, 0.2)
    mirrored = replace(plain, inliers=40, mirrored=True, changed=(box, box))
    assert evidence_in_words(mirrored) == (
        "40 points agree. They overlap by 50 %. One of them is mirrored. Two places differ."
    )
    assert evidence_in_words(replace(plain, changed=(box,) * 12)).endswith("12 places differ.")


def test_which_is_the_earlier_follows_the_time_of_what_happened(world: World) -> None:
    member = world.here.actor("member")
    first = sent(member, world.here.premises_id, cut_picture(), ago=timedelta(hours=1))
    second = sent(member, world.here.premises_id, whole_picture(), ago=timedelta(hours=9))
    third = sent(member, world.here.premises_id, picture(7), ago=timedelta(hours=1, minutes=-5))
    back = turned(evidence())
    manager = world.browser("administrator")
    page = manager.get(path(paired(first, second, found=back))).text
    shown = re.findall(r'data-still="([^"]+)"', page)
    assert shown == [str(second), str(first)]
    plane = re.search(r'data-plane="([^"]+)"', page)
    assert plane
    assert tuple(map(float, plane[1].split(","))) == pytest.approx(evidence().homography)
    box = re.search(r'compare__box--over" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)"', page)
    assert box
    assert [float(one) for one in box.groups()] == pytest.approx([160, 157.5, 160])
    assert 'viewBox="0 0 800 525"' in page
    page = manager.get(path(paired(first, third))).text
    assert re.findall(r'data-still="([^"]+)"', page) == [str(first), str(third)]


def test_no_word_on_a_page_is_the_trades() -> None:
    words = [*FINDINGS.values(), *MEANINGS.values(), *SENT_BEFORE.values()]
    assert not [one for one in words if re.search(r"\b(still|scene|edited)", one, re.IGNORECASE)]
    assert set(FINDINGS) == set(MEANINGS) == set(SENT_BEFORE) == set(Finding)


# --- Answers


def test_each_answer_leads_on_to_the_next_pair_and_the_last_one_to_the_queue(world: World) -> None:
    pairs = [a_pair(world, seed=seed) for seed in (11, 12, 13)]
    manager = world.browser("administrator")
    waiting = re.findall(r"/desk/duplicates/([0-9a-f-]{36})", manager.get("/desk").text)
    assert {uuid.UUID(one) for one in waiting} == set(pairs)
    first, second, third = (f"/desk/duplicates/{one}" for one in waiting)
    page = manager.get(second).text
    assert "2 more pairs wait for you" in page
    assert f'href="{third}">Skip to the next pair' in page
    answer = manager.post(f"{second}/judge", {"verdict": "different"})
    assert (answer.status_code, answer.location) == (303, third)
    page = manager.get(third).text
    assert "You said: a different moment or person. It takes effect in 10 seconds." in page
    assert "Here is the next pair." in page
    assert "You said a moment ago" in page
    assert "One more pair waits for you" in page
    assert manager.post(f"{third}/judge", {"verdict": "same"}).location == first
    answer = manager.post(f"{first}/judge", {"verdict": "different"})
    assert answer.location == "/desk/queue"
    assert "That was the last pair." in manager.get("/desk/queue").text
    assert {verdict_of(one) for one in pairs} == {Verdict.OPEN}
    take_effect()
    assert [verdict_of(uuid.UUID(one)) for one in waiting] == [
        Verdict.DIFFERENT,
        Verdict.DIFFERENT,
        Verdict.SAME,
    ]


def test_a_camera_that_has_a_name_is_not_asked_for_one(world: World) -> None:
    one = sent(world.here.actor("member"), world.here.premises_id, picture(31))
    two = sent(world.here.actor("member"), world.here.premises_id, picture(32))
    three = sent(world.here.actor("member"), world.here.premises_id, picture(33))
    first = paired(one, two, Finding.SAME_MOMENT)
    second = paired(two, three, Finding.SAME_MOMENT)
    manager = world.browser("administrator")
    manager.get(path(first))
    answered(manager, first, "same camera")
    assert "Name the camera" in manager.get(path(second)).text
    manager.post(f"{camera_on(manager, first)}/name", {"name": "Tills"})
    answered(manager, second, "same camera")
    for page in (path(first), path(second), "/desk/queue"):
        assert "Name the camera" not in manager.get(page).text


@pytest.mark.parametrize("verdict", ["", "open", "perhaps"])
def test_an_answer_that_is_none_changes_nothing(world: World, verdict: str) -> None:
    pair = a_pair(world)
    manager = world.browser("administrator")
    manager.get(path(pair))
    assert manager.post(f"{path(pair)}/judge", {"verdict": verdict}).status_code == 404
    assert verdict_of(pair) is Verdict.OPEN


def test_a_pair_that_was_answered_says_so_and_asks_no_more(world: World) -> None:
    pair = a_pair(world)
    manager = world.browser("administrator")
    manager.get(path(pair))
    answered(manager, pair, "different")
    page = manager.get(path(pair)).text
    assert "You said: a different moment or person." not in page.split("<main")[1]
    assert "Answered: a different moment or person" in page
    assert 'name="verdict"' not in page


def test_an_answer_is_taken_back_and_given_again(world: World) -> None:
    pair = a_pair(world)
    manager = world.browser("administrator")
    assert "Ask again" not in manager.get(path(pair)).text
    answered(manager, pair, "different")
    assert f'action="{path(pair)}/again"' in manager.get(path(pair)).text
    answer = manager.post(f"{path(pair)}/again")
    assert (answer.status_code, answer.location) == (303, path(pair))
    page = manager.get(path(pair)).text
    assert "The answer is taken back. You can answer again." in page
    assert 'name="verdict"' in page
    assert manager.post(f"{path(pair)}/again").status_code == 409
    answered(manager, pair, "same")
    assert verdict_of(pair) is Verdict.SAME


def test_an_answer_that_follows_from_another_leads_there(world: World) -> None:
    member, place = world.here.actor("member"), world.here.premises_id
    a, b, c = (sent(member, place, picture(seed)) for seed in (51, 52, 53))
    first, second, follows = (paired(*two) for two in ((a, b), (b, c), (a, c)))
    manager = world.browser("administrator")
    manager.get(path(first))
    for pair in (first, second):
        answered(manager, pair, "same")
    page = manager.get(path(follows)).text
    assert "Answered: the same picture" in page
    assert f'<a href="{path(second)}">the answer to another pair</a>' in page
    assert "Ask again" not in page
    assert manager.post(f"{path(follows)}/again").status_code == 409
    manager.post(f"{path(second)}/again")
    assert 'name="verdict"' in manager.get(path(follows)).text


def test_where_the_camera_stays_the_page_says_so_and_leads_to_it(world: World) -> None:
    member, place = world.here.actor("member"), world.here.premises_id
    a, b = (sent(member, place, picture(seed)) for seed in (51, 52))
    pair = paired(a, b, Finding.SAME_MOMENT)
    manager = world.browser("administrator")
    manager.get(path(pair))
    answered(manager, pair, "same camera")
    camera = camera_on(manager, pair)
    manager.post(f"{path(pair)}/again")
    page = manager.get(path(pair)).text
    assert "The answer is taken back. Both pictures stay under one camera." in page
    assert f'<a href="{camera}">Camera 1</a>' in page


def test_two_cameras_with_names_become_one_with_both_and_the_manager_chooses(
    world: World,
) -> None:
    member, place = world.here.actor("member"), world.here.premises_id
    stills = [sent(member, place, picture(seed)) for seed in (51, 52, 53, 54)]
    paired(*stills[:2], Finding.SAME_CAMERA)
    paired(*stills[2:], Finding.SAME_CAMERA)
    manager = world.browser("administrator")
    places = re.findall(r'href="(/desk/cameras/[0-9a-f-]{36})"', manager.get("/desk/cameras").text)
    for address, name in zip(places, ("Front door", "Tills"), strict=True):
        manager.post(f"{address}/name", {"name": name})
    pair = paired(stills[1], stills[2])
    answered(manager, pair, "same camera")
    page = manager.get(path(pair)).text
    assert "Two cameras are one now. It has both names." in page
    assert f'href="{places[0]}">Choose its name' in page
    assert 'value="Front door / Tills"' in manager.get(places[0]).text
    assert manager.get(places[1]).status_code == 404


def test_more_pairs_than_the_desk_lists_are_counted_all_the_same(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    member, place = world.here.actor("member"), world.here.premises_id
    a, *others = (sent(member, place, picture(seed)) for seed in (51, 52, 53, 54))
    first, *_ = [paired(a, one) for one in others]
    monkeypatch.setattr("disc.matching.queries.MOST_LISTED", 1)
    manager = world.browser("administrator")
    assert "2 more pairs wait for you" in manager.get(path(first)).text
    page = manager.get("/desk").text
    assert "Pictures that look alike (3)" in page
    assert page.count("/desk/duplicates/") == 1
    assert "More pairs come when you answer these." in page


def test_a_hidden_picture_is_not_shown_and_its_evidence_is_not_opened(world: World) -> None:
    pair = a_pair(world)
    later_id = db.session.get_one(PossibleDuplicate, pair).later_id
    with writing():
        hide_still(
            world.here.actor("administrator"), db.session.get_one(Still, later_id), hidden=True
        )
    page = world.browser("administrator").get(path(pair)).text
    assert "One of the two pictures is hidden or erased." in page
    assert 'class="still"' not in page
    assert "214 points" not in page
    assert "You can answer when both can be seen." in page
    assert 'name="verdict"' not in page
    answer = world.browser("administrator").post(f"{path(pair)}/judge", {"verdict": "same"})
    assert answer.status_code == 404


def test_a_reporter_sees_nothing_of_another_shops_picture(world: World) -> None:
    pair = a_pair(world)
    for who in ("member", "far_member", "board", "spoc", "dpo"):
        assert world.browser(who).get(path(pair)).status_code == 404, who


# --- On the page of a report


def test_a_file_that_was_not_approved_is_told_though_an_older_one_makes_the_pair(
    world: World,
) -> None:
    member, far = world.here.actor("member"), world.here.actor("far_member")
    first = sent(member, world.here.premises_id, whole_picture())
    second = sent(member, world.here.premises_id, whole_picture())
    third = sent(far, world.here.other_premises_id, whole_picture())
    paired(first, second, Finding.SAME_FILE)
    pair = paired(first, third, Finding.SAME_FILE)
    reports = reports_of_stills({first, second, third})
    with writing():
        reject(world.here.actor("administrator"), reports[second].id, "Too dark.")
    told = not_approved_before({third})
    assert [(one.still_id, one.earlier_id, one.pair_id) for one in told] == [(third, second, None)]
    manager = world.browser("administrator")
    page = manager.get(f"/desk/reports/{reports[third].id}").text
    assert re.search(r"<p>Sent before and not approved on .*, because: Too dark\.", page)
    assert "Compare the two pictures" not in page
    with writing():
        reject(world.here.actor("administrator"), reports[first].id, "Not clear.")
    told = not_approved_before({third})
    assert [(one.earlier_id, one.pair_id) for one in told] == [(first, pair), (second, None)]
    with writing():
        judge(world.here.actor("administrator"), pair, Verdict.DIFFERENT)
    assert [one.earlier_id for one in not_approved_before({third})] == [second]


def test_a_picture_that_was_not_approved_before_says_when_and_why(world: World) -> None:
    first = sent(world.here.actor("member"), world.here.premises_id, whole_picture())
    second = sent(world.here.actor("far_member"), world.here.other_premises_id, cut_picture())
    pair = paired(first, second, found=evidence())
    manager = world.browser("administrator")
    reports = re.findall(r"/desk/reports/([0-9a-f-]{36})", manager.get(path(pair)).text)
    with writing():
        reject(world.here.actor("administrator"), uuid.UUID(reports[0]), "Too dark.")
    page = manager.get(f"/desk/reports/{reports[1]}").text
    when = r"before and not approved on \d+ \w+ \d{4}, because: Too dark\."
    assert re.search(f"The computer thinks that this picture was sent {when}", page)
    assert f'href="/desk/reports/{reports[0]}"' in page
    assert f'href="{path(pair)}">Compare the two pictures' in page
    assert "Probably the same picture, changed" in page
    assert "not approved" not in manager.get(f"/desk/reports/{reports[0]}").text
    answered(manager, pair, "same")
    assert re.search(f"<p>Sent {when}", manager.get(f"/desk/reports/{reports[1]}").text)


def test_reports_with_what_a_person_called_the_same_picture_lead_to_each_other(
    world: World,
) -> None:
    pair = a_pair(world)
    manager = world.browser("administrator")
    first, second = re.findall(r"/desk/reports/([0-9a-f-]{36})", manager.get(path(pair)).text)
    words = "Other reports with the same picture"
    assert words not in manager.get(f"/desk/reports/{first}").text
    manager.get(path(pair))
    answered(manager, pair, "same")
    for one, other in ((first, second), (second, first)):
        page = manager.get(f"/desk/reports/{one}").text
        assert words in page
        assert f'<li><a href="/desk/reports/{other}">' in page
        assert f'<li><a href="/desk/reports/{one}">' not in page
