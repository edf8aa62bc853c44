"""what follows a report: a question to its reporter, what they add, a crime number, an end.

A report that the police look into was "outcome" before, as one that they finished: both stay so.
"""

import sqlalchemy as sa
from alembic import op

revision = '0023'
down_revision = '0022'
branch_labels = None
depends_on = None

KINDS = sa.Enum('question', 'answer', 'supplement', name='notekind', native_enum=False, length=40)
PERSON = 'ck_incident_a_person_decides'


def upgrade() -> None:
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('changed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('amended', sa.Integer(), server_default='0', nullable=False))
    op.execute(
        'UPDATE incident SET changed_at = coalesce('
        '(SELECT max(at) FROM incident_step WHERE incident_step.incident_id = incident.id), reported_at)'
    )
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.alter_column('changed_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.drop_constraint(batch_op.f(PERSON), type_='check')
        batch_op.create_check_constraint(batch_op.f(PERSON), "(state IN ('submitted', 'returned')) = (decided_by_id IS NULL)")
        batch_op.create_index('ix_incident_changed', ['scheme_id', 'state', 'changed_at'], unique=False)
    op.create_table('incident_note',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('submission_id', sa.Uuid(), nullable=False),
    sa.Column('kind', KINDS, nullable=False),
    sa.Column('by_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('pictures', sa.Integer(), nullable=False),
    sa.Column('read_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('words_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("kind <> 'question' OR (read_at IS NULL AND pictures = 0)", name=op.f('ck_incident_note_asks_with_words')),
    sa.CheckConstraint('pictures >= 0', name=op.f('ck_incident_note_pictures')),
    sa.ForeignKeyConstraint(['by_id'], ['member.id'], name=op.f('fk_incident_note_by_id_member')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_incident_note_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_note_incident_id_incident'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_incident_note_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_incident_note')),
    sa.UniqueConstraint('by_id', 'submission_id', name=op.f('uq_incident_note_by_id_submission_id'))
    )
    with op.batch_alter_table('incident_note', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_note_incident_id'), ['incident_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_note_scheme_id'), ['scheme_id'], unique=False)


def downgrade() -> None:
    op.drop_table('incident_note')
    # The code of before knows neither a question nor an end: the nearest that it knows.
    op.execute("UPDATE incident SET state = 'submitted' WHERE state = 'returned'")
    op.execute("UPDATE incident SET state = 'outcome' WHERE state = 'recorded'")
    op.execute("UPDATE incident SET state = 'accepted' WHERE state = 'closed'")
    op.execute("DELETE FROM incident_step WHERE state IN ('returned', 'recorded', 'closed')")
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index('ix_incident_changed')
        batch_op.drop_constraint(batch_op.f(PERSON), type_='check')
        batch_op.create_check_constraint(batch_op.f(PERSON), "(state = 'submitted') = (decided_by_id IS NULL)")
        batch_op.drop_column('amended')
        batch_op.drop_column('changed_at')
