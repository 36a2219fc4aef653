from django.db import migrations, models


class Migration(migrations.Migration):
    """Since when an address is called what an address book calls it: the latest word counts."""

    dependencies = [("customers", "0003_merged_people")]

    operations = [
        migrations.AddField(model_name="address", name="named_at", field=models.DateTimeField(null=True)),
    ]
