"""Each channel keeps its own draft of a reply."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0009_groups_and_blocks"),
        ("tenants", "0001_initial"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="draft",
            name="draft_once",
        ),
        migrations.AddField(
            model_name="draft",
            name="channel_id",
            field=models.UUIDField(null=True),
        ),
        migrations.AddConstraint(
            model_name="draft",
            constraint=models.UniqueConstraint(
                fields=("tenant", "member", "thread", "mode", "channel_id"),
                name="draft_once",
                nulls_distinct=False,
            ),
        ),
    ]
