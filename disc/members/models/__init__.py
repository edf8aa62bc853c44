"""Tables of schemes, places, people, their sign-ins and what they accepted."""

from disc.members.models.documents import Acceptance, DocumentKind, RulesDocument
from disc.members.models.people import (
    Invitation,
    JoinCode,
    LinkPurpose,
    Member,
    MemberArea,
    MemberGroupMember,
    MemberPremises,
    MemberState,
)
from disc.members.models.places import Area, GoLiveStep, MemberGroup, Premises, Reoffending, Scheme
from disc.members.models.pushing import (
    PUSH_URGENCY,
    PUSH_WORDS,
    PushKind,
    PushMessage,
    PushPhone,
)
from disc.members.models.signins import (
    Ceremony,
    Passkey,
    Proof,
    RecoveryCode,
    Tablet,
    UserSession,
)

__all__ = [
    "PUSH_URGENCY",
    "PUSH_WORDS",
    "Acceptance",
    "Area",
    "Ceremony",
    "DocumentKind",
    "GoLiveStep",
    "Invitation",
    "JoinCode",
    "LinkPurpose",
    "Member",
    "MemberArea",
    "MemberGroup",
    "MemberGroupMember",
    "MemberPremises",
    "MemberState",
    "Passkey",
    "Premises",
    "Proof",
    "PushKind",
    "PushMessage",
    "PushPhone",
    "RecoveryCode",
    "Reoffending",
    "RulesDocument",
    "Scheme",
    "Tablet",
    "UserSession",
]
