"""Decisions of the desk: written down at once, in effect ten seconds later, undone before."""

from disc.desk.deciding.making import (
    answer_later,
    approve_later,
    ask,
    decide_joiner_later,
    judge_later,
    reject_later,
)
from disc.desk.deciding.many import Batch, Refused, approve_many, reject_many
from disc.desk.deciding.pending import (
    carry_out,
    decided_now,
    failed,
    forget_old,
    problems,
    undo,
    waiting,
)

__all__ = [
    "Batch",
    "Refused",
    "answer_later",
    "approve_later",
    "approve_many",
    "ask",
    "carry_out",
    "decide_joiner_later",
    "decided_now",
    "failed",
    "forget_old",
    "judge_later",
    "problems",
    "reject_later",
    "reject_many",
    "undo",
    "waiting",
]
