"""how a picture is shown, who allowed it, and who took it back.

Going back, edited pictures have no files that the code of before could find: they are shown by
nothing until they are sent again. Withdrawn ones stay hidden. The originals stay.
"""

import sqlalchemy as sa
from alembic import op

revision = '0013'
down_revision = '0012'
branch_labels = None
depends_on = None

CHECKS = {
    'somebody_edited': "(edit_version = 0) = (shown_as = '') AND (edit_version = 0) = (edited_by_id IS NULL) AND (edit_version = 0) = (edited_at IS NULL)",
    'words_are_gone': "erased_at IS NULL OR (steps_sealed IS NULL AND authority_by_sealed IS NULL AND authority_limits_sealed IS NULL AND conditions_sealed IS NULL AND withdrawn_why_sealed IS NULL)",
    'police_set_conditions': "conditions_sealed IS NULL OR source = 'police'",
    'hidden_before_erased': "hide_on <= erase_on",
    'somebody_withdrew': "(withdrawn_at IS NULL) = (withdrawn_by_id IS NULL)",
    'withdrawn_is_hidden': "withdrawn_at IS NULL OR hidden_at IS NOT NULL",
}
SEALED = ('steps', 'authority_by', 'authority_limits', 'conditions', 'withdrawn_why')
MEMBERS = ('edited_by_id', 'withdrawn_by_id')
MOMENTS = ('edited_at', 'withdrawn_at')
DAYS = ('authority_on', 'hide_on')

still = sa.table('still', sa.column('source', sa.String()))


def upgrade() -> None:
    with op.batch_alter_table('still', schema=None) as batch_op:
        for name in SEALED:
            batch_op.add_column(sa.Column(f'{name}_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('edit_version', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('shown_as', sa.String(length=32), server_default='', nullable=False))
        for name in MEMBERS:
            batch_op.add_column(sa.Column(name, sa.Uuid(), nullable=True))
            batch_op.create_foreign_key(batch_op.f(f'fk_still_{name}_member'), 'member', [name], ['id'])
        for name in MOMENTS:
            batch_op.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
        for name in DAYS:
            batch_op.add_column(sa.Column(name, sa.Date(), nullable=True))
        for name, law in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_still_{name}'), law)
        batch_op.create_index(batch_op.f('ix_still_hide_on'), ['hide_on'], unique=False)


def downgrade() -> None:
    if op.get_bind().dialect.name == 'postgresql':
        # It names columns that go. Without it the rows are seen by nobody until the code of
        # before lays its own.
        op.execute('DROP POLICY IF EXISTS of_its_scheme ON still')
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_still_hide_on'))
        for name in reversed(CHECKS):
            batch_op.drop_constraint(batch_op.f(f'ck_still_{name}'), type_='check')
        for name in MEMBERS:
            batch_op.drop_constraint(batch_op.f(f'fk_still_{name}_member'), type_='foreignkey')
        for name in (*DAYS, *MOMENTS, *MEMBERS, 'shown_as', 'edit_version'):
            batch_op.drop_column(name)
        for name in SEALED:
            batch_op.drop_column(f'{name}_sealed')
    # The code of before knows two sources.
    op.execute(still.update().where(still.c.source == 'public').values(source='member'))
