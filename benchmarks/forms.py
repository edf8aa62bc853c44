"""The report's form, filled in as its page asks for it and with a photo."""

import re

FIELD = re.compile(r'name="(submission_id|premises_id|area_id|occurred_at)" value="([^"]*)"')
OPTION = re.compile(r'<option value="([0-9a-f-]{36})"')
BOUNDARY = "smoke-benchmark"
WITH_PHOTO = f"multipart/form-data; boundary={BOUNDARY}"
"""The kind of body that ``multipart`` makes."""


def filled_in(page: str) -> dict[str, str]:
    """Return what a form's page filled in beforehand."""
    found = dict(FIELD.findall(page))
    option = OPTION.search(page)
    return found if option is None else {"premises_id": option.group(1), **found}


def multipart(fields: dict[str, str], photo: bytes) -> bytes:
    """Return a form's body with some fields and one photo."""
    parts = [
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="pictures"; '
        'filename="photo.jpg"\r\nContent-Type: image/jpeg\r\n\r\n'
    )
    return "".join([*parts, head]).encode() + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
