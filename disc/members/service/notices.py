"""Letters to a person about their own account: a thief cannot change it in silence."""

from flask import current_app

from config import Settings
from disc.core import mail
from disc.members.models import Member

NOT_YOU = (
    "If this was not you, ask the manager of your scheme for help now. "
    "They can sign you out on every device."
)


def tell(member: Member, happened: str) -> None:
    """Write to a person, inside the transaction, that how they sign in has changed."""
    if not member.email:
        return
    body = f"Hello\n\n{happened}\n\n{NOT_YOU}\n\n{product()}, {member.scheme.name}\n"
    mail.write(
        member.scheme_id,
        member.id,
        "security notice",
        member.email,
        f"{product()}: your account has changed",
        body,
    )


def product() -> str:
    """Return what the installation calls itself."""
    settings: Settings = current_app.extensions["settings"]
    return settings.product_name
