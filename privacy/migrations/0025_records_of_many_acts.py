from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("privacy", "0024_erasures_to_look_for_again")]

    operations = [
        AddIndexConcurrently(
            model_name="storedact",
            index=models.Index(fields=["number"], name="stored_act_number"),
        ),
        # There is a way back until the first record of many is written.
        migrations.AlterField(
            model_name="storedact",
            name="number",
            field=models.PositiveBigIntegerField(null=True, verbose_name="number in the store"),
        ),
    ]
