"""children under 10 are shown to nobody, and the Board may keep somebody to restricted galleries.

Whoever the Board agreed to show before is shown to every member, as it agreed then.
"""

import sqlalchemy as sa
from alembic import op

revision = '0010'
down_revision = '0009'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.add_column(sa.Column('under_10', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('restricted_only', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.create_check_constraint(
            batch_op.f('ck_subject_under_10_is_shown_to_nobody'),
            "NOT under_10 OR (under_18 AND state = 'withdrawn')",
        )


def downgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_subject_under_10_is_shown_to_nobody'), type_='check')
        batch_op.drop_column('restricted_only')
        batch_op.drop_column('under_10')
