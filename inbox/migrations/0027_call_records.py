"""What providers kept of calls: their sound and their words."""

import django.db.models.deletion
from django.db import migrations, models

import common.ids
import common.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0026_scheduled_address"),
        ("tenants", "0005_language"),
    ]

    operations = [
        migrations.CreateModel(
            name="CallRecord",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("external_id", models.CharField(max_length=300)),
                ("what", models.CharField(max_length=12)),
                ("text", models.TextField(blank=True)),
                ("kind", models.CharField(blank=True, max_length=12)),
                ("media_id", models.CharField(blank=True, max_length=200)),
                ("mime", models.CharField(blank=True, max_length=120)),
                ("filename", models.CharField(blank=True, max_length=240)),
                ("url", models.TextField(blank=True)),
                ("sha256", models.CharField(blank=True, max_length=64)),
                ("at", models.DateTimeField()),
                ("is_attached", models.BooleanField(default=False)),
                (
                    "channel",
                    common.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="inbox.channel",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        default=common.tenancy.require_tenant,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to="tenants.tenant",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("tenant", "channel", "external_id", "what", "media_id"),
                        name="callrecord_once",
                    )
                ],
            },
        ),
    ]
