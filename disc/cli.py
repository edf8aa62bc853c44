"""Commands: ``flask disc …``."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select
from sqlalchemy.orm import Session

from config import Settings
from disc.access.actor import Role
from disc.core import audit, auditing, outbox
from disc.core.backup import BackupRefused, back_up
from disc.core.database import db
from disc.core.errors import DiscError
from disc.core.jobs import run_worker
from disc.core.keys import key_file, keyring
from disc.core.migrate import upgrade
from disc.core.preparing import UNFINISHED, NotReady, begin_anew, check_ready, prepare, saying_why
from disc.core.restoring import restore
from disc.core.rotation import rotate
from disc.core.rows import every_scheme, one_scheme
from disc.core.transaction import apart, writing
from disc.core.vault import (
    DoesNotOpen,
    MasterKey,
    export_master_key,
    import_master_key,
    save_master_key,
)
from disc.matching.rebuilding import rebuild
from disc.members import managing, service
from disc.members.models import MemberState, Scheme
from disc.members.queries import find_member_by_code, find_member_by_email

disc = AppGroup("disc", help="Run and look after the installation.")
scheme = AppGroup("scheme", help="Schemes of this installation.")
audit_group = AppGroup("audit", help="The chain of who did or saw what.")
matching_group = AppGroup("matching", help="How pictures are found again.")
member_group = AppGroup("member", help="People who lost their way in.")
keys = AppGroup("keys", help="The master key.")
for group in (scheme, member_group, matching_group, audit_group, keys):
    disc.add_command(group)

WORKER_NICENESS = 5
"""The worker gives way to the server: somebody waits for a page, nobody for a comparison."""
TELL_EVERY = 20
"""Pictures between two lines of progress."""
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE = click.Path(dir_okay=False, path_type=Path)
passphrase_option = click.option(
    "--passphrase-file", type=FILE, help="Read the passphrase from a file instead of asking."
)


@contextmanager
def sentences() -> Iterator[None]:
    """End a command that cannot go on with one sentence and a failure, without a traceback.

    Inside, the rows of every scheme exist: these are the commands of the installation's operator.
    """
    os.umask(0o077)
    try:
        with saying_why(), every_scheme():
            yield
    except (NotReady, BackupRefused, DiscError) as error:
        raise click.ClickException(str(error)) from error
    except DoesNotOpen as error:
        raise click.ClickException("The passphrase or the key does not open this.") from error


@disc.command("migrate")
def migrate() -> None:
    """Bring the database to its newest version."""
    with sentences():
        upgrade()


@disc.command("prepare")
def prepare_command() -> None:
    """Make what is missing: keys, tables and, in an empty database, the demo."""
    settings: Settings = current_app.extensions["settings"]
    unfinished = settings.instance / UNFINISHED
    with sentences():
        if unfinished.exists() and not _has_real_scheme():
            begin_anew()
        prepare()
        if os.environ.get("DISC_DEMO") != "0" and not _has_scheme():
            from disc.demo.load import load_demo

            click.echo("Drawing the demo's pictures. This happens once.", err=True)
            unfinished.touch()
            load_demo()
        unfinished.unlink(missing_ok=True)


@disc.command("worker")
@click.option("--with-parent", is_flag=True, help="End when standard input closes.")
def worker(*, with_parent: bool) -> None:
    """Run the job worker until it is told to stop."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # its threads wait for each other, spinning
    os.nice(WORKER_NICENESS)
    with sentences():
        check_ready()
    if with_parent:
        threading.Thread(target=_end_with_parent, daemon=True).start()
    run_worker(current_app._get_current_object())  # type: ignore[attr-defined] # noqa: SLF001 - Flask's own way


@disc.command("outbox")
@click.option("--again", is_flag=True, help="Let the worker try these once more.")
def outbox_command(*, again: bool) -> None:
    """Show what could not be delivered after many tries."""
    with sentences(), Session(db.engine) as session:
        for row in outbox.given_up(session):
            click.echo(f"{row.id}  {row.created_at:%Y-%m-%d %H:%M}  {row.listener}")
    if again:
        with apart() as session:
            click.echo(f"{outbox.try_again(session)} to be tried again.")


