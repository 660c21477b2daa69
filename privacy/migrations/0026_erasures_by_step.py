from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("privacy", "0025_records_of_many_acts")]

    operations = [
        AddIndexConcurrently(
            model_name="erasure",
            index=models.Index(
                condition=models.Q(("state__in", ["waiting", "running", "verified"])),
                fields=["step", "starts_at", "id"],
                name="erasure_due_by_step",
            ),
        ),
        RemoveIndexConcurrently(model_name="erasure", name="erasure_due"),
        # Each row is written several times within seconds: there has to be room beside it.
        migrations.RunSQL(
            "ALTER TABLE privacy_erasure SET (fillfactor = 50)",
            "ALTER TABLE privacy_erasure RESET (fillfactor)",
        ),
    ]
