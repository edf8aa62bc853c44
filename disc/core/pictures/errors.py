"""Why a picture is refused, in words for the person who sent it."""

from disc.core.errors import DiscError


class NotAPicture(DiscError):
    """The bytes are in none of the formats that are read."""

    code = "not-a-picture"
    status = 422
    sentence = "We cannot read this file as a photo. Send a JPEG, PNG, WEBP or HEIC photo."


class DamagedPicture(NotAPicture):
    """The bytes begin as a picture, but cannot be decoded to the end."""

    code = "damaged-picture"
    sentence = "This photo is damaged, or part of it is missing. Send it again."


class AnimatedPicture(DiscError):
    """The file moves, or is in a format that is made to move."""

    code = "animated-picture"
    status = 422
    sentence = "We do not accept GIFs or moving pictures. Send one photo that does not move."


class PictureTooLarge(DiscError):
    """The file has more bytes than the limit."""

    code = "picture-too-large"
    status = 413
    sentence = "This photo file is too large. Send a smaller copy."


class TooManyPixels(DiscError):
    """The picture would take too much memory to decode."""

    code = "too-many-pixels"
    status = 422
    sentence = "This photo has too many pixels. Send a smaller copy."


class PictureTooSmall(DiscError):
    """The picture shows too little to be of use."""

    code = "picture-too-small"
    status = 422
    sentence = "This photo is too small to show anything. Send a larger copy."
