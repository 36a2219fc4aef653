from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0025_halts")]

    operations = [migrations.AddField("scheduledmessage", "address", models.UUIDField(null=True))]
