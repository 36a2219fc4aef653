"""To which of a customer's addresses a message that leaves later goes."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """The id of an address; NULL for where they wrote last."""

    dependencies = [("inbox", "0025_halts")]

    operations = [migrations.AddField("scheduledmessage", "address", models.UUIDField(null=True))]
