"""Refusals of membership and sign-in."""

from disc.core.errors import DiscError


class WrongSignIn(DiscError):
    """The address or the password is wrong; which of them is not said."""

    code, status = "wrong-sign-in", 401
    sentence = "The e-mail address or the password is wrong."


class DeadInvitation(DiscError):
    """The link was used, ran out, or never was."""

    code, status = "dead-invitation", 404
    sentence = "This link has been used or has run out. Ask your scheme for a new one."


class DeadReset(DiscError):
    """The link to choose a new password was used, ran out, or never was."""

    code, status = "dead-reset", 404
    sentence = "This link has been used or has run out. Ask for a new one."


class WeakPassword(DiscError):
    """The password will not do."""

    code = "weak-password"


class NotLive(DiscError):
    """The scheme may not hold real people's records yet."""

    code, status = "not-live", 409
    sentence = (
        "This scheme is not open yet. The manager must finish the go-live checklist first. "
        "Then the scheme can hold records about people."
    )


class AlreadyMember(DiscError):
    """The address belongs to a member already."""

    code, status, sentence = "already-member", 409, "That e-mail address already has an account."


class NewerRules(DiscError):
    """A newer version was published while somebody read the one before."""

    code, status = "newer-rules", 409
    sentence = "There is a newer version. Read it, then accept it."


class PeopleChanged(DiscError):
    """Somebody was added to premises while their contact filled the page in."""

    code, status = "people-changed", 409
    sentence = "Somebody was added meanwhile. Look at the list again, then save."


class NoRules(DiscError):
    """The members' rules are said to be agreed, and there are none to accept."""

    code, status = "no-rules", 409
    sentence = "There are no rules to accept yet. Publish them under Desk, Rules. Then come back."


class OwnAccount(DiscError):
    """Nobody changes their own rights, or shuts themselves out."""

    code, status = "own-account", 409
    sentence = "You cannot change your own account here. Ask another Administrator."


class LastOne(DiscError):
    """The scheme would be left without anybody who runs it, or who watches over it."""

    code, status = "last-one", 409
    sentence = (
        "This is the last person in this role. Give the role to somebody else first. "
        "The new person must be able to sign in."
    )


class StillInUse(DiscError):
    """A group goes only once nobody is in it."""

    code, status = "still-in-use", 409
    sentence = "There are still people in this group. Take them out first."


class WrongPasskey(DiscError):
    """The passkey is not one of ours, or its answer does not hold; which is not said."""

    code, status = "wrong-passkey", 401
    sentence = "This passkey did not work. Try again, or use your password."


class WrongCode(DiscError):
    """Neither the one-time code nor the recovery code is right."""

    code, status = "wrong-code", 401
    sentence = "This code is wrong, or was used before. Type the newest code of your app."


class StartAgain(DiscError):
    """What was begun has run out, was used, or had too many tries."""

    code, status = "start-again", 409
    sentence = "This took too long, or had too many tries. Start again."


class NoPasskeysHere(DiscError):
    """The page was opened by a number, and passkeys belong to names."""

    code, status = "no-passkeys-here", 409
    sentence = "Passkeys need a name in the address bar, not a number."


class WrongProof(DiscError):
    """A person did not show that it is them; which part was wrong is not said."""

    code, status = "wrong-proof", 422
    sentence = "The password or the code is wrong."


class NotOnTablet(DiscError):
    """The act needs a proof that a shared tablet cannot give."""

    code, status = "not-on-tablet", 409
    sentence = "You cannot do this on a shared tablet. Use your own phone or laptop."


class PicturesStopped(DiscError):
    """Somebody opened more pictures in ten minutes than the scheme lets anybody."""

    code, status = "pictures-stopped", 429
    sentence = "You opened pictures faster than a person can look. Your scheme has been told."


class TooFast(DiscError):
    """Too many pictures of one person wait already."""

    code, status = "too-fast", 429
    sentence = "You open pictures too fast. Wait a moment, then try again."


class NotByThemselves(DiscError):
    """Whoever was stopped is let in again by somebody else."""

    code, status = "not-by-themselves", 409
    sentence = "Somebody else must let you see pictures again."


class WrongPin(DiscError):
    """The PIN is not that person's."""

    code, status, sentence = "wrong-pin", 401, "This PIN is wrong. Try again."


class WeakPin(DiscError):
    """The PIN will not do."""

    code = "weak-pin"


class NoPinForYou(DiscError):
    """PINs are for the shop floor, and are chosen on one's own device."""

    code, status = "no-pin-for-you", 409
    sentence = "You cannot choose a PIN here."


class BadList(DiscError):
    """A list of people cannot be read at all."""

    code = "bad-list"


class NoMessagesHere(DiscError):
    """A shared tablet gets no messages, and a site without an address sends none."""

    code, status = "no-messages-here", 409
    sentence = "This device cannot get messages."


class BadPhone(DiscError):
    """What was sent is no address of a push service that we know."""

    code, status = "bad-phone", 422
    sentence = "We do not know the message service of this browser. Try another browser."
