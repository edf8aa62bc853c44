"""imports: the file while it is kept, and which line became which report."""

import sqlalchemy as sa
from alembic import op

revision = '0022'
down_revision = '0021'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('import_file',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('incidents', 'members', name='kind', native_enum=False, length=40), nullable=False),
    sa.Column('state', sa.Enum('checked', 'running', 'done', 'going back', 'taken back', name='filestate', native_enum=False, length=40), nullable=False),
    sa.Column('brought_by_id', sa.Uuid(), nullable=False),
    sa.Column('brought_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('kept_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('lines', sa.Integer(), nullable=False),
    sa.Column('good', sa.Integer(), nullable=False),
    sa.Column('there', sa.Integer(), nullable=False),
    sa.Column('walked', sa.Integer(), nullable=False),
    sa.Column('made', sa.Integer(), nullable=False),
    sa.Column('moved_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('forget_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("state NOT IN ('going back', 'taken back') OR kind = 'incidents'", name=op.f('ck_import_file_only_reports_go_back')),
    sa.CheckConstraint('0 <= made AND made <= walked AND walked <= lines', name=op.f('ck_import_file_as_far_as_it_is')),
    sa.ForeignKeyConstraint(['brought_by_id'], ['member.id'], name=op.f('fk_import_file_brought_by_id_member')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_import_file_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_import_file_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_file'))
    )
    with op.batch_alter_table('import_file', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_file_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index('ix_import_file_newest', ['scheme_id', 'brought_at'], unique=False)

    op.create_table('import_line',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('mark', sa.LargeBinary(), nullable=False),
    sa.Column('file_id', sa.Uuid(), nullable=True),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.ForeignKeyConstraint(['file_id'], ['import_file.id'], name=op.f('fk_import_line_file_id_import_file'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_import_line_incident_id_incident'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_import_line_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_import_line')),
    sa.UniqueConstraint('scheme_id', 'mark', name=op.f('uq_import_line_scheme_id_mark'))
    )
    with op.batch_alter_table('import_line', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_import_line_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_line_file_id'), ['file_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_import_line_incident_id'), ['incident_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('import_line', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_import_line_incident_id'))
        batch_op.drop_index(batch_op.f('ix_import_line_file_id'))
        batch_op.drop_index(batch_op.f('ix_import_line_erase_on'))

    op.drop_table('import_line')
    with op.batch_alter_table('import_file', schema=None) as batch_op:
        batch_op.drop_index('ix_import_file_newest')
        batch_op.drop_index(batch_op.f('ix_import_file_erase_on'))

    op.drop_table('import_file')