@disc.command("backup")
@click.argument("folder", type=FOLDER)
@passphrase_option
def backup(folder: Path, passphrase_file: Path | None) -> None:
    """Write FOLDER/data.tar and, apart, FOLDER/keys.tar."""
    settings: Settings = current_app.extensions["settings"]
    with sentences():
        asked = None if settings.master_key else _passphrase(passphrase_file, new=True)
        made = back_up(folder, asked)
    click.echo(f"Saved {made.files} sealed files and {made.keys} keys in {folder}.")
    click.echo("Keep keys.tar apart from data.tar, and for a shorter time.")


@disc.command("restore")
@click.argument("folder", type=FOLDER)
@click.option("--keys", "keys_file", type=FILE, help="A newer keys.tar than the folder's.")
@passphrase_option
def restore_command(folder: Path, keys_file: Path | None, passphrase_file: Path | None) -> None:
    """Put a backup into an empty installation."""
    with sentences():
        done = restore(
            folder / "data.tar",
            keys_file or folder / "keys.tar",
            lambda: _passphrase(passphrase_file),
        )
    click.echo(f"Restored {done.files} sealed files and {done.keys} keys.")
    if done.erased:
        click.echo(f"{done.erased} records have no key in keys.tar: they stay erased.")


@scheme.command("create")
@click.option("--name", required=True)
@click.option("--slug", required=True)
@click.option("--admin-name", required=True)
@click.option("--admin-email", required=True)
@click.option("--board-name", default="", help="The first of the Board, beside the Administrator.")
@click.option("--board-email", default="")
@click.option("--address", default="http://localhost:8000", help="Where members reach the site.")
def create_scheme(
    *,
    name: str,
    slug: str,
    admin_name: str,
    admin_email: str,
    board_name: str,
    board_email: str,
    address: str,
) -> None:
    """Make a scheme, and print the link by which its first Administrator joins, once.

    With the name and the address of somebody of the Board, a link for them comes before it: the
    Administrator then is not the only one who can say who the Board is.
    """
    if bool(board_name) != bool(board_email):
        raise click.UsageError("Give both --board-name and --board-email, or neither.")
    people = [(board_name, board_email, Role.BOARD)] if board_email else []
    people.append((admin_name, admin_email, Role.ADMINISTRATOR))
    with sentences():
        check_ready()
        with writing():
            made = service.create_scheme(slug, name)
            tokens = [service.invite(made, *person)[1] for person in people]
    for (_name, _email, role), token in zip(people, tokens, strict=True):
        if role is Role.BOARD:
            click.echo("For the Board member, and then for the Administrator:")
        click.echo(f"{address.rstrip('/')}/join/{token}")


@member_group.command("new-way-in")
@click.argument("address")
@click.option("--site", default="http://localhost:8000", help="Where members reach the site.")
def new_way_in(address: str, site: str) -> None:
    """Take every way in from somebody who lost theirs, and print a link to join anew, once."""
    with sentences(), writing():
        member = find_member_by_email(address)
        if member is None or member.state is MemberState.SUSPENDED:
            raise NotReady("Nobody who may sign in has this address.")
        managing.start_over_by_operator(member)
        token = service.issue_invitation(member)
    click.echo(f"{site.rstrip('/')}/join/{token}")


@matching_group.command("rebuild")
@click.option("--scheme", "slug", help="Only this scheme, by its short name.")
def rebuild_command(*, slug: str | None) -> None:
    """Make the fingerprints of all pictures again; run it once more to go on where it stopped.

    The site may run meanwhile. It is needed after an upgrade that says so, and after a restore.
    """
    with sentences():
        check_ready()
        found = select(Scheme.id, Scheme.slug).order_by(Scheme.slug)
        schemes = db.session.execute(found if slug is None else found.where(Scheme.slug == slug))
        chosen = schemes.all()
        db.session.rollback()
        if not chosen:
            raise NotReady("There is no such scheme.")
        for scheme_id, name in chosen:
            with one_scheme(scheme_id):
                _rebuild(scheme_id, name)


