"""messages to phones: which phones get them, and what was sent."""

import sqlalchemy as sa
from alembic import op

revision = '0024'
down_revision = '0023'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('push_phone',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('origin', sa.String(length=200), nullable=False),
    sa.Column('endpoint_token', sa.LargeBinary(), nullable=True),
    sa.Column('endpoint_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('public_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('failures >= 0', name=op.f('ck_push_phone_so_many_failures')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_push_phone_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_push_phone_member_id_member')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_push_phone_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['session_id'], ['user_session.id'], name=op.f('fk_push_phone_session_id_user_session'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_phone')),
    sa.UniqueConstraint('endpoint_token', name=op.f('uq_push_phone_endpoint_token'))
    )
    with op.batch_alter_table('push_phone', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_phone_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_phone_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_phone_session_id'), ['session_id'], unique=False)
    op.create_table('push_message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('batch_id', sa.Uuid(), nullable=False),
    sa.Column('phone_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('report', 'alert', 'urgent alert', 'test', name='pushkind', native_enum=False, length=40), nullable=False),
    sa.Column('path', sa.String(length=200), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('due_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('tries', sa.Integer(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.CheckConstraint('expires_at > made_at', name=op.f('ck_push_message_ends')),
    sa.CheckConstraint("path LIKE '/%' AND path NOT LIKE '//%'", name=op.f('ck_push_message_own_page')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_push_message_member_id_member')),
    sa.ForeignKeyConstraint(['phone_id'], ['push_phone.id'], name=op.f('fk_push_message_phone_id_push_phone'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_push_message_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_push_message'))
    )
    with op.batch_alter_table('push_message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_push_message_batch_id'), ['batch_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_message_phone_id'), ['phone_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_message_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_push_message_made_at'), ['made_at'], unique=False)


def downgrade() -> None:
    # The keys of phones seal nothing else: without the rows nobody would ever delete them.
    op.execute('DELETE FROM data_key WHERE id IN (SELECT data_key_id FROM push_phone WHERE data_key_id IS NOT NULL)')
    op.drop_table('push_message')
    op.drop_table('push_phone')
