"""What happens to Subjects, told to those above."""

import uuid
from dataclasses import dataclass

from disc.core.outbox import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectErased(Event):
    """A Subject's key is gone; what others hold about them must go too."""

    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswersChanged(Event):
    """A member said who a Subject is, or something became of what was said."""

    scheme_id: uuid.UUID
    subject_id: uuid.UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class WordsTakenBack(Event):
    """What was said of a Subject holds no more: a name, a ban, what a join brought."""

    subject_id: uuid.UUID
