"""Whether the same person still answers under an address, as far as a provider can tell."""

from django.db import migrations, models


class Migration(migrations.Migration):
    """What is known by one channel of one address."""

    dependencies = [("inbox", "0022_room_for_updates")]

    operations = [
        migrations.AddField(
            "reach", "identity_key", models.CharField(blank=True, default="", max_length=200)
        ),
        migrations.AddField("reach", "identity_at", models.DateTimeField(null=True)),
        migrations.AddField("reach", "identity_changed_at", models.DateTimeField(null=True)),
    ]
