"""Each thing that a manager decides, in the words of what it is about."""

import uuid
from collections.abc import Iterable

from disc.access.actor import Actor
from disc.desk import leases
from disc.desk.deciding import joiners, reports
from disc.desk.deciding.pending import put_off, require_undecided
from disc.desk.models import Act, ItemKind
from disc.desk.review import Approval
from disc.gallery.models import AnswerOutcome
from disc.incidents import following
from disc.incidents import service as incidents
from disc.matching.models import Verdict


def approve_later(
    actor: Actor,
    incident_id: uuid.UUID,
    approval: Approval,
    batch_id: uuid.UUID | None = None,
    *,
    version: int | None = None,
) -> uuid.UUID:
    """Write down that a report is approved; return by which number it is undone.

    ``version`` is how often the reporter had changed it when the manager read it. Raises
    ChangedReport, ChangedByReporter, DecidedAlready, LookedAt, NoAuthority, NothingToShow.
    """
    told = reports.approval_in_words(approval, version)
    return put_off(actor, ItemKind.REPORT, incident_id, Act.APPROVE, told, batch_id=batch_id)


def reject_later(
    actor: Actor,
    incident_id: uuid.UUID,
    reason: str,
    batch_id: uuid.UUID | None = None,
    *,
    version: int | None = None,
) -> uuid.UUID:
    """Write down that a report is rejected; return by which number it is undone.

    ``version`` as for ``approve_later``. Raises ChangedReport, ChangedByReporter, DecidedAlready,
    LookedAt.
    """
    told = {"reason": reason, reports.AS_READ: version}
    return put_off(actor, ItemKind.REPORT, incident_id, Act.REJECT, told, batch_id=batch_id)


def judge_later(actor: Actor, pair_id: uuid.UUID, verdict: Verdict) -> uuid.UUID:
    """Write down the answer to a pair; return by which number it is undone.

    Raises Missing, Stale, DecidedAlready, LookedAt; ValueError for what is no answer.
    """
    return put_off(actor, ItemKind.PAIR, pair_id, Act(verdict.value), {})


def answer_later(
    actor: Actor,
    subject_id: uuid.UUID,
    answer_ids: Iterable[uuid.UUID],
    outcome: AnswerOutcome,
    *,
    seen: str,
) -> uuid.UUID:
    """Write down what becomes of answers about a person; return by which number it is undone.

    ``seen`` is their version as the manager read them. Raises Missing, NeedsName, Stale,
    DecidedAlready, LookedAt.
    """
    told = {"answers": [str(one) for one in answer_ids], "seen": seen}
    return put_off(actor, ItemKind.NAMES, subject_id, Act(outcome.value), told)


def decide_joiner_later(actor: Actor, member_id: uuid.UUID, act: Act, *, seen: str) -> uuid.UUID:
    """Write down whether somebody who waits is let in; return by which number it is undone.

    ``seen`` tells what they were to be, and where, when the manager read it. Raises Missing, Stale,
    ChangedPerson, DecidedAlready, LookedAt.
    """
    return put_off(actor, ItemKind.JOINER, member_id, act, {joiners.SEEN: seen})


def ask(actor: Actor, incident_id: uuid.UUID, submission_id: uuid.UUID, words: str) -> None:
    """Ask the reporter, now. Raises ChangedReport, DecidedAlready, LookedAt."""
    incidents.get_undecided(actor, incident_id)
    require_undecided(actor, ItemKind.REPORT, incident_id)
    following.ask(actor, incident_id, submission_id, words)
    leases.end(actor, ItemKind.REPORT, incident_id)
