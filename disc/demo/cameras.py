"""The six fixed cameras of the demo scheme, by name."""

from collections.abc import Callable
from functools import cache
from types import MappingProxyType

from disc.demo import exteriors, interiors
from disc.demo.stage import Stage

TITLES = MappingProxyType(
    {
        "till": "CAM 01  TILLS",
        "aisle": "CAM 02  AISLE 4",
        "doorway": "CAM 03  FRONT DOOR",
        "corridor": "CAM 04  STOCKROOM",
        "car-park": "CAM 05  CAR PARK",
        "high-street": "CAM 06  HIGH STREET",
    }
)
"""The name of each camera and the title that its recorder burns into the picture."""

_STAGES: MappingProxyType[str, Callable[[], Stage]] = MappingProxyType(
    {
        "till": interiors.till,
        "aisle": interiors.aisle,
        "doorway": interiors.doorway,
        "corridor": interiors.corridor,
        "car-park": exteriors.car_park,
        "high-street": exteriors.high_street,
    }
)


@cache
def stage_of(camera: str) -> Stage:
    """Return what the named camera looks at; raise KeyError for a name that is not in TITLES."""
    return _STAGES[camera]()
