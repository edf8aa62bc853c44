"""same still, groups and cameras.

Fingerprints of before cannot be read any more: they stay as version 0 until `flask disc matching
rebuild` has made them again. The two old bands become what they come nearest to.
"""

from datetime import datetime, timezone

import sqlalchemy as sa
from alembic import op

revision = '0004'
down_revision = '0003'
branch_labels = None
depends_on = None

FINDINGS = sa.Enum('same file', 'same still', 'probably same', 'same moment', 'same camera', name='finding', native_enum=False, length=40)
BANDS = sa.Enum('same file', 'close', 'alike', name='band', native_enum=False, length=40)
pair = sa.table(
    'possible_duplicate',
    sa.column('finding', sa.String()),
    sa.column('band', sa.String()),
    sa.column('distance', sa.Integer()),
    sa.column('verdict', sa.String()),
)
camera = sa.table('camera', sa.column('data_key_id', sa.Uuid()))
data_key = sa.table('data_key', sa.column('id', sa.Uuid()))
fingerprint = sa.table(
    'fingerprint',
    sa.column('version', sa.Integer()),
    sa.column('made_at', sa.DateTime(timezone=True)),
)


def upgrade() -> None:
    op.create_table('picture_group',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_picture_group_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_picture_group'))
    )
    with op.batch_alter_table('picture_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_group_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('picture_group_still',
    sa.Column('still_id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['picture_group.id'], name=op.f('fk_picture_group_still_group_id_picture_group'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_picture_group_still_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['still_id'], ['still.id'], name=op.f('fk_picture_group_still_still_id_still'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('still_id', name=op.f('pk_picture_group_still'))
    )
    with op.batch_alter_table('picture_group_still', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_picture_group_still_group_id'), ['group_id'], unique=False)

    op.create_table('camera',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('premises_id', sa.Uuid(), nullable=False),
    sa.Column('number', sa.Integer(), nullable=False),
    sa.Column('created_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('number >= 1', name=op.f('ck_camera_counts_from_one')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_camera_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['premises_id'], ['premises.id'], name=op.f('fk_camera_premises_id_premises')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_camera_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_camera')),
    sa.UniqueConstraint('premises_id', 'number', name=op.f('uq_camera_premises_id_number'))
    )
    with op.batch_alter_table('camera', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_camera_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('camera_still',
    sa.Column('still_id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('camera_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['camera_id'], ['camera.id'], name=op.f('fk_camera_still_camera_id_camera'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_camera_still_scheme_id_scheme')),
    sa.ForeignKeyConstraint(['still_id'], ['still.id'], name=op.f('fk_camera_still_still_id_still'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('still_id', name=op.f('pk_camera_still'))
    )
    with op.batch_alter_table('camera_still', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_camera_still_camera_id'), ['camera_id'], unique=False)

    with op.batch_alter_table('fingerprint', schema=None) as batch_op:
        batch_op.alter_column('codes', new_column_name='sketch', existing_type=sa.LargeBinary(), existing_nullable=False)
        batch_op.add_column(sa.Column('version', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('made_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('again', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.drop_index(batch_op.f('ix_fingerprint_scheme_id'))
    op.execute(fingerprint.update().values(version=0, made_at=datetime.now(timezone.utc)))
    with op.batch_alter_table('fingerprint', schema=None) as batch_op:
        batch_op.alter_column('version', existing_type=sa.Integer(), nullable=False)
        batch_op.alter_column('made_at', existing_type=sa.DateTime(timezone=True), nullable=False)
        batch_op.create_index('ix_fingerprint_made', ['scheme_id', 'made_at'], unique=False)

    with op.batch_alter_table('possible_duplicate', schema=None) as batch_op:
        batch_op.alter_column('band', new_column_name='finding', existing_type=BANDS, type_=FINDINGS, existing_nullable=False)
        batch_op.alter_column('distance', existing_type=sa.Integer(), nullable=True)
        batch_op.add_column(sa.Column('evidence', sa.LargeBinary(), nullable=True))
    for band, finding in (('close', 'probably same'), ('alike', 'same camera')):
        op.execute(pair.update().where(pair.c.finding == band).values(finding=finding))
    with op.batch_alter_table('possible_duplicate', schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_possible_duplicate_nothing_to_align'), "finding <> 'same file' OR evidence IS NULL")

    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.create_index('ix_still_erased', ['scheme_id', 'erased_at'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('still', schema=None) as batch_op:
        batch_op.drop_index('ix_still_erased')

    with op.batch_alter_table('possible_duplicate', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_possible_duplicate_nothing_to_align'), type_='check')
        batch_op.drop_column('evidence')
    # Whatever a person decided stays decided; the code of before knows fewer words for it.
    op.execute(pair.update().where(pair.c.verdict == 'same camera').values(verdict='different'))
    op.execute(pair.update().where(pair.c.distance.is_(None)).values(distance=256))
    op.execute(pair.update().where(pair.c.finding == 'same camera').values(finding='alike'))
    op.execute(pair.update().where(pair.c.finding.not_in(['same file', 'alike'])).values(finding='close'))
    with op.batch_alter_table('possible_duplicate', schema=None) as batch_op:
        batch_op.alter_column('finding', new_column_name='band', existing_type=FINDINGS, type_=BANDS, existing_nullable=False)
        batch_op.alter_column('distance', existing_type=sa.Integer(), nullable=False)

    # A sketch is nothing that the code of before could open.
    op.execute(fingerprint.delete().where(fingerprint.c.version != 0))
    with op.batch_alter_table('fingerprint', schema=None) as batch_op:
        batch_op.drop_index('ix_fingerprint_made')
        batch_op.drop_column('again')
        batch_op.drop_column('made_at')
        batch_op.drop_column('version')
        batch_op.alter_column('sketch', new_column_name='codes', existing_type=sa.LargeBinary(), existing_nullable=False)
        batch_op.create_index(batch_op.f('ix_fingerprint_scheme_id'), ['scheme_id'], unique=False)

    with op.batch_alter_table('camera_still', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_camera_still_camera_id'))

    op.drop_table('camera_still')
    # Names of cameras go, and no key may be left of what is not there any more.
    op.execute(data_key.delete().where(data_key.c.id.in_(sa.select(camera.c.data_key_id).where(camera.c.data_key_id.is_not(None)))))
    with op.batch_alter_table('camera', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_camera_scheme_id'))

    op.drop_table('camera')
    with op.batch_alter_table('picture_group_still', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_picture_group_still_group_id'))

    op.drop_table('picture_group_still')
    with op.batch_alter_table('picture_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_picture_group_scheme_id'))

    op.drop_table('picture_group')
