"""what a record says of somebody: age, looks by kind, marks, ways, warnings, help.

The old list of words stays: it is sealed, and a migration has no keys. The record sorts it into
the new kinds whenever it is read, and gives it up when a manager corrects the record.
"""

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

SEALED = (
    'born', 'age_band', 'sex', 'height', 'build', 'hair', 'clothing', 'marks', 'modus', 'warnings',
    'welfare', 'police_reference',
)


def upgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        for name in SEALED:
            batch_op.add_column(sa.Column(f'{name}_sealed', sa.LargeBinary(), nullable=True))
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.add_column(sa.Column('show_birth_dates', sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_column('show_birth_dates')
    with op.batch_alter_table('subject', schema=None) as batch_op:
        for name in reversed(SEALED):
            batch_op.drop_column(f'{name}_sealed')
