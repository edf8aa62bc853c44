"""What each act of the audit is called on pages, and of which kind it is."""

from enum import StrEnum


class ActKind(StrEnum):
    """What sort of thing somebody did."""

    SEEN = "seen"
    CHANGED = "changed"
    REFUSED = "refused"
    EXPORTED = "exported"
    SIGNED_IN = "signed in"


SEEN = {
    "picture shown": "Saw pictures",
    "subject seen": "Opened a person in the gallery",
    "gallery searched": "Searched the gallery for a person",
    "people searched": "Searched all people for a person",
    "record read": "Read the record of a person",
    "people listed": "Listed all people",
    "members listed": "Listed the members",
    "desk seen": "Opened the desk",
    "board page seen": "Opened the Board page",
    "answers read": "Read what members say they know",
    "report read": "Read a report",
    "shared report seen": "Read a report that the police have",
    "public request read": "Read a request from the public",
    "notice seen": "Read a notice",
    "notice form seen": "Opened the form for a notice",
    "links read": "Read the links of a person or a vehicle",
    "links listed": "Listed the links to check",
    "link read": "Read a link",
    "link form seen": "Opened the form for a link",
    "company seen": "Saw with whom a person is often seen",
    "vehicles listed": "Listed the vehicles",
    "vehicle read": "Saw a vehicle",
    "vehicle looked for": "Looked for a registration mark",
    "member seen": "Opened a member's page",
    "premises seen": "Opened the page of premises",
    "groups listed": "Listed the groups",
    "cameras listed": "Listed the cameras",
    "camera seen": "Opened the page of a camera",
    "picture page seen": "Opened the page of a picture",
    "own pictures listed": "Listed the pictures that they answer for",
    "acceptances listed": "Read who accepted the rules",
    "messages listed": "Listed the messages",
    "message seen": "Read a message",
    "audit read": "Read the audit",
    "print form seen": "Opened the form to print pictures",
    "copies listed": "Listed the copies on paper",
    "stopped people listed": "Read who was stopped",
    "viewer code resolved": "Looked for whose mark a picture carries",
    "leaked picture brought": "Brought a leaked picture, to find whose mark it carries",
    "leak result read": "Read whose mark a leaked picture carries",
    "viewer named by a mark": "A leaked picture carries the mark of a member",
    "copy named by a mark": "A leaked picture carries the mark of a copy on paper",
}
REFUSED = {
    "refused": "Was refused",
    "sign-in failed": "Could not sign in",
    "PIN refused": "Typed a wrong PIN",
    "proof failed": "Could not prove who they are",
    "viewing stopped": "Opened too many pictures and was stopped",
}
EXPORTED = {
    "audit exported": "Took out a copy of the audit",
    "audit head exported": "Took out the last link of the audit",
    "notice document seen": "Took out the paper of a notice",
    "print asked for": "Asked for copies on paper",
    "person printed": "Asked for a person on paper",
    "picture printed": "Asked for pictures on paper",
    "copy taken out": "Took out a copy to print",
    "backup made": "Made a backup",
    "master key exported": "Took out a copy of the master key",
}
SIGNED_IN = {
    "signed in": "Signed in",
    "signed out": "Signed out",
    "sign-in ended": "Ended a sign-in",
    "sign-ins ended": "Ended several sign-ins",
    "second factor asked": "Typed a right password and was asked for more",
    "proved again": "Proved who they are once more",
    "recovery code used": "Used a recovery code",
}
CHANGED = {
    "alert raised": "Raised an alert",
    "alert answered": "Answered an alert",
    "alert cancelled": "Took back an alert",
    "report sent": "Sent a report",
    "report accepted": "Accepted a report",
    "report rejected": "Did not accept a report",
    "report escalated": "Shared a report with the police",
    "report outcome": "A report has an outcome",
    "report erased": "A report was erased",
    "subject added": "Added a person",
    "subject named": "Gave a person a name",
    "seen again": "Said that a person was seen again",
    "seen again taken back": "Took back that a person was seen again",
    "subject identified": "Said who a person is",
    "subject hidden": "Hid a person",
    "reason for hiding": "Said why a person was hidden",
    "subject shown again": "Showed a person again",
    "subject erased": "A person was erased",
    "subjects merged": "Joined two records",
    "subjects unmerged": "Took two records apart",
    "clock restarted": "A person was reported again",
    "record split": "Made two records of one",
    "made by a split": "Made a record of a part of another",
    "record corrected": "Put a record right",
    "care needed": "Said that a person needs care",
    "publication agreed": "Agreed to show a person",
    "publication refused": "Refused to show a person",
    "erased on request": "Erased a record on request",
    "gallery added": "Added a gallery",
    "gallery changed": "Changed a gallery",
    "gallery removed": "Removed a gallery",
    "gallery entry set": "Put a person in a gallery",
    "gallery entry removed": "Took a person out of a gallery",
    "answer handled": "Closed an answer",
    "picture hidden": "Hid a picture",
    "picture shown again": "Showed a picture again",
    "picture erased": "A picture was erased",
    "picture withdrawn": "Withdrew a picture",
    "picture given back": "Gave a withdrawn picture back",
    "picture authority set": "Wrote down who allowed a picture",
    "picture edited": "Cut, turned or blurred a picture",
    "picture shown as sent": "Took all changes of a picture back",
    "notice proposed": "Proposed a notice",
    "notice approved": "Approved a notice",
    "notice refused": "Refused a notice",
    "notice served": "Served a notice",
    "notice lifted": "Lifted a notice",
    "notice erased": "A notice was erased",
    "vehicle added": "Added a vehicle",
    "vehicle seen again": "Added a vehicle that was there already",
    "vehicle corrected": "Put right what is said of a vehicle",
    "vehicle erased": "A vehicle was erased",
    "link suggested": "Suggested a link",
    "link confirmed": "Confirmed a link",
    "link ended": "Ended a link",
    "link erased": "A link was erased",
    "report shared with police": "Shared a report with the police",
    "police outcome recorded": "The police answered",
    "shared report erased": "A shared report was erased",
    "copy destroyed": "Said that a copy on paper is destroyed",
    "copies called back": "Copies on paper are to be got back",
    "printout erased": "The register forgot a print",
    "public request received": "A request from the public came",
    "public request decided": "Closed a request from the public",
    "public request erased": "A request from the public was erased",
    "member invited": "Invited a member",
    "member joined": "Joined",
    "member left": "Shut out a member",
    "member approved": "Let a member in",
    "member refused": "Did not let somebody in",
    "member invited again": "Sent a new invitation",
    "member suspended": "Suspended a member",
    "member let back in": "Let a member back in",
    "new way in given": "Gave a member a new way in",
    "role changed": "Gave a member another role",
    "places changed": "Changed where a member belongs",
    "leader confirmed": "The Board let a leader in",
    "leader refused": "The Board did not let a leader in",
    "known address at a QR code": "Somebody with an account used a QR code",
    "QR code made": "Made a QR code",
    "QR code ended": "Ended a QR code",
    "passkey added": "Added a passkey",
    "passkey removed": "Removed a passkey",
    "one-time codes set up": "Set up an app for codes",
    "one-time codes removed": "Removed an app for codes",
    "recovery codes made": "Made recovery codes",
    "password changed": "Changed a password",
    "reset link sent": "Was sent a link to choose a new password",
    "password reset": "Chose a new password by a link",
    "PIN chosen": "Chose a PIN",
    "PIN dropped": "Removed a PIN",
    "tablet enrolled": "Made a device a shared tablet",
    "tablet ended": "Ended a shared tablet",
    "rules accepted": "Accepted the rules",
    "rules published": "Published new rules",
    "rules renewal set": "Set how often rules are accepted",
    "contact asked": "The contact of premises was asked who works there",
    "premises certified": "Said who works at premises",
    "premises taken away": "Took premises from a member",
    "premises changed": "Changed premises",
    "area renamed": "Renamed an Area",
    "group added": "Added a group",
    "group renamed": "Renamed a group",
    "group removed": "Removed a group",
    "pictures judged same": "Said that two pictures are the same",
    "pictures judged different": "Said that two pictures are different",
    "pictures judged same camera": "Said that two pictures are of the same camera",
    "pictures asked again": "Took back what was said about two pictures",
    "camera named": "Gave a camera a name",
    "cameras joined": "Made one camera of two",
    "picture taken out of camera": "Took a picture out of a camera",
    "audit check asked": "Asked for a check of the audit",
    "viewing restored": "Let somebody see pictures again",
    "area added": "Added an Area",
    "premises added": "Added premises",
    "authority given": "Wrote down what premises allow",
    "authority withdrawn": "Wrote down that premises took it back",
    "settings changed": "Changed the settings",
    "go-live step done": "Did a step of the checklist",
    "scheme created": "The scheme was made",
    "past their day": "Records were erased on their day",
    "sweep ran": "The sweep of this scheme ran",
    "clocks ran": "Records were erased on their day",
    "backup restored": "A backup was put back",
    "master key rotated": "The master key was changed",
}
WORDS = SEEN | REFUSED | EXPORTED | SIGNED_IN | CHANGED
"""What each act is called; one that is not here is told as it was written down."""
NOT_TOLD = frozenset(
    {"viewer code resolved", "viewer named by a mark", "audit read", "audit exported"}
)
"""What others did about a person that their own log leaves out, so that nobody is warned."""
_KINDS = (
    dict.fromkeys(SEEN, ActKind.SEEN)
    | dict.fromkeys(REFUSED, ActKind.REFUSED)
    | dict.fromkeys(EXPORTED, ActKind.EXPORTED)
    | dict.fromkeys(SIGNED_IN, ActKind.SIGNED_IN)
)


def kind_of(act: str) -> ActKind:
    """Return the kind of an act; what is not known otherwise changed something."""
    return _KINDS.get(act, ActKind.CHANGED)


def in_words(act: str) -> str:
    """Return what an act is called on pages."""
    return WORDS.get(act) or act[:1].upper() + act[1:]
