from django.db import migrations, models
from django.db.models import Q

OPEN = Q(state__in=["received", "acknowledged", "checked", "in_work"])


class Migration(migrations.Migration):
    dependencies = [("privacy", "0017_requests_in_words")]

    operations = [
        migrations.AddConstraint(
            "request",
            models.UniqueConstraint(
                fields=["subject", "kind", "purpose"],
                condition=OPEN & ~Q(kind="rectification"),
                name="request_open_once",
            ),
        ),
        migrations.RemoveConstraint("request", "request_open_once_per_kind"),
    ]
