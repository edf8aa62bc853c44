"""How people prove who they are: passkeys, passwords with codes, and links to a new password."""

from disc.members.proving.again import prove_by_passkey, prove_by_password
from disc.members.proving.codes import (
    begin_codes,
    keep_codes,
    new_secret,
    picture_of,
    remove_codes,
)
from disc.members.proving.entering import (
    Typed,
    Waiting,
    ask_for_second,
    second_step,
    sign_in,
    who_waits,
)
from disc.members.proving.knowing import know_device, known_browser, known_device, known_device_of
from disc.members.proving.passkeys import (
    Answer,
    add_passkey,
    options_to_add,
    options_to_prove,
    options_to_sign_in,
    remove_passkey,
    sign_in_by_passkey,
)
from disc.members.proving.recovery import make_codes
from disc.members.proving.resetting import (
    ask_for_reset,
    change_password,
    reset_password,
    send_reset,
)
from disc.members.proving.site import page_with_name, passkey_name

__all__ = [
    "Answer",
    "Typed",
    "Waiting",
    "add_passkey",
    "ask_for_reset",
    "ask_for_second",
    "begin_codes",
    "change_password",
    "keep_codes",
    "know_device",
    "known_browser",
    "known_device",
    "known_device_of",
    "make_codes",
    "new_secret",
    "options_to_add",
    "options_to_prove",
    "options_to_sign_in",
    "page_with_name",
    "passkey_name",
    "picture_of",
    "prove_by_passkey",
    "prove_by_password",
    "remove_codes",
    "remove_passkey",
    "reset_password",
    "second_step",
    "send_reset",
    "sign_in",
    "sign_in_by_passkey",
    "who_waits",
]
