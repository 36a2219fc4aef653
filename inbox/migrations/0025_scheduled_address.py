from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("inbox", "0024_few_under_way_among_thousands")]

    operations = [migrations.AddField("scheduledmessage", "address", models.UUIDField(null=True))]
