"""what became of what members say they know, and which of it the police see.

Answers of before were for the manager alone, and stay so. What became of those that were closed
is not known.
"""

import sqlalchemy as sa
from alembic import op

revision = '0014'
down_revision = '0013'
branch_labels = None
depends_on = None

OUTCOMES = sa.Enum('used', 'not used', 'still looking', name='answeroutcome', native_enum=False, length=40)
NOTES = sa.Enum('passed on', 'known already', 'no help', name='policenote', native_enum=False, length=40)
CHECKS = {
    'decided_once': 'outcome IS NULL OR handled_at IS NOT NULL',
    'police_note_what_they_see': 'police_noted_at IS NULL OR for_police',
    'a_note_has_its_time': '(police_note IS NULL) = (police_noted_at IS NULL)',
}


def upgrade() -> None:
    with op.batch_alter_table('identification', schema=None) as batch_op:
        batch_op.add_column(sa.Column('outcome', OUTCOMES, nullable=True))
        batch_op.add_column(sa.Column('for_police', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('police_note', NOTES, nullable=True))
        batch_op.add_column(sa.Column('police_noted_at', sa.DateTime(timezone=True), nullable=True))
        for name, law in CHECKS.items():
            batch_op.create_check_constraint(batch_op.f(f'ck_identification_{name}'), law)


def downgrade() -> None:
    with op.batch_alter_table('identification', schema=None) as batch_op:
        for name in reversed(CHECKS):
            batch_op.drop_constraint(batch_op.f(f'ck_identification_{name}'), type_='check')
        for name in ('police_noted_at', 'police_note', 'for_police', 'outcome'):
            batch_op.drop_column(name)
