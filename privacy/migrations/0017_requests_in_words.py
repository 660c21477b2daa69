from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0016_links_in_letters")]

    operations = [
        migrations.AddField(
            "request",
            "purpose",
            models.CharField(
                blank=True, db_default="", default="", max_length=20, verbose_name="purpose"
            ),
        ),
        migrations.AddField(
            "request",
            "words",
            models.TextField(
                blank=True, db_default="", default="", max_length=2000, verbose_name="in their words"
            ),
        ),
        migrations.AddField(
            "request",
            "language",
            models.CharField(
                blank=True, db_default="", default="", max_length=2, verbose_name="language"
            ),
        ),
        migrations.AddField(
            "request", "warned_at_days", models.SmallIntegerField(editable=False, null=True)
        ),
        migrations.AddField(
            "requeststep",
            "extended_to",
            models.DateTimeField(editable=False, null=True, verbose_name="extended until"),
        ),
    ]
