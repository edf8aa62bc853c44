"""which picture of a person stands first, where a manager chose one.

Whoever has none chosen is shown by their newest picture, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = '0016'
down_revision = '0015'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.add_column(sa.Column('lead_still_id', sa.Uuid(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_subject_lead_still_id_still'), 'still', ['lead_still_id'], ['id'], ondelete='SET NULL')


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        # It names the column that goes. Without it the rows are seen by nobody until the code of
        # before lays its own.
        op.execute('DROP POLICY IF EXISTS of_its_scheme ON subject')
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_subject_lead_still_id_still'), type_='foreignkey')
        batch_op.drop_column('lead_still_id')
