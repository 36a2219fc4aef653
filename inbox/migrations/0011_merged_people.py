import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

import common.tenancy


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0010_drafts_by_channel"),
    ]

    operations = [
        migrations.AddField(
            model_name="thread",
            name="joined_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.UUIDField(), null=True, size=None
            ),
        ),
        migrations.AddField(
            model_name="thread",
            name="joined_to",
            field=common.tenancy.TenantForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="inbox.thread",
            ),
        ),
    ]
