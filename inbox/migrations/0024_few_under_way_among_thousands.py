"""Claimed, leaving and in doubt are few, however many wait: they are found without walking through those."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0023_identity_keys")]

    operations = [
        migrations.AddIndex(
            "delivery",
            models.Index(
                fields=["tenant", "state"],
                name="delivery_under_way",
                condition=models.Q(state__in=["claimed", "sending", "uncertain"]),
            ),
        ),
    ]
