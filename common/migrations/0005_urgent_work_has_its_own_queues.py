"""What is urgent stands in queues of its own, so no row has to say so."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("common", "0004_holders_and_urgent_work")]

    operations = [migrations.RemoveField("workqueue", "is_urgent")]
