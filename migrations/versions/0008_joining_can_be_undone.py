"""what a joined record said before, for as long as joining can be undone.

Records that are joined already have no such row: they can be taken apart, as before.
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0007'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('subject_merge',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('kept_id', sa.Uuid(), nullable=False),
    sa.Column('absorbed_id', sa.Uuid(), nullable=False),
    sa.Column('before_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['absorbed_id'], ['subject.id'], name=op.f('fk_subject_merge_absorbed_id_subject')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_subject_merge_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['kept_id'], ['subject.id'], name=op.f('fk_subject_merge_kept_id_subject')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_subject_merge_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_subject_merge')),
    sa.UniqueConstraint('absorbed_id', name=op.f('uq_subject_merge_absorbed_id'))
    )
    with op.batch_alter_table('subject_merge', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_subject_merge_kept_id'), ['kept_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_subject_merge_erase_on'), ['erase_on'], unique=False)


def downgrade() -> None:
    op.drop_table('subject_merge')
