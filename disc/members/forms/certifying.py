"""What a contact says about who works at their premises."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from disc.members.models import Member

HERE, LEFT = "here", "left"


@dataclass(slots=True)
class WhoWorksHere:
    """One answer for each person of the list that was shown; none is chosen beforehand.

    ``shown`` holds the ids on the page, so that nobody who was added meanwhile is passed over.
    """

    shown: set[str]
    answers: dict[str, str]
    errors: dict[str, list[str]] = field(default_factory=dict)

    @property
    def left(self) -> set[str]:
        """The ids of the people who were said to have left."""
        return {person for person, answer in self.answers.items() if answer == LEFT}

    def check(self, people: Iterable[Member]) -> bool:
        """Ask for an answer about everybody who was shown and is still on the list."""
        self.errors = {
            f"person-{one.id}": [f"Say whether {one.name} still works here."]
            for one in people
            if str(one.id) in self.shown and str(one.id) not in self.answers
        }
        return not self.errors


def read_who_works_here(sent: MultiDict[str, str]) -> WhoWorksHere:
    """Read what a page sent."""
    answers = {
        name.removeprefix("person-"): value
        for name, value in sent.items()
        if name.startswith("person-") and value in (HERE, LEFT)
    }
    shown = set(sent.getlist("shown"))
    return WhoWorksHere(shown, {one: said for one, said in answers.items() if one in shown})
