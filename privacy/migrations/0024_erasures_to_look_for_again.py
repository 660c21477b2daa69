from django.contrib.postgres.operations import AddIndexConcurrently, ValidateConstraint
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("privacy", "0023_looked_for_once_more")]

    operations = [
        AddIndexConcurrently(
            model_name="erasure",
            index=models.Index(
                condition=~Q(sealed=b""), fields=["finished_at"], name="erasure_to_look_again"
            ),
        ),
        ValidateConstraint(model_name="erasure", name="erasure_not_begun_seals_nobody"),
    ]
