"""how a picture is shown.

Going back, edited pictures have no files that the code of before could find: they are shown by
nothing until they are edited again. The originals stay.
"""

import sqlalchemy as sa
from alembic import op

revision = '0008'
down_revision = '0004'
branch_labels = None
depends_on = None

EDITED = "(edit_version = 0) = (shown_as = '') AND (edit_version = 0) = (edited_by_id IS NULL) AND (edit_version = 0) = (edited_at IS NULL)"


def upgrade() -> None:
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.add_column(sa.Column('steps_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('edit_version', sa.Integer(), server_default='0', nullable=False))
        batch_op.add_column(sa.Column('shown_as', sa.String(length=32), server_default='', nullable=False))
        batch_op.add_column(sa.Column('edited_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('edited_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_still_edited_by_id_member'), 'member', ['edited_by_id'], ['id'])
        batch_op.create_check_constraint(batch_op.f('ck_still_somebody_edited'), EDITED)
        batch_op.create_check_constraint(batch_op.f('ck_still_edit_is_gone'), "erased_at IS NULL OR steps_sealed IS NULL")


def downgrade() -> None:
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_still_edit_is_gone'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_still_somebody_edited'), type_='check')
        batch_op.drop_constraint(batch_op.f('fk_still_edited_by_id_member'), type_='foreignkey')
        for name in ('edited_at', 'edited_by_id', 'shown_as', 'edit_version', 'steps_sealed'):
            batch_op.drop_column(name)
