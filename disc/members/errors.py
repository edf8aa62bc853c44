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


class OwnAccount(DiscError):
    """Nobody shuts themselves out, or a scheme could lose its last Administrator."""

    code, status = "own-account", 409
    sentence = "You cannot end your own account. Ask another Administrator."
