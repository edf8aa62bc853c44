"""A report as its readers are told of it: its answers in words, and what it comes to."""

from dataclasses import replace
from typing import Any

from disc.gallery.looks import COMMON
from disc.incidents.kinds import WELFARE
from disc.incidents.models import Incident
from disc.incidents.queries import said_known, stills_of
from disc.incidents.readiness import Facts, readiness, urgent_reasons

TOLD = {
    "weapon_kind": {"knife": "a knife", "bottle": "a bottle", "other": "another weapon"},
    "weapon_use": {"threatened": "spoken of, not seen", "shown": "shown", "used": "used"},
    "hurt": {"staff": "staff", "other": "somebody else", "both": "staff and somebody else"},
    "force": {"to-steal": "before or during the theft", "afterwards": "only afterwards"},
    "recovered": {"all": "All are back", "some": "Some are back", "none": "Nothing came back"},
    "ending": {
        "deterred": "Gave up",
        "ejected": "Was made to leave",
        "detained": "Was held",
        "left": "Left",
    },
    "welfare_now": {
        "with-us": "With staff",
        "help-came": "Help came",
        "safe": "Safe",
        "left": "Left, nobody knows where to",
    },
}
"""What readers are told for each answer, by the name of the report's field."""


def harm(incident: Incident) -> Facts:
    """Return the facts that say whether the police should come; they ask no other table."""
    return Facts(
        kind=incident.kind,
        violence=incident.violence,
        weapon=incident.weapon,
        weapon_told=incident.weapon_kind is not None,
        weapon_use=incident.weapon_use,
        injured=incident.injured,
        hurt=incident.hurt,
        force=incident.force,
        ending=incident.ending,
        forensic_code=incident.forensic_code_token is not None,
    )


def is_urgent(incident: Incident) -> bool:
    """Say whether somebody may be in danger; the database says it by ``queries.in_danger``."""
    return bool(urgent_reasons(harm(incident))) or incident.kind in WELFARE


def facts(incident: Incident) -> Facts:
    """Return the facts of a report from which it is worked out what it comes to."""
    return replace(
        harm(incident),
        goods=bool(incident.goods_told),
        value=incident.value_pence is not None,
        recovered=incident.recovered is not None,
        pictures=len(stills_of([incident.id])[incident.id]),
        described=len([word for word in incident.description if word not in COMMON]),
        known=bool(said_known(incident.id)),
        vehicle=incident.vehicle_token is not None,
        words=bool(incident.words),
    )


def told(incident: Incident) -> dict[str, Any]:
    """Return what the pages of a report need: the words of its answers, and what it comes to."""
    return {"said": TOLD, "readiness": readiness(facts(incident))}
