"""leaked pictures, and whose mark they carry."""

import sqlalchemy as sa
from alembic import op

revision = '0011'
down_revision = '0010'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('leak_search',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=True),
    sa.Column('state', sa.Enum('looking', 'done', name='leakstate', native_enum=False, length=40), nullable=False),
    sa.Column('picture_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('found_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("state = 'looking' OR picture_sealed IS NULL", name=op.f('ck_leak_search_looked_at_is_erased')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_leak_search_asked_by_id_member')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_leak_search_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_leak_search_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_leak_search_subject_id_subject'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_leak_search'))
    )
    with op.batch_alter_table('leak_search', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_leak_search_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_leak_search_scheme_id'), ['scheme_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('leak_search', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_leak_search_scheme_id'))
        batch_op.drop_index(batch_op.f('ix_leak_search_erase_on'))

    op.drop_table('leak_search')
