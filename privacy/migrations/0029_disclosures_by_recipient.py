from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("privacy", "0028_notice_of_the_end_of_a_restriction")]

    operations = [
        AddIndexConcurrently(
            model_name="disclosure",
            index=models.Index(fields=["recipient_number", "-id"], name="disclosure_of_recipient"),
        ),
    ]
