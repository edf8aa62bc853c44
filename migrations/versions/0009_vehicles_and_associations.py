"""vehicles and associations.

Down drops both tables with all that is in them.
"""

import sqlalchemy as sa
from alembic import op

revision = '0009'
down_revision = '0008'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('vehicle',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('reference', sa.String(length=12), nullable=False),
    sa.Column('mark_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('mark_token', sa.LargeBinary(), nullable=True),
    sa.Column('make_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('colour_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('notes_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('hide_on', sa.Date(), nullable=False),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('hide_on <= erase_on', name=op.f('ck_vehicle_hidden_before_erased')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_vehicle_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by_id'], ['member.id'], name=op.f('fk_vehicle_made_by_id_member')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_vehicle_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_vehicle')),
    sa.UniqueConstraint('scheme_id', 'mark_token', name=op.f('uq_vehicle_scheme_id_mark_token')),
    sa.UniqueConstraint('scheme_id', 'reference', name=op.f('uq_vehicle_scheme_id_reference'))
    )
    with op.batch_alter_table('vehicle', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_vehicle_erase_on'), ['erase_on'], unique=False)

    op.create_table('association',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.Column('other_subject_id', sa.Uuid(), nullable=True),
    sa.Column('vehicle_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.Enum('seen together', 'family', 'shares an address', 'uses this vehicle', 'passenger', 'other', name='associationkind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('suggested', 'confirmed', 'expired', name='associationstate', native_enum=False, length=40), nullable=False),
    sa.Column('evidence_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('source', sa.Enum('1', '2', '3', name='source', native_enum=False, length=40), nullable=True),
    sa.Column('assessment', sa.Enum('A', 'B', 'C', 'D', 'E', name='assessment', native_enum=False, length=40), nullable=True),
    sa.Column('handling', sa.Enum('P', 'C', name='handling', native_enum=False, length=40), nullable=True),
    sa.Column('conditions_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('made_by_id', sa.Uuid(), nullable=True),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('confirmed_by_id', sa.Uuid(), nullable=True),
    sa.Column('confirmed_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('expires_on', sa.Date(), nullable=False),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("(confirmed_by_id IS NULL) = (confirmed_at IS NULL) AND (state <> 'confirmed' OR confirmed_by_id IS NOT NULL) AND (state <> 'suggested' OR confirmed_by_id IS NULL)", name=op.f('ck_association_a_person_confirms')),
    sa.CheckConstraint("(vehicle_id IS NULL AND kind IN ('seen together', 'family', 'shares an address', 'other')) OR (vehicle_id IS NOT NULL AND kind IN ('uses this vehicle', 'passenger', 'other'))", name=op.f('ck_association_kind_fits')),
    sa.CheckConstraint("handling IS NULL OR handling <> 'C' OR conditions_sealed IS NOT NULL OR data_key_id IS NULL", name=op.f('ck_association_conditions_are_told')),
    sa.CheckConstraint("made_by_id IS NOT NULL OR kind = 'seen together'", name=op.f('ck_association_computer_suggests_little')),
    sa.CheckConstraint("source IS NOT NULL OR (made_by_id IS NULL AND state <> 'confirmed')", name=op.f('ck_association_a_person_grades')),
    sa.CheckConstraint('(other_subject_id IS NULL) <> (vehicle_id IS NULL)', name=op.f('ck_association_two_ends')),
    sa.CheckConstraint('(source IS NULL) = (assessment IS NULL) AND (source IS NULL) = (handling IS NULL)', name=op.f('ck_association_a_grade_is_whole')),
    sa.CheckConstraint('confirmed_by_id IS NULL OR made_by_id IS NULL OR confirmed_by_id <> made_by_id', name=op.f('ck_association_two_people')),
    sa.CheckConstraint('expires_on <= erase_on', name=op.f('ck_association_ends_before_erased')),
    sa.CheckConstraint('other_subject_id IS NULL OR subject_id < other_subject_id', name=op.f('ck_association_in_order')),
    sa.ForeignKeyConstraint(['confirmed_by_id'], ['member.id'], name=op.f('fk_association_confirmed_by_id_member')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_association_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by_id'], ['member.id'], name=op.f('fk_association_made_by_id_member')),
    sa.ForeignKeyConstraint(['other_subject_id'], ['subject.id'], name=op.f('fk_association_other_subject_id_subject')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_association_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_association_subject_id_subject')),
    sa.ForeignKeyConstraint(['vehicle_id'], ['vehicle.id'], name=op.f('fk_association_vehicle_id_vehicle')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_association'))
    )
    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_association_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_expires_on'), ['expires_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_other_subject_id'), ['other_subject_id'], unique=False)
        batch_op.create_index('ix_association_queue', ['scheme_id', 'state', 'made_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_subject_id'), ['subject_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_association_vehicle_id'), ['vehicle_id'], unique=False)



def downgrade() -> None:
    with op.batch_alter_table('association', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_association_vehicle_id'))
        batch_op.drop_index(batch_op.f('ix_association_subject_id'))
        batch_op.drop_index('ix_association_queue')
        batch_op.drop_index(batch_op.f('ix_association_other_subject_id'))
        batch_op.drop_index(batch_op.f('ix_association_expires_on'))
        batch_op.drop_index(batch_op.f('ix_association_erase_on'))

    op.drop_table('association')
    with op.batch_alter_table('vehicle', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_vehicle_erase_on'))

    op.drop_table('vehicle')
