"""what a report tells beside its words, whom its reporter knows, and the goods of premises."""

import sqlalchemy as sa
from alembic import op

revision = '0017'
down_revision = '0016'
branch_labels = None
depends_on = None

WELFARE = "'ask-for-angela', 'missing-person', 'unwell'"
ANSWERS = {
    'weapon_kind': ('weaponkind', ('knife', 'bottle', 'other')),
    'weapon_use': ('weaponuse', ('threatened', 'shown', 'used')),
    'hurt': ('hurt', ('staff', 'other', 'both')),
    'force': ('force', ('to-steal', 'afterwards')),
    'recovered': ('recovered', ('all', 'some', 'none')),
    'ending': ('ending', ('deterred', 'ejected', 'detained', 'left')),
    'welfare_now': ('welfarenow', ('with-us', 'help-came', 'safe', 'left')),
}
SEALED = ('goods_lines_sealed', 'vehicle_sealed', 'vehicle_token', 'forensic_code_sealed', 'forensic_code_token')
CHECKS = {
    'weapon': 'weapon OR weapon_kind IS NULL AND weapon_use IS NULL',
    'somebody_hurt': 'injured OR hurt IS NULL',
    'only_welfare_says_where': f'welfare_now IS NULL OR kind IN ({WELFARE})',
    'welfare_accuses_nobody': f'kind NOT IN ({WELFARE}) OR (NOT weapon AND NOT violence AND description_sealed IS NULL AND vehicle_sealed IS NULL)',
}


def upgrade() -> None:
    with op.batch_alter_table('incident', schema=None) as batch_op:
        for column, (name, values) in ANSWERS.items():
            batch_op.add_column(sa.Column(column, sa.Enum(*values, name=name, native_enum=False, length=40), nullable=True))
        for column in SEALED:
            batch_op.add_column(sa.Column(column, sa.LargeBinary(), nullable=True))
        for name, law in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_incident_{name}'), law)
        batch_op.create_index(batch_op.f('ix_incident_vehicle'), ['scheme_id', 'vehicle_token'], unique=False)
        batch_op.create_index(batch_op.f('ix_incident_forensic_code'), ['scheme_id', 'forensic_code_token'], unique=False)
    op.create_table('incident_known',
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('subject_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_incident_known_incident_id_incident'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['subject_id'], ['subject.id'], name=op.f('fk_incident_known_subject_id_subject'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('incident_id', 'subject_id', name=op.f('pk_incident_known'))
    )
    with op.batch_alter_table('incident_known', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_incident_known_subject_id'), ['subject_id'], unique=False)
    op.create_table('goods_preset',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('premises_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.Column('what', sa.String(length=60), nullable=False),
    sa.Column('pence', sa.Integer(), nullable=False),
    sa.CheckConstraint('position BETWEEN 0 AND 11', name=op.f('ck_goods_preset_so_many_goods')),
    sa.CheckConstraint('pence BETWEEN 0 AND 100000000', name=op.f('ck_goods_preset_worth')),
    sa.ForeignKeyConstraint(['premises_id'], ['premises.id'], name=op.f('fk_goods_preset_premises_id_premises'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_goods_preset')),
    sa.UniqueConstraint('premises_id', 'position', name=op.f('uq_goods_preset_premises_id_position'))
    )
    with op.batch_alter_table('goods_preset', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_goods_preset_premises_id'), ['premises_id'], unique=False)


def downgrade() -> None:
    # The code of before knows nothing of welfare: what is left of such a report is something else.
    op.execute(f"UPDATE incident SET kind = 'other', welfare_now = NULL WHERE kind IN ({WELFARE})")
    op.drop_table('goods_preset')
    op.drop_table('incident_known')
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_incident_forensic_code'))
        batch_op.drop_index(batch_op.f('ix_incident_vehicle'))
        for name in CHECKS:
            batch_op.drop_constraint(batch_op.f(f'ck_incident_{name}'), type_='check')
        for column in (*ANSWERS, *SEALED):
            batch_op.drop_column(column)
