"""What channels connected before this version lack: their account's route, and a reading of its templates."""

from django.db import migrations

SCOPE = "SELECT set_config('app.tenant_id', %s, true)"
ROUTES = """
UPDATE inbox_channelroute r SET group_id = c.config->>'waba_id'
FROM inbox_channel c
WHERE r.channel_id = c.id AND c.tenant_id = %s AND c.kind = 'whatsapp' AND c.config->>'waba_id' <> ''
"""
ACCOUNTS = """
INSERT INTO channels_whatsapp_templateaccount
    (id, tenant_id, channel_id, waba_id, sync_due_at, sync_after, sync_seen, error, attempts, created_at)
SELECT DISTINCT ON (c.config->>'waba_id')
    gen_random_uuid(), c.tenant_id, c.id, left(c.config->>'waba_id', 40), now(), '', 0, '', 0, now()
FROM inbox_channel c
WHERE c.tenant_id = %s AND c.kind = 'whatsapp' AND c.config->>'waba_id' <> ''
    AND NOT EXISTS (SELECT 1 FROM channels_whatsapp_templateaccount a
                    WHERE a.tenant_id = c.tenant_id AND a.waba_id = left(c.config->>'waba_id', 40))
ORDER BY c.config->>'waba_id', c.is_active DESC, c.id
"""
#: The clock finds the reading here.
WORK = """
INSERT INTO common_workqueue (tenant_id, queue, due_at, version) VALUES (%s, 'templates', now(), 1)
ON CONFLICT (tenant_id, queue) DO UPDATE
SET due_at = LEAST(common_workqueue.due_at, now()), version = common_workqueue.version + 1
"""


def know_accounts(apps, schema_editor):
    """Tenant by tenant, each in its own scope: row security holds for the owner of the tables too."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT id FROM tenants_tenant ORDER BY id")
        for (tenant_id,) in cursor.fetchall():
            cursor.execute(SCOPE, [str(tenant_id)])
            cursor.execute(ROUTES, [tenant_id])
            cursor.execute(ACCOUNTS, [tenant_id])
            if cursor.rowcount:
                cursor.execute(WORK, [tenant_id])
        cursor.execute(SCOPE, [""])


class Migration(migrations.Migration):
    dependencies = [
        ("channels_whatsapp", "0001_templates"),
        ("common", "0001_initial"),
        ("inbox", "0009_groups_and_blocks"),
        ("tenants", "0001_initial"),
    ]

    operations = [migrations.RunPython(know_accounts, migrations.RunPython.noop)]
