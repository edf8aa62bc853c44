"""What people ask, for tests."""

import uuid

from disc.core.transaction import writing
from disc.dataprotection import service
from disc.dataprotection.models import Asked
from tests.world import Place

WORDS = "I was in the <i>market</i> on 3 May."


def sent(**more: str) -> dict[str, str]:
    return {
        "submission_id": str(uuid.uuid4()),
        "asked": "access",
        "name": "Sam Doe",
        "contact": "sam@example.org\n12 Long Lane",
        "words": WORDS,
        **more,
    }


def stored(place: Place, **more: str) -> uuid.UUID:
    """Store a request without a page and return its id."""
    told = sent(**more)
    new = service.NewRequest(
        submission_id=uuid.UUID(told["submission_id"]),
        asked=Asked(told["asked"]),
        name=told["name"],
        contact=told["contact"],
        words=told["words"],
    )
    with writing():
        return service.ask(place.scheme_id, new).id
