import django.db.models.functions.datetime
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_erasure_fence")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="rights_reviewed_at",
            field=models.DateTimeField(
                db_default=django.db.models.functions.datetime.Now(),
                default=django.utils.timezone.now,
                editable=False,
                verbose_name="rights reviewed at",
            ),
        ),
    ]
