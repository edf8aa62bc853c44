"""what a scheme does with the days of somebody who is reported again.

Until now they always began anew: that stays, where the scheme chooses nothing else.
"""

import sqlalchemy as sa
from alembic import op

revision = '0007'
down_revision = '0006'
branch_labels = None
depends_on = None

POLICIES = sa.Enum('restart', 'at least', 'never', name='reoffending', native_enum=False, length=40)


def upgrade() -> None:
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.add_column(sa.Column('reoffending', POLICIES, server_default='restart', nullable=False))
        batch_op.add_column(sa.Column('reoffending_months', sa.Integer(), server_default='3', nullable=False))
        batch_op.create_check_constraint(batch_op.f('ck_scheme_reoffending_clock'), 'reoffending_months BETWEEN 1 AND 36')


def downgrade() -> None:
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_scheme_reoffending_clock'), type_='check')
        batch_op.drop_column('reoffending_months')
        batch_op.drop_column('reoffending')
