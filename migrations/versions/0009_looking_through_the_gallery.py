"""looking through the gallery: when a record was last written, and hints of pictures.

A picture of before has no hint: a migration has no keys to open it with.
"""

from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0007'
branch_labels = None
depends_on = None

subject = sa.table('subject', sa.column('changed_at', sa.DateTime(timezone=True)))


def upgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
    op.execute(subject.update().values(changed_at=datetime.now(timezone.utc)))
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.alter_column('changed_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index('ix_subject_changed', ['scheme_id', 'changed_at'], unique=False)
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hint_sealed', sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.drop_column('hint_sealed')
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.drop_index('ix_subject_changed')
        batch_op.drop_column('changed_at')
