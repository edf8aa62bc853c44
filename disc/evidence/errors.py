"""Refusals of videos."""

from disc.core.errors import DiscError


class BadUpload(DiscError):
    """What was said of a video makes no sense: its size, its name or its ids."""

    code = "bad-upload"
    sentence = "We did not understand that video. Choose it again."


class VideoTooLarge(DiscError):
    """More than a video may have."""

    code, status = "video-too-large", 413

    def __init__(self, megabytes: int) -> None:
        super().__init__(f"This video is too large. A video may have {megabytes} MB.")


class NotAVideo(DiscError):
    """The bytes are no video of a kind that we keep, whatever the name says."""

    code = "not-a-video"
    sentence = "This is not a video that we can keep. Use MP4, MOV, WebM, MKV or AVI."


class NoVideoOfWelfare(DiscError):
    """The report is of somebody who needs help: nobody pictures them."""

    code = "no-video-of-welfare"
    sentence = "Write about a person who needs help in words. Add no video."


class TooManyVideos(DiscError):
    """One member sends too much at a time."""

    code, status = "too-many-videos", 429
    sentence = "You have sent many videos today. Finish or remove one, or try tomorrow."


class NoRoom(DiscError):
    """The disk is nearly full."""

    code, status = "no-room", 503
    sentence = "We have no room for this video now. Tell your manager."


class PieceCut(DiscError):
    """A piece has not the length that it should have: the connection broke, or two are mixed up."""

    code, status = "piece-cut", 400
    sentence = "A part of the video did not arrive. Send it again."


class DamagedVideo(DiscError):
    """What arrived is not what was sent."""

    code = "damaged-video"
    sentence = "The video changed on its way. Choose it again."


class BelongsToReport(DiscError):
    """A whole video of a report that was sent stays with it."""

    code, status = "belongs-to-report", 409
    sentence = "This video belongs to a report that you sent. It cannot be removed."


class Unfinished(DiscError):
    """Parts of the video are missing."""

    code, status = "unfinished", 409
    sentence = "Parts of this video are missing. Send it to the end first."
