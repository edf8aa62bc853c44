"""boxes: the keys that phones seal to, what came of each box, and its parts that are here."""

import sqlalchemy as sa
from alembic import op

revision = '0018'
down_revision = '0017'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('box_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('public', sa.LargeBinary(), nullable=False),
    sa.Column('wrapped', sa.LargeBinary(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_box_key'))
    )
    with op.batch_alter_table('box_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_box_key_scheme_id'), ['scheme_id'], unique=False)
    op.create_table('box',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('parts', sa.Integer(), nullable=False),
    sa.Column('clock_off', sa.Integer(), nullable=False),
    sa.Column('unread', sa.Integer(), nullable=False),
    sa.Column('photos_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('received_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('closed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('parts >= 0 AND unread >= 0', name=op.f('ck_box_counts')),
    sa.CheckConstraint('closed_at IS NULL OR photos_sealed IS NULL', name=op.f('ck_box_closed_is_empty')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_box_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_box_incident_id_incident'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_box_member_id_member')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_box_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_box')),
    sa.UniqueConstraint('member_id', 'submission_id', name=op.f('uq_box_member_id_submission_id'))
    )
    with op.batch_alter_table('box', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_box_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_box_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_box_closed_at'), ['closed_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_box_erase_on'), ['erase_on'], unique=False)
    op.create_table('box_part',
    sa.Column('box_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.CheckConstraint('number > 0', name=op.f('ck_box_part_numbered_from_one')),
    sa.ForeignKeyConstraint(['box_id'], ['box.id'], name=op.f('fk_box_part_box_id_box'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('box_id', 'number', name=op.f('pk_box_part'))
    )


def downgrade() -> None:
    op.drop_table('box_part')
    op.drop_table('box')
    op.drop_table('box_key')
