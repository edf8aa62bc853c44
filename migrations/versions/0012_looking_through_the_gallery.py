"""looking through the gallery: hints of pictures, filters, sightings.

A picture of before has no hint: a migration has no keys to open it with. The digests that the
gallery is filtered by are made by the worker, within the hour.
"""

from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = '0012'
down_revision = '0011'
branch_labels = None
depends_on = None

MERGED = sa.text('merged_into_id IS NOT NULL')
subject = sa.table('subject', sa.column('changed_at', sa.DateTime(timezone=True)))


def upgrade() -> None:
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('marked_on', sa.Date(), nullable=True))
    op.execute(subject.update().values(changed_at=datetime.now(timezone.utc)))
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.alter_column('changed_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index('ix_subject_changed', ['scheme_id', 'changed_at'], unique=False)
        batch_op.drop_index('ix_subject_merged_into_id')
        batch_op.create_index('ix_subject_merged_into_id', ['merged_into_id'], unique=False, sqlite_where=MERGED, postgresql_where=MERGED)
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.add_column(sa.Column('hint_sealed', sa.LargeBinary(), nullable=True))
    op.create_table('subject_token',
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('token', sa.LargeBinary(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_subject_token_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_subject_token_subject_id_subject'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('subject_id', 'token', name=op.f('pk_subject_token')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('subject_token', schema=None) as batch_op:
        batch_op.create_index('ix_subject_token_found', ['scheme_id', 'token'], unique=False)
    op.create_table('sighting',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('premises_id', sa.Uuid(), nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_sighting_by_id_member')),
    sa.ForeignKeyConstraint(['premises_id'], ['premises.id'], name=op.f('fk_sighting_premises_id_premises')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_sighting_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_sighting_subject_id_subject'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_sighting'))
    )
    with op.batch_alter_table('sighting', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_sighting_subject_id'), ['subject_id'], unique=False)


def downgrade() -> None:
    op.drop_table('sighting')
    op.drop_table('subject_token')
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.drop_column('hint_sealed')
    with op.batch_alter_table('subject', schema=None) as batch_op:
        batch_op.drop_index('ix_subject_merged_into_id')
        batch_op.create_index('ix_subject_merged_into_id', ['merged_into_id'], unique=False)
        batch_op.drop_index('ix_subject_changed')
        batch_op.drop_column('marked_on')
        batch_op.drop_column('changed_at')
