import django.db.models.deletion
from django.db import migrations, models

import common.ids
import common.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("tenants", "0002_business_hours"),
    ]

    operations = [
        migrations.CreateModel(
            name="Availability",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "chosen",
                    models.CharField(
                        choices=[("online", "Online"), ("busy", "Busy"), ("away", "Away")],
                        default="online",
                        max_length=6,
                    ),
                ),
                ("capacity", models.PositiveSmallIntegerField(default=20)),
                ("is_idle", models.BooleanField(default=True)),
                ("active_at", models.DateTimeField(null=True)),
                ("given_at", models.DateTimeField(null=True)),
                (
                    "member",
                    common.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenants.member",
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
                "indexes": [
                    models.Index(
                        condition=models.Q(("is_idle", False)),
                        fields=["tenant", "active_at"],
                        name="availability_lively",
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("tenant", "member"), name="availability_once"),
                    models.CheckConstraint(
                        condition=models.Q(("chosen__in", ["online", "busy", "away"])),
                        name="availability_known",
                    ),
                ],
            },
        ),
    ]
