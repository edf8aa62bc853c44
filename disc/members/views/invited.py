"""The answer to an invitation: it was sent, or here is the link to pass on by hand."""

from flask import current_app, render_template, url_for

from disc.members.joining import Invited


def show_invited(invited: Invited) -> str:
    """Say that an invitation is on its way; without a mail server show its link, once."""
    sends = current_app.extensions["smtp"] is not None
    link = None if sends else url_for("members.join", token=invited.token, _external=True)
    return render_template("members/invited.html", member=invited.member, link=link)
