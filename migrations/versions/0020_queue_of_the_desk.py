"""the desk's queue: who looks at what, decisions that wait ten seconds, and single keys."""

import sqlalchemy as sa
from alembic import op

revision = '0020'
down_revision = '0019'
branch_labels = None
depends_on = None

KINDS = ('report', 'pair', 'names', 'joiner')


def upgrade() -> None:
    op.create_table('desk_lease',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='itemkind', native_enum=False, length=40), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('page_id', sa.Uuid(), nullable=True),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_desk_lease_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_desk_lease_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_desk_lease')),
    sa.UniqueConstraint('kind', 'item_id', name=op.f('uq_desk_lease_kind_item_id'))
    )
    with op.batch_alter_table('desk_lease', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_desk_lease_page_id'), ['page_id'], unique=False)
        batch_op.create_index('ix_desk_lease_scheme', ['scheme_id'], unique=False)
    op.create_table('pending_decision',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum(*KINDS, name='itemkind', native_enum=False, length=40), nullable=False),
    sa.Column('item_id', sa.Uuid(), nullable=False),
    sa.Column('act', sa.Enum('approve', 'reject', name='act', native_enum=False, length=40), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('effective_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('payload_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('problem_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('effective_at > made_at', name=op.f('ck_pending_decision_can_be_undone')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_pending_decision_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_pending_decision_member_id_member'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_pending_decision_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_pending_decision'))
    )
    with op.batch_alter_table('pending_decision', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_pending_decision_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index('ix_pending_decision_scheme', ['scheme_id'], unique=False)
        batch_op.create_index('ix_pending_decision_one_waits', ['kind', 'item_id'], unique=True, sqlite_where=sa.text('failed_at IS NULL'), postgresql_where=sa.text('failed_at IS NULL'))
    op.create_table('desk_choice',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('single_keys', sa.Boolean(), nullable=False),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_desk_choice_member_id_member'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('member_id', name=op.f('pk_desk_choice'))
    )


def downgrade() -> None:
    op.drop_table('desk_choice')
    op.drop_table('pending_decision')
    op.drop_table('desk_lease')
