"""members roles and sign in."""

from datetime import date, timedelta

import sqlalchemy as sa
from alembic import op

revision = '0002'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table('audit_check',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('links', sa.Integer(), nullable=False),
    sa.Column('broken', sa.Integer(), nullable=False),
    sa.Column('head', sa.LargeBinary(), nullable=False),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_audit_check'))
    )
    with op.batch_alter_table('audit_check', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_audit_check_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('member_group',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=120), nullable=False),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_member_group_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_member_group')),
    sa.UniqueConstraint('scheme_id', 'name', name=op.f('uq_member_group_scheme_id_name'))
    )
    with op.batch_alter_table('member_group', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_member_group_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('message',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('caused_by_id', sa.Uuid(), nullable=True),
    sa.Column('kind', sa.String(length=40), nullable=False),
    sa.Column('state', sa.Enum('waiting', 'sent', 'failed', 'kept', name='messagestate', native_enum=False, length=40), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('sent_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('erase_on', sa.Date(), nullable=False),
    sa.Column('address_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('subject_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('body_sealed', sa.LargeBinary(), nullable=True),
    sa.Column('data_key_id', sa.Uuid(), nullable=True),
    sa.ForeignKeyConstraint(['data_key_id'], ['data_key.id'], name=op.f('fk_message_data_key_id_data_key'), ondelete='SET NULL'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_message'))
    )
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_message_erase_on'), ['erase_on'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_member_id'), ['member_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_message_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('rules_document',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('kind', sa.Enum('rules', 'data agreement', 'privacy', name='documentkind', native_enum=False, length=40), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.Column('title', sa.String(length=120), nullable=False),
    sa.Column('body', sa.Text(), nullable=False),
    sa.Column('published_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('published_by_id', sa.Uuid(), nullable=True),
    sa.CheckConstraint('version >= 1', name=op.f('ck_rules_document_counts_from_one')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_rules_document_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_rules_document')),
    sa.UniqueConstraint('scheme_id', 'kind', 'version', name=op.f('uq_rules_document_scheme_id_kind_version'))
    )
    with op.batch_alter_table('rules_document', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_rules_document_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('acceptance',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('document_id', sa.Uuid(), nullable=False),
    sa.Column('accepted_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('session_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.ForeignKeyConstraint(['document_id'], ['rules_document.id'], name=op.f('fk_acceptance_document_id_rules_document')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_acceptance_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_acceptance'))
    )
    with op.batch_alter_table('acceptance', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_acceptance_member_id'), ['member_id'], unique=False)

    op.create_table('ceremony',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('token_digest', sa.LargeBinary(), nullable=False),
    sa.Column('purpose', sa.String(length=40), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=True),
    sa.Column('challenge', sa.LargeBinary(), nullable=True),
    sa.Column('tries_left', sa.Integer(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.CheckConstraint('tries_left >= 0', name=op.f('ck_ceremony_so_many_tries')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_ceremony_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_ceremony')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_ceremony_token_digest'))
    )
    with op.batch_alter_table('ceremony', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_ceremony_expires_at'), ['expires_at'], unique=False)
        batch_op.create_index(batch_op.f('ix_ceremony_member_id'), ['member_id'], unique=False)

    op.create_table('member_group_member',
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('group_id', sa.Uuid(), nullable=False),
    sa.ForeignKeyConstraint(['group_id'], ['member_group.id'], name=op.f('fk_member_group_member_group_id_member_group')),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_member_group_member_member_id_member')),
    sa.PrimaryKeyConstraint('member_id', 'group_id', name=op.f('pk_member_group_member'))
    )
    op.create_table('passkey',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('credential_id', sa.LargeBinary(), nullable=False),
    sa.Column('public_key', sa.LargeBinary(), nullable=False),
    sa.Column('sign_count', sa.Integer(), nullable=False),
    sa.Column('label', sa.String(length=60), nullable=False),
    sa.Column('made_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_passkey_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_passkey')),
    sa.UniqueConstraint('credential_id', name=op.f('uq_passkey_credential_id'))
    )
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_passkey_member_id'), ['member_id'], unique=False)

    op.create_table('recovery_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('member_id', sa.Uuid(), nullable=False),
    sa.Column('digest', sa.LargeBinary(), nullable=False),
    sa.Column('used_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['member_id'], ['member.id'], name=op.f('fk_recovery_code_member_id_member')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_recovery_code')),
    sa.UniqueConstraint('digest', name=op.f('uq_recovery_code_digest'))
    )
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_recovery_code_member_id'), ['member_id'], unique=False)

    op.create_table('join_code',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('premises_id', sa.Uuid(), nullable=False),
    sa.Column('token_digest', sa.LargeBinary(), nullable=False),
    sa.Column('made_by_id', sa.Uuid(), nullable=False),
    sa.Column('expires_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('uses', sa.Integer(), nullable=False),
    sa.Column('uses_left', sa.Integer(), nullable=False),
    sa.CheckConstraint('uses_left BETWEEN 0 AND 30', name=op.f('ck_join_code_so_many_times')),
    sa.ForeignKeyConstraint(['made_by_id'], ['member.id'], name=op.f('fk_join_code_made_by_id_member')),
    sa.ForeignKeyConstraint(['premises_id'], ['premises.id'], name=op.f('fk_join_code_premises_id_premises')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_join_code_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_join_code')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_join_code_token_digest'))
    )
    with op.batch_alter_table('join_code', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_join_code_scheme_id'), ['scheme_id'], unique=False)

    op.create_table('tablet',
    sa.Column('id', sa.Uuid(), nullable=False),
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('premises_id', sa.Uuid(), nullable=False),
    sa.Column('name', sa.String(length=60), nullable=False),
    sa.Column('token_digest', sa.LargeBinary(), nullable=False),
    sa.Column('enrolled_by_id', sa.Uuid(), nullable=False),
    sa.Column('enrolled_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['enrolled_by_id'], ['member.id'], name=op.f('fk_tablet_enrolled_by_id_member')),
    sa.ForeignKeyConstraint(['premises_id'], ['premises.id'], name=op.f('fk_tablet_premises_id_premises')),
    sa.ForeignKeyConstraint(['scheme_id'], ['scheme.id'], name=op.f('fk_tablet_scheme_id_scheme')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_tablet')),
    sa.UniqueConstraint('token_digest', name=op.f('uq_tablet_token_digest'))
    )
    with op.batch_alter_table('tablet', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_tablet_scheme_id'), ['scheme_id'], unique=False)

    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        batch_op.add_column(sa.Column('session_id', sa.Uuid(), nullable=True))
        batch_op.drop_index(batch_op.f('ix_audit_event_actor_id'))
        batch_op.drop_index(batch_op.f('ix_audit_event_target_id'))
        batch_op.create_index('ix_audit_event_by_person', ['scheme_id', 'actor_id', 'position'], unique=False)
        batch_op.create_index('ix_audit_event_by_target', ['scheme_id', 'target_id', 'position'], unique=False)
        batch_op.create_index('ix_audit_event_by_act', ['scheme_id', 'act', 'position'], unique=False)
        batch_op.create_index('ix_audit_event_by_day', ['scheme_id', 'at'], unique=False)

    op.create_table('audit_seen',
    sa.Column('scheme_id', sa.Uuid(), nullable=False),
    sa.Column('target_id', sa.Uuid(), nullable=False),
    sa.Column('position', sa.Integer(), nullable=False),
    sa.PrimaryKeyConstraint('scheme_id', 'target_id', 'position', name=op.f('pk_audit_seen')),
    sqlite_with_rowid=False
    )
    with op.batch_alter_table('audit_seen', schema=None) as batch_op:
        batch_op.create_index('ix_audit_seen_of_event', ['scheme_id', 'position'], unique=False)

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.add_column(sa.Column('purpose', sa.Enum('join', 'reset', name='linkpurpose', native_enum=False, length=40), server_default='join', nullable=False))

    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.add_column(sa.Column('totp_sealed', sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column('totp_step', sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column('pin_hash', sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column('rules_accepted_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('viewing_stopped_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('invited_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('approved_by_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('role_before', sa.Enum('member', 'author', 'investigator', 'group manager', 'sub-administrator', 'administrator', 'board', 'spoc', 'dpo', name='role', native_enum=False, length=40), nullable=True))

    with op.batch_alter_table('premises', schema=None) as batch_op:
        batch_op.add_column(sa.Column('address', sa.String(length=200), server_default='', nullable=False))
        batch_op.add_column(sa.Column('latitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('longitude', sa.Double(), nullable=True))
        batch_op.add_column(sa.Column('others_may_report', sa.Boolean(), server_default=sa.false(), nullable=False))
        batch_op.add_column(sa.Column('contact_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('certified_on', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('certify_by', sa.Date(), nullable=True))
        batch_op.add_column(sa.Column('certify_asked_on', sa.Date(), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_premises_contact_id_member'), 'member', ['contact_id'], ['id'], ondelete='SET NULL')

    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.add_column(sa.Column('approve_joiners', sa.Boolean(), server_default=sa.true(), nullable=False))
        batch_op.add_column(sa.Column('rules_changed_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column('rules_renew_months', sa.Integer(), server_default='12', nullable=False))
        batch_op.add_column(sa.Column('pictures_slow', sa.Integer(), server_default='600', nullable=False))
        batch_op.add_column(sa.Column('pictures_stop', sa.Integer(), server_default='1200', nullable=False))

    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.add_column(sa.Column('how', sa.Enum('passkey', 'password', 'password and code', 'pin', 'invitation', name='proof', native_enum=False, length=40), server_default='password', nullable=False))
        batch_op.add_column(sa.Column('device', sa.String(length=80), server_default='', nullable=False))
        batch_op.add_column(sa.Column('tablet_id', sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column('proved_at', sa.DateTime(timezone=True), nullable=True))
        batch_op.create_foreign_key(batch_op.f('fk_user_session_tablet_id_tablet'), 'tablet', ['tablet_id'], ['id'])

    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_member_approved_by_somebody_else'), 'approved_by_id <> id')
        batch_op.create_check_constraint(batch_op.f('ck_member_two_people_let_leaders_in'), "role NOT IN ('administrator', 'board', 'dpo', 'spoc') OR approved_by_id <> invited_by_id")
    # Premises from before this version are asked about first in a month.
    premises = sa.table('premises', sa.column('certify_by', sa.Date()))
    op.execute(premises.update().values(certify_by=date.today() + timedelta(days=30)))
    with op.batch_alter_table('premises', schema=None) as batch_op:
        batch_op.alter_column('certify_by', existing_type=sa.Date(), nullable=False)
        batch_op.create_check_constraint(batch_op.f('ck_premises_place_has_both_numbers'), '(latitude IS NULL) = (longitude IS NULL)')
        batch_op.create_check_constraint(batch_op.f('ck_premises_on_the_globe'), 'latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180')
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_scheme_rules_clock'), 'rules_renew_months BETWEEN 1 AND 36')
        batch_op.create_check_constraint(batch_op.f('ck_scheme_slowed_first'), 'pictures_slow BETWEEN 1 AND pictures_stop')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.create_check_constraint(batch_op.f('ck_user_session_pin_on_a_tablet'), "(how = 'pin') = (tablet_id IS NOT NULL)")
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.add_column(sa.Column('on_behalf', sa.Boolean(), server_default=sa.false(), nullable=False))

    with op.batch_alter_table('exclusion_notice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_exclusion_notice_proposed_by_the_scheme'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_exclusion_notice_proposed_by_the_scheme'), "proposed_by_role IN ('administrator', 'sub-administrator')")


def downgrade() -> None:
    with op.batch_alter_table('incident', schema=None) as batch_op:
        batch_op.drop_column('on_behalf')

    with op.batch_alter_table('exclusion_notice', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_exclusion_notice_proposed_by_the_scheme'), type_='check')
        batch_op.create_check_constraint(batch_op.f('ck_exclusion_notice_proposed_by_the_scheme'), "proposed_by_role = 'administrator'")
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_user_session_pin_on_a_tablet'), type_='check')
    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_scheme_slowed_first'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_scheme_rules_clock'), type_='check')
    with op.batch_alter_table('premises', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_premises_on_the_globe'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_premises_place_has_both_numbers'), type_='check')
    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('ck_member_two_people_let_leaders_in'), type_='check')
        batch_op.drop_constraint(batch_op.f('ck_member_approved_by_somebody_else'), type_='check')
    with op.batch_alter_table('user_session', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_user_session_tablet_id_tablet'), type_='foreignkey')
        batch_op.drop_column('proved_at')
        batch_op.drop_column('tablet_id')
        batch_op.drop_column('device')
        batch_op.drop_column('how')

    with op.batch_alter_table('scheme', schema=None) as batch_op:
        batch_op.drop_column('pictures_stop')
        batch_op.drop_column('pictures_slow')
        batch_op.drop_column('rules_renew_months')
        batch_op.drop_column('rules_changed_at')
        batch_op.drop_column('approve_joiners')

    with op.batch_alter_table('premises', schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f('fk_premises_contact_id_member'), type_='foreignkey')
        batch_op.drop_column('certify_asked_on')
        batch_op.drop_column('certify_by')
        batch_op.drop_column('certified_on')
        batch_op.drop_column('contact_id')
        batch_op.drop_column('others_may_report')
        batch_op.drop_column('longitude')
        batch_op.drop_column('latitude')
        batch_op.drop_column('address')

    with op.batch_alter_table('member', schema=None) as batch_op:
        batch_op.drop_column('role_before')
        batch_op.drop_column('approved_by_id')
        batch_op.drop_column('invited_by_id')
        batch_op.drop_column('viewing_stopped_at')
        batch_op.drop_column('rules_accepted_at')
        batch_op.drop_column('pin_hash')
        batch_op.drop_column('totp_step')
        batch_op.drop_column('totp_sealed')

    with op.batch_alter_table('invitation', schema=None) as batch_op:
        batch_op.drop_column('purpose')

    with op.batch_alter_table('audit_seen', schema=None) as batch_op:
        batch_op.drop_index('ix_audit_seen_of_event')

    op.drop_table('audit_seen')
    with op.batch_alter_table('audit_event', schema=None) as batch_op:
        for name in ('by_person', 'by_target', 'by_act', 'by_day'):
            batch_op.drop_index(f'ix_audit_event_{name}')
        batch_op.drop_column('session_id')
        batch_op.create_index(batch_op.f('ix_audit_event_actor_id'), ['actor_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_audit_event_target_id'), ['target_id'], unique=False)

    with op.batch_alter_table('tablet', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_tablet_scheme_id'))

    op.drop_table('tablet')
    with op.batch_alter_table('join_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_join_code_scheme_id'))

    op.drop_table('join_code')
    with op.batch_alter_table('recovery_code', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_recovery_code_member_id'))

    op.drop_table('recovery_code')
    with op.batch_alter_table('passkey', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_passkey_member_id'))

    op.drop_table('passkey')
    op.drop_table('member_group_member')
    with op.batch_alter_table('ceremony', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_ceremony_member_id'))
        batch_op.drop_index(batch_op.f('ix_ceremony_expires_at'))

    op.drop_table('ceremony')
    with op.batch_alter_table('acceptance', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_acceptance_member_id'))

    op.drop_table('acceptance')
    with op.batch_alter_table('rules_document', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_rules_document_scheme_id'))

    op.drop_table('rules_document')
    with op.batch_alter_table('message', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_message_scheme_id'))
        batch_op.drop_index(batch_op.f('ix_message_member_id'))
        batch_op.drop_index(batch_op.f('ix_message_erase_on'))

    op.drop_table('message')
    with op.batch_alter_table('member_group', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_member_group_scheme_id'))

    op.drop_table('member_group')
    with op.batch_alter_table('audit_check', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_audit_check_scheme_id'))

    op.drop_table('audit_check')
