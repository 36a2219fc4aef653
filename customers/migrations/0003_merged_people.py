import django.db.models.deletion
import django.db.models.functions.text
from django.db import migrations, models

import common.ids
import common.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("customers", "0002_words"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CustomerMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=common.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.JSONField()),
                ("journal", models.JSONField()),
                ("undone_at", models.DateTimeField(null=True)),
                ("undone_by", models.JSONField(null=True)),
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
                (
                    "survivor",
                    common.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="customers.customer",
                    ),
                ),
                (
                    "merged",
                    common.tenancy.TenantForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="customers.customer",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "base_manager_name": "objects",
                "default_manager_name": "objects",
            },
        ),
        migrations.AddField(
            model_name="address",
            name="beside",
            field=models.UUIDField(null=True),
        ),
        migrations.AddField(
            model_name="customer",
            name="merged_into",
            field=common.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="customers.customer",
            ),
        ),
        migrations.AddIndex(
            model_name="customer",
            index=models.Index(
                models.F("tenant"),
                django.db.models.functions.text.Upper("external_id"),
                name="customer_external_id_folded",
            ),
        ),
        migrations.AddIndex(
            model_name="customermerge",
            index=models.Index(fields=["tenant", "survivor", "-id"], name="customermerge_of_survivor"),
        ),
        migrations.AddConstraint(
            model_name="customermerge",
            constraint=models.UniqueConstraint(
                condition=models.Q(("undone_at__isnull", True)),
                fields=("tenant", "merged"),
                name="customermerge_once",
            ),
        ),
    ]
