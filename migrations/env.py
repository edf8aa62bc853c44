"""How Alembic reaches the application's database."""

from alembic import context
from flask import current_app

from disc.core.database import Instant
from disc.core.migrate import connection_for_migrations, engine_of_owner, secure
from disc.core.rows import every_scheme

migrate = current_app.extensions["migrate"]
config = context.config


def _plain(kind: str, thing: object, _context: object) -> str | bool:
    """Write our own column type as its plain self: a migration imports no application code."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(thing, Instant) else False


def run() -> None:
    """Run the migrations in one transaction each, as the tables' owner; then lock their rows."""
    with (
        every_scheme(),
        engine_of_owner() as engine,
        connection_for_migrations(engine) as connection,
    ):
        context.configure(
            connection=connection,
            target_metadata=migrate.db.metadatas[None],
            transaction_per_migration=True,
            render_item=_plain,
            **migrate.configure_args,
        )
        with context.begin_transaction():
            context.run_migrations()
        secure(connection)
        connection.commit()


run()
