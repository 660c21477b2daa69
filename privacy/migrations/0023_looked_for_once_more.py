from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("privacy", "0022_reason_of_an_access_can_be_emptied")]

    operations = [
        migrations.AddField(
            model_name="erasure",
            name="looked_again_at",
            field=models.DateTimeField(
                editable=False, null=True, verbose_name="looked for once more at"
            ),
        ),
        migrations.AddField(
            model_name="erasure",
            name="sealed",
            field=models.BinaryField(db_default=b"", default=bytes),
        ),
        AddConstraintNotValid(
            model_name="erasure",
            constraint=models.CheckConstraint(
                condition=Q(sealed=b"") | ~Q(state__in=["waiting", "cancelled"]),
                name="erasure_not_begun_seals_nobody",
            ),
        ),
    ]
