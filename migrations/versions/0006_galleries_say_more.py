"""galleries say in which order, to whom and where they show people.

What there is stays as it was seen: newest first, by everybody, in every Area, and unknown people
by themselves.
"""

import sqlalchemy as sa
from alembic import op

revision = '0006'
down_revision = '0005'
branch_labels = None
depends_on = None

ORDERS = sa.Enum('newest', 'by name', name='galleryorder', native_enum=False, length=40)
AUDIENCES = sa.Enum('everybody', 'restricted', name='audience', native_enum=False, length=40)


def upgrade() -> None:
    with op.batch_alter_table('gallery', schema=None) as batch_op:
        batch_op.add_column(sa.Column('sorted_by', ORDERS, server_default='newest', nullable=False))
        batch_op.add_column(sa.Column('seen_by', AUDIENCES, server_default='everybody', nullable=False))
    op.create_table('gallery_area',
    sa.Column('gallery_id', sa.Uuid(), nullable=False),
    sa.Column('area_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['area_id'], ['area.id'], name=op.f('fk_gallery_area_area_id_area')),
    sa.ForeignKeyConstraint(['gallery_id'], ['gallery.id'], name=op.f('fk_gallery_area_gallery_id_gallery'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('gallery_id', 'area_id', name=op.f('pk_gallery_area'))
    )
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.add_column(sa.Column('id_sought_by_themselves', sa.Boolean(), server_default=sa.true(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_column('id_sought_by_themselves')
    op.drop_table('gallery_area')
    with op.batch_alter_table('gallery', schema=None) as batch_op:
        batch_op.drop_column('seen_by')
        batch_op.drop_column('sorted_by')