@audit_group.command("verify")
@click.option("--head", "heads", multiple=True, help="A line of 'audit head' noted earlier.")
@every_scheme()
def verify(heads: tuple[str, ...]) -> None:
    """Check every chain; fail where a link was changed, removed or moved."""
    broken = {chain: auditing.broken_links(chain) for chain in auditing.chains()}
    for chain, positions in broken.items():
        click.echo(f"{chain}  {'holds' if not positions else f'broken at {positions[:20]}'}")
    cut = [noted for noted in heads if not _still_there(noted)]
    for noted in cut:
        click.echo(f"missing  {noted}")
    if cut or any(broken.values()):
        raise click.exceptions.Exit(1)


@audit_group.command("head")
@every_scheme()
def head() -> None:
    """Print each chain's last link, to be kept on another machine."""
    for chain in auditing.chains():
        position, link = auditing.head(chain)
        click.echo(f"{chain} {position} {link.hex()}")


@audit_group.command("viewer")
@click.argument("code")
def viewer(code: str) -> None:
    """Say whose mark a picture bears; that you asked is written down."""
    with sentences():
        member = find_member_by_code(code)
        if member is None:
            raise NotReady("No member has this code.")
        found = f"{member.id}  {member.name or 'somebody who has left'}"
        entry = audit.Entry(
            act="viewer code resolved",
            scheme_id=member.scheme_id,
            target="member",
            target_id=member.id,
        )
        with writing():
            audit.record(entry)
    click.echo(found)


@keys.command("export")
@click.argument("file", type=FILE)
@passphrase_option
def export_key(file: Path, passphrase_file: Path | None) -> None:
    """Write the master key, sealed under a passphrase, to FILE."""
    source = keyring().source
    with sentences():
        if not isinstance(source, MasterKey):
            raise NotReady("This master key is held elsewhere. Copy it there.")
        if file.exists():
            raise NotReady(f"There is a file at {file} already.")
        file.write_bytes(export_master_key(source, _passphrase(passphrase_file, new=True)))
        with writing():
            audit.record(audit.Entry(act="master key exported"))


@keys.command("restore", with_appcontext=True)
@click.argument("file", type=FILE)
@passphrase_option
def restore_key(file: Path, passphrase_file: Path | None) -> None:
    """Put the master key back from a sealed copy, where the installation has none."""
    target = key_file(current_app.extensions["settings"])
    with sentences():
        if target.exists():
            raise NotReady(f"There is a master key at {target} already. Move it away first.")
        save_master_key(import_master_key(file.read_bytes(), _passphrase(passphrase_file)), target)
    click.echo(f"The master key is back at {target}.")


@keys.command("rotate")
@click.option("--to", type=FILE, help="Where to put the new key if it is given from outside.")
def rotate_key(to: Path | None) -> None:
    """Make a new master key and wrap the schemes' keys under it. Stop the servers first."""
    with sentences():
        check_ready()
        click.echo(f"The new master key is in {rotate(to)}. Start every server and worker anew.")


def _rebuild(scheme_id: UUID, name: str) -> None:
    """Rebuild one scheme, and tell after each so many pictures how far it is."""
    for now in rebuild(scheme_id):
        if now.done % TELL_EVERY == 0 or now.done == now.of:
            click.echo(f"{name}  {now.done} of {now.of}")
    if now.unread:
        click.echo(f"{name}  {now.unread} could not be read; the log says why.")


def _passphrase(file: Path | None, *, new: bool = False) -> str:
    if file is not None:
        found = file.read_text().strip()
    else:
        found = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new)
    if new and len(found) < 16:  # noqa: PLR2004 - it guards against guessing without limit
        raise NotReady("Use a passphrase of at least 16 characters.")
    return str(found)


def _has_scheme() -> bool:
    found = db.session.scalar(select(Scheme.id).limit(1)) is not None
    db.session.rollback()
    return found


def _has_real_scheme() -> bool:
    found = db.session.scalar(select(Scheme.id).where(Scheme.is_demo.is_(False)).limit(1))
    db.session.rollback()
    return found is not None


def _still_there(noted: str) -> bool:
    chain, position, link = noted.split()
    found = auditing.link_at(UUID(chain), int(position))
    return found is not None and found.hex() == link


def _end_with_parent() -> None:
    os.read(sys.stdin.fileno(), 1)  # not through the buffer, whose lock would be held at the end
    os.kill(os.getpid(), signal.SIGTERM)
