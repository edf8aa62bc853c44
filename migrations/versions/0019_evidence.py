"""videos in pieces, and who had which original."""

import sqlalchemy as sa
from alembic import op

revision = '0019'
down_revision = '0018'
branch_labels = None
depends_on = None

HANDLED = ('begun', 'resumed', 'received', 'sealed', 'rendition', 'shared', 'taken-out', 'copied', 'erased')


def upgrade() -> None:
    op.create_table('video',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('uploader_id', sa.Uuid(), nullable=False),
    sa.Column('upload_id', sa.Uuid(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=False),
    sa.Column('piece_bytes', sa.BigInteger(), nullable=False),
    sa.Column('pieces_kept', sa.BigInteger(), nullable=False),
    sa.Column('kind', sa.String(length=8), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('sha256_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('said_sha256_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('device_time_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('captured_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('begun_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('touched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('finished_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('erased_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('size > 0', name=op.f('ck_video_holds_something')),
    sa.CheckConstraint('piece_bytes BETWEEN 1 AND 4194304', name=op.f('ck_video_in_pieces')),
    sa.CheckConstraint('pieces_kept >= 0 AND (pieces_kept - 1) * piece_bytes < size', name=op.f('ck_video_no_more_pieces')),
    sa.CheckConstraint("finished_at IS NULL OR (pieces_kept * piece_bytes >= size AND kind <> '')", name=op.f('ck_video_finished_is_whole')),
    sa.CheckConstraint('erased_at IS NULL OR data_key_id IS NULL', name=op.f('ck_video_erased_is_gone')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_video_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_video_incident_id_incident')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_video_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['uploader_id'], ['member.id'], name=op.f('fk_video_uploader_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_video')),
    sa.UniqueConstraint('uploader_id', 'upload_id', 'submission_id', name=op.f('uq_video_uploader_id_upload_id_submission_id'))
    )
    with op.batch_alter_table('video', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_video_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_video_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_video_erase_on'), ['erase_on'], unique=False)
    op.create_table('video_piece',
    sa.Column('video_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), autoincrement=False, nullable=False),
    sa.Column('mark', sa.String(length=32), nullable=False),
    sa.CheckConstraint('number >= 0', name=op.f('ck_video_piece_counted_from_nought')),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], name=op.f('fk_video_piece_video_id_video'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('video_id', 'number', name=op.f('pk_video_piece'))
    )
    op.create_table('custody_entry',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('still_id', sa.Uuid(), nullable=True),
    sa.Column('video_id', sa.Uuid(), nullable=True),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('act', sa.Enum(*HANDLED, name='handled', native_enum=False, length=40), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=True),
    sa.Column('size', sa.BigInteger(), nullable=True),
    sa.Column('said_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('link', sa.LargeBinary(), nullable=False),
    sa.CheckConstraint('(still_id IS NULL) <> (video_id IS NULL)', name=op.f('ck_custody_entry_of_one_original')),
    sa.CheckConstraint('position >= 1', name=op.f('ck_custody_entry_counted_from_one')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_custody_entry_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['still_id'], ['still.id'], name=op.f('fk_custody_entry_still_id_still')),
    sa.ForeignKeyConstraint(['video_id'], ['video.id'], name=op.f('fk_custody_entry_video_id_video')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_custody_entry')),
    sa.UniqueConstraint('still_id', 'position', name=op.f('uq_custody_entry_still_id_position')),
    sa.UniqueConstraint('video_id', 'position', name=op.f('uq_custody_entry_video_id_position'))
    )
    with op.batch_alter_table('custody_entry', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_custody_entry_scheme_id'), ['scheme_id'], unique=False)


def downgrade() -> None:
    op.drop_table('custody_entry')
    op.drop_table('video_piece')
    op.drop_table('video')
