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
from disc.members.models.signins import (
    Ceremony,
    Passkey,
    Proof,
    RecoveryCode,
    Tablet,
    UserSession,
)

__all__ = [
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
    "RecoveryCode",
    "Reoffending",
    "RulesDocument",
    "Scheme",
    "Tablet",
    "UserSession",
]
