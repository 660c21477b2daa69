from django.db import migrations, models


def typed():
    return models.CharField(blank=True, max_length=2000)


class Migration(migrations.Migration):
    dependencies = [("orders", "0001_orders")]

    operations = [
        migrations.AlterField("entries", "full_name", typed()),
        migrations.AlterField("entries", "organization", typed()),
        migrations.AlterField("entries", "email", typed()),
        migrations.AlterField("entries", "phone", typed()),
        migrations.AlterField("entries", "address", typed()),
        migrations.AlterField("entries", "comment", typed()),
        # On the way back nothing may be too long. These rows last half an hour.
        migrations.RunSQL(migrations.RunSQL.noop, "DELETE FROM orders_entries"),
    ]
