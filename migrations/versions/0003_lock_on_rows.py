"""lock on rows.

From this version on PostgreSQL keeps the rows of schemes apart. The lock is made from the
tables as the code declares them, after each upgrade (disc/core/locks.py); below this version
there is none, since the code of then tells the database of no scheme.
"""

import sqlalchemy as sa
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Nothing here: the lock follows, once the tables are the newest."""


def downgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name != 'postgresql':
        return
    policies = sa.text(
        'SELECT tablename, policyname FROM pg_policies WHERE schemaname = current_schema()'
    )
    for table, policy in connection.execute(policies).all():
        op.execute(f'DROP POLICY {policy} ON "{table}"')
        op.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" DISABLE ROW LEVEL SECURITY')
