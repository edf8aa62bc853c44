"""keys of retailers' own systems, their codes and sandboxes, and news on its way."""

import sqlalchemy as sa
from alembic import op

revision = '0021'
down_revision = '0020'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('api_sandbox',
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('sandbox_id', sa.Uuid(), nullable=False),
    sa.Column('desk_id', sa.Uuid(), nullable=False),
    sa.CheckConstraint('sandbox_id <> scheme_id', name=op.f('ck_api_sandbox_beside_the_live_one')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_api_sandbox_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('scheme_id', name=op.f('pk_api_sandbox')),
    sa.UniqueConstraint('sandbox_id', name=op.f('uq_api_sandbox_sandbox_id'))
    )
    op.create_table('api_key',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('name_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('prefix', sa.String(length=20), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('old_digest', sa.LargeBinary(), nullable=True),
    sa.Column('old_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('scopes', sa.String(length=200), nullable=False),
    sa.Column('is_sandbox', sa.Boolean(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_used_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('revoked_by_id', sa.Uuid(), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint("scopes <> ''", name=op.f('ck_api_key_good_for_something')),
    sa.CheckConstraint('(old_digest IS NULL) = (old_until IS NULL)', name=op.f('ck_api_key_old_secret_ends')),
    sa.CheckConstraint('(revoked_at IS NULL) = (revoked_by_id IS NULL)', name=op.f('ck_api_key_who_revoked')),
    sa.CheckConstraint('expires_at > made_at', name=op.f('ck_api_key_ends_after_it_began')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_api_key_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['made_by_id'], ['member.id'], name=op.f('fk_api_key_made_by_id_member')),
    sa.ForeignKeyConstraint(['revoked_by_id'], ['member.id'], name=op.f('fk_api_key_revoked_by_id_member')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_api_key_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_key')),
    sa.UniqueConstraint('digest', name=op.f('uq_api_key_digest')),
    sa.UniqueConstraint('member_id', name=op.f('uq_api_key_member_id')),
    sa.UniqueConstraint('old_digest', name=op.f('uq_api_key_old_digest'))
    )
    with op.batch_alter_table('api_key', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_key_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('api_code',
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('code', sa.String(length=40), nullable=False),
    sa.Column('kind', sa.Enum('shop-theft', 'violence', 'abuse', 'damage', 'fraud', 'antisocial', 'other', name='incidentkind', native_enum=False, length=40), nullable=False),
    sa.ForeignKeyConstraint(['key_id'], ['api_key.id'], name=op.f('fk_api_code_key_id_api_key'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('key_id', 'code', name=op.f('pk_api_code'))
    )
    op.create_table('api_delivery',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('report.status_changed', 'report.outcome', name='news', native_enum=False, length=40), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('status', sa.String(length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('failures', sa.Integer(), nullable=False),
    sa.Column('failure', sa.String(length=200), nullable=False),
    sa.Column('tried_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('next_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('delivered_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('given_up_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.CheckConstraint('delivered_at IS NULL OR given_up_at IS NULL', name=op.f('ck_api_delivery_arrived_or_given_up')),
    sa.ForeignKeyConstraint(['key_id'], ['api_key.id'], name=op.f('fk_api_delivery_key_id_api_key'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_api_delivery_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_delivery'))
    )
    with op.batch_alter_table('api_delivery', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_delivery_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index('ix_api_delivery_of_key', ['key_id', 'id'], unique=False)

    op.create_table('api_webhook',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('key_id', sa.Uuid(), nullable=False),
    sa.Column('url_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('old_secret_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('old_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('rest_until', sa.DateTime(timezone=True), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('old_secret_sealed IS NULL OR old_until IS NOT NULL', name=op.f('ck_api_webhook_old_secret_ends')),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_api_webhook_data_key_id_data_key'), ondelete='SET NULL'),
    sa.ForeignKeyConstraint(['key_id'], ['api_key.id'], name=op.f('fk_api_webhook_key_id_api_key'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_api_webhook_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_webhook')),
    sa.UniqueConstraint('key_id', name=op.f('uq_api_webhook_key_id'))
    )
    with op.batch_alter_table('api_webhook', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_api_webhook_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('api_attachment',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('still_id', sa.Uuid(), nullable=False),
    sa.Column('client_token', sa.LargeBinary(), nullable=False),
    sa.Column('file_token', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_api_attachment_incident_id_incident'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['still_id'], ['still.id'], name=op.f('fk_api_attachment_still_id_still'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_api_attachment')),
    sa.UniqueConstraint('incident_id', 'client_token', name=op.f('uq_api_attachment_incident_id_client_token')),
    sa.UniqueConstraint('incident_id', 'file_token', name=op.f('uq_api_attachment_incident_id_file_token'))
    )
    with op.batch_alter_table('api_attachment', schema=None) as batch_op:
        batch_op.create_index('ix_api_attachment_still_id', ['still_id'], unique=False)

    op.create_table('api_submission',
    sa.Column('incident_id', sa.Uuid(), nullable=False),
    sa.Column('body_token', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['incident_id'], ['incident.id'], name=op.f('fk_api_submission_incident_id_incident'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('incident_id', name=op.f('pk_api_submission'))
    )


def downgrade() -> None:
    op.drop_table('api_submission')
    with op.batch_alter_table('api_attachment', schema=None) as batch_op:
        batch_op.drop_index('ix_api_attachment_still_id')

    op.drop_table('api_attachment')
    with op.batch_alter_table('api_webhook', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_webhook_scheme_id'))

    op.drop_table('api_webhook')
    with op.batch_alter_table('api_delivery', schema=None) as batch_op:
        batch_op.drop_index('ix_api_delivery_of_key')
        batch_op.drop_index(batch_op.f('ix_api_delivery_erase_on'))

    op.drop_table('api_delivery')
    op.drop_table('api_code')
    with op.batch_alter_table('api_key', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_api_key_scheme_id'))

    op.drop_table('api_key')
    op.drop_table('api_sandbox')
