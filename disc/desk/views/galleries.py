"""The galleries of a scheme: what each is for, who sees it, and its end."""

import uuid

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from disc.access.actor import Actor
from disc.access.guard import get_actor, requires
from disc.access.permissions import Permission
from disc.access.policy import permits
from disc.core.transaction import writes
from disc.desk.views.blueprint import bp
from disc.gallery import galleries as use
from disc.gallery import queries
from disc.gallery.forms import GalleryForm
from disc.gallery.models import Gallery
from disc.gallery.service import add_gallery
from disc.members.queries import areas_of


@bp.get("/desk/galleries")
@requires(Permission.MODERATE)
def galleries() -> ResponseReturnValue:
    """List the scheme's galleries."""
    actor = get_actor()
    return _galleries(actor, GalleryForm().offer(actor))


@bp.post("/desk/galleries")
@requires(Permission.MODERATE)
@writes
def new_gallery() -> ResponseReturnValue:
    """Add a gallery."""
    actor = get_actor()
    form = GalleryForm().offer(actor)
    form.validate()
    if not form.refuse_taken(queries.galleries(actor)):
        return _galleries(actor, form), 422
    terms = form.terms()
    gallery = add_gallery(actor, terms.name, terms.description, terms.expiry_months)
    use.change_gallery(actor, gallery, terms)
    flash("Saved.", "ok")
    return redirect(url_for("desk.galleries"), 303)


@bp.get("/desk/galleries/<uuid:gallery_id>")
@requires(Permission.MODERATE)
def gallery(gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Show a gallery, to be changed or removed."""
    actor = get_actor()
    found = queries.get_gallery(actor, gallery_id)
    return _gallery(actor, found, GalleryForm.of(found).offer(actor))


@bp.post("/desk/galleries/<uuid:gallery_id>")
@requires(Permission.MODERATE)
@writes
def change_gallery(gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Change a gallery."""
    actor = get_actor()
    found, form = queries.get_gallery(actor, gallery_id), GalleryForm().offer(actor)
    form.validate()
    if not form.refuse_taken(one for one in queries.galleries(actor) if one.id != found.id):
        return _gallery(actor, found, form), 422
    use.change_gallery(actor, found, form.terms())
    flash("Saved. People who are in it keep their day.", "ok")
    return redirect(url_for("desk.galleries"), 303)


@bp.post("/desk/galleries/<uuid:gallery_id>/remove")
@requires(Permission.MODERATE)
@writes
def remove_gallery(gallery_id: uuid.UUID) -> ResponseReturnValue:
    """Remove a gallery, where the manager ticked that they mean it; its people's records stay."""
    actor = get_actor()
    found = queries.get_gallery(actor, gallery_id)
    if not request.form.get("sure"):
        flash("Tick that you want to remove this gallery.", "error")
        return redirect(url_for("desk.gallery", gallery_id=gallery_id), 303)
    use.remove_gallery(actor, found)
    flash("The gallery is removed. No record was erased.", "ok")
    return redirect(url_for("desk.galleries"), 303)


def _galleries(actor: Actor, form: GalleryForm) -> str:
    found = queries.galleries(actor)
    return render_template(
        "desk/galleries.html",
        galleries=found,
        seen_in=queries.areas_of_galleries([one.id for one in found]),
        areas={one.id: one.name for one in areas_of(actor)},
        form=form,
    )


def _gallery(actor: Actor, found: Gallery, form: GalleryForm) -> str:
    return render_template(
        "desk/gallery.html",
        gallery=found,
        form=form,
        ends=use.what_ends_with(found),
        may_print=permits(actor, Permission.PRINT_PICTURES, actor),
    )
