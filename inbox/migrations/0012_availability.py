from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0011_merged_people"),
    ]

    operations = [
        migrations.AddField(
            model_name="inbox",
            name="auto_assign",
            field=models.BooleanField(default=False),
        ),
    ]
