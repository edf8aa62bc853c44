"""pictures on paper: whether a scheme prints, the copies, and who is on them."""

import sqlalchemy as sa
from alembic import op

revision = '0015'
down_revision = '0014'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.add_column(sa.Column('prints_pictures', sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table('printout',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('of_gallery', sa.Boolean(), nullable=False),
    sa.Column('gallery_id', sa.Uuid(), nullable=True),
    sa.Column('people', sa.Integer(), nullable=False),
    sa.Column('reason_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('for_whom_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('asked_by_id', sa.Uuid(), nullable=False),
    sa.Column('asked_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('destroy_by', sa.Date(), nullable=False),
    sa.Column('called_back_on', sa.Date(), nullable=True),
    sa.Column('called_back_for', sa.Enum('person', 'picture', 'words', name='calledback', native_enum=False, length=40), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('people BETWEEN 1 AND 60', name=op.f('ck_printout_so_many_people')),
    sa.CheckConstraint('destroy_by <= erase_on', name=op.f('ck_printout_destroyed_before_forgotten')),
    sa.CheckConstraint('of_gallery OR gallery_id IS NULL', name=op.f('ck_printout_of_a_gallery_or_a_person')),
    sa.CheckConstraint('(called_back_on IS NULL) = (called_back_for IS NULL)', name=op.f('ck_printout_called_back_for_something')),
    sa.ForeignKeyConstraint(['asked_by_id'], ['member.id'], name=op.f('fk_printout_asked_by_id_member')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_printout_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['gallery_id'], ['gallery.id'], name=op.f('fk_printout_gallery_id_gallery'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_printout_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_printout')),
    sa.UniqueConstraint('scheme_id', 'reference', name=op.f('uq_printout_scheme_id_reference'))
    )
    with op.batch_alter_table('printout', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_printout_scheme_id'), ['scheme_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_printout_erase_on'), ['erase_on'], unique=False)
    op.create_table('print_copy',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('printout_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('code', sa.String(length=12), nullable=False),
    sa.Column('destroyed_on', sa.Date(), nullable=True),
    sa.Column('destroyed_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('number BETWEEN 1 AND 10', name=op.f('ck_print_copy_so_many_copies')),
    sa.CheckConstraint('(destroyed_on IS NULL) = (destroyed_by_id IS NULL)', name=op.f('ck_print_copy_somebody_said_destroyed')),
    sa.ForeignKeyConstraint(['destroyed_by_id'], ['member.id'], name=op.f('fk_print_copy_destroyed_by_id_member')),
    sa.ForeignKeyConstraint(['printout_id'], ['printout.id'], name=op.f('fk_print_copy_printout_id_printout'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_print_copy')),
    sa.UniqueConstraint('code', name=op.f('uq_print_copy_code')),
    sa.UniqueConstraint('printout_id', 'number', name=op.f('uq_print_copy_printout_id_number'))
    )
    with op.batch_alter_table('print_copy', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_print_copy_printout_id'), ['printout_id'], unique=False)
    op.create_table('printed_picture',
    sa.Column('printout_id', sa.Uuid(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('still_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['printout_id'], ['printout.id'], name=op.f('fk_printed_picture_printout_id_printout'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['still_id'], ['still.id'], name=op.f('fk_printed_picture_still_id_still'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_printed_picture_subject_id_subject'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('printout_id', 'subject_id', 'still_id', name=op.f('pk_printed_picture'))
    )
    with op.batch_alter_table('printed_picture', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_printed_picture_subject_id'), ['subject_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_printed_picture_still_id'), ['still_id'], unique=False)


def downgrade() -> None:
    op.drop_table('printed_picture')
    op.drop_table('print_copy')
    op.drop_table('printout')
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_column('prints_pictures')
