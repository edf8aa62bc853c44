"""What a report comes to for the police is worked out from its facts alone."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from disc.incidents.forms import ReportForm, WelfareForm
from disc.incidents.kinds import WELFARE, Ending, Force, Hurt, IncidentKind, WeaponUse
from disc.incidents.readiness import URGENT, Call, CrimeClass, Facts, readiness, whom_to_call
from tests.world import World

THEFT, VIOLENCE, ABUSE = IncidentKind.SHOP_THEFT, IncidentKind.VIOLENCE, IncidentKind.ABUSE
NAMES = ("kind", "violence", "weapon", "weapon_use", "injured", "ending")
FACTS = st.builds(
    Facts,
    kind=st.sampled_from(IncidentKind),
    violence=st.booleans(),
    weapon=st.booleans(),
    weapon_use=st.none() | st.sampled_from(WeaponUse),
    injured=st.booleans(),
    hurt=st.none() | st.sampled_from(Hurt),
    force=st.none() | st.sampled_from(Force),
    goods=st.booleans(),
    ending=st.none() | st.sampled_from(Ending),
    pictures=st.integers(0, 6),
    described=st.integers(0, 9),
    known=st.booleans(),
    vehicle=st.booleans(),
    forensic_code=st.booleans(),
    words=st.booleans(),
)


@pytest.mark.parametrize("force", [None, Force.TO_STEAL])
def test_theft_with_force_to_steal_is_robbery_and_nothing_beside_it(force: Force | None) -> None:
    """Class 34A: whoever is hurt at the time of a robbery is counted with it."""
    found = readiness(Facts(kind=THEFT, violence=True, injured=True, force=force))
    assert found.classes == (CrimeClass.ROBBERY,)


def test_force_after_the_theft_is_a_second_crime_with_a_second_victim() -> None:
    found = readiness(Facts(kind=THEFT, violence=True, injured=True, force=Force.AFTERWARDS))
    assert found.classes == (CrimeClass.INJURY, CrimeClass.SHOP_THEFT)


def test_a_threat_with_a_weapon_makes_a_theft_robbery() -> None:
    threat = Facts(kind=THEFT, weapon=True, weapon_use=WeaponUse.THREATENED)
    assert readiness(threat).classes == (CrimeClass.ROBBERY,)


@pytest.mark.parametrize(
    ("facts", "classes"),
    [
        (Facts(kind=THEFT), (CrimeClass.SHOP_THEFT,)),
        (Facts(kind=VIOLENCE), (CrimeClass.NO_INJURY,)),
        (Facts(kind=VIOLENCE, injured=True), (CrimeClass.INJURY,)),
        (Facts(kind=ABUSE), (CrimeClass.PUBLIC_ORDER,)),
        (Facts(kind=ABUSE, violence=True), (CrimeClass.NO_INJURY,)),
        (Facts(kind=IncidentKind.DAMAGE), (CrimeClass.DAMAGE,)),
        (Facts(kind=IncidentKind.FRAUD), (CrimeClass.FRAUD,)),
        (Facts(kind=IncidentKind.ANTISOCIAL), ()),
        (Facts(kind=IncidentKind.OTHER, weapon=True), (CrimeClass.WEAPON,)),
        (
            Facts(kind=THEFT, weapon=True, weapon_use=WeaponUse.SHOWN),
            (CrimeClass.WEAPON, CrimeClass.SHOP_THEFT),
        ),
        (Facts(kind=VIOLENCE, weapon=True, weapon_use=WeaponUse.USED), (CrimeClass.NO_INJURY,)),
    ],
)
def test_each_kind_has_its_class(facts: Facts, classes: tuple[CrimeClass, ...]) -> None:
    assert readiness(facts).classes == classes


def test_violence_against_a_customer_alone_is_no_business_crime_but_theft_is() -> None:
    assert not readiness(Facts(kind=VIOLENCE, injured=True, hurt=Hurt.OTHER)).is_business_crime
    assert readiness(Facts(kind=VIOLENCE, injured=True, hurt=Hurt.BOTH)).is_business_crime
    assert readiness(Facts(kind=THEFT, injured=True, hurt=Hurt.OTHER)).is_business_crime
    assert not readiness(Facts(kind=IncidentKind.ANTISOCIAL)).is_business_crime


@pytest.mark.parametrize(
    "facts",
    [
        Facts(kind=VIOLENCE),
        Facts(kind=THEFT, injured=True),
        Facts(kind=THEFT, ending=Ending.DETAINED),
        Facts(kind=THEFT, forensic_code=True),
        Facts(kind=IncidentKind.DAMAGE),
    ],
)
def test_the_police_should_come(facts: Facts) -> None:
    assert readiness(facts).attend


def test_a_plain_theft_needs_nobody_to_come_and_no_999() -> None:
    found = readiness(Facts(kind=THEFT, ending=Ending.LEFT))
    assert found.attend == ()
    assert found.call is Call.POLICE


def test_somebody_held_is_999() -> None:
    found = readiness(Facts(kind=THEFT, ending=Ending.DETAINED))
    assert found.call is Call.EMERGENCY
    assert found.urgent == ("Staff hold the person.",)


def test_what_is_missing_is_asked_only_where_it_matters() -> None:
    bare = readiness(Facts(kind=ABUSE))
    assert "Say what the goods are worth." not in bare.missing
    theft = readiness(Facts(kind=THEFT))
    assert "Say what the goods are worth." in theft.missing
    assert "Say if you have the goods back." not in theft.missing
    assert "Say if you have the goods back." in readiness(Facts(kind=THEFT, goods=True)).missing
    assert "Say who was hurt." in readiness(Facts(kind=ABUSE, injured=True)).missing


def test_one_word_describes_nobody_and_two_or_a_known_face_do() -> None:
    ask = "Say what the person looked like."
    assert ask in readiness(Facts(kind=THEFT, described=1)).missing
    for told in (Facts(kind=THEFT, described=2), Facts(kind=THEFT, known=True)):
        assert ask not in readiness(told).missing


@given(FACTS)
def test_welfare_is_never_a_crime_and_nothing_is_asked_twice(facts: Facts) -> None:
    found = readiness(facts)
    if facts.kind in WELFARE:
        assert (found.classes, found.attend, found.pieces) == ((), (), ())
        assert not found.is_business_crime
    assert len(set(found.missing)) == len(found.missing)
    assert len(found.there) + len(found.missing) == len(found.pieces)
    assert (found.call is Call.EMERGENCY) == bool(found.urgent)


@given(facts=FACTS)
def test_999_is_called_by_the_answers_that_the_page_reads(facts: Facts) -> None:
    """The page's attribute, read as report.js does from what a form sends."""
    sent = {name: str(value) for name in NAMES if (value := getattr(facts, name))}

    def is_so(wanted: str) -> bool:
        name, _, values = wanted.partition("=")
        return sent.get(name) in values.split(",") if values else name in sent

    told = whom_to_call()["urgent"].split("|")
    on_the_page = any(all(is_so(one) for one in answers.split(" ")) for answers in told)
    assert on_the_page == (readiness(facts).call is Call.EMERGENCY)


def test_every_answer_that_is_urgent_is_one_that_somebody_can_give() -> None:
    asked = {*ReportForm.__dict__, *WelfareForm.__dict__}
    told = " ".join(" ".join(answers) for answers in URGENT.values()).split()
    assert {one.partition("=")[0] for one in told} <= asked


def test_the_page_carries_the_rule_and_its_script_has_none_of_its_own(world: World) -> None:
    told = whom_to_call()
    page = world.browser("member").get("/report").text
    assert f'data-urgent="{told["urgent"]}" data-over="{told["over"]}"' in page
    script = Path("static/js/report.js").read_text()
    assert "ending=" not in script.split("function showCall")[1]
