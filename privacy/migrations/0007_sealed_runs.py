from django.db import migrations, models

# A run without a seal would be a fault for ever; each new one counts the whole ledger again.
FORGET_UNSEALED = "DELETE FROM privacy_ledgerrun"


class Migration(migrations.Migration):
    dependencies = [("privacy", "0006_versions_begin_as_drafts")]

    operations = [
        migrations.RunSQL(FORGET_UNSEALED, migrations.RunSQL.noop),
        migrations.AddField(
            "ledgerrun",
            "seal",
            models.CharField(
                blank=True, default="", editable=False, max_length=64, verbose_name="seal"
            ),
            preserve_default=False,
        ),
        migrations.AddConstraint(
            "ledgerrun",
            models.UniqueConstraint(
                fields=["finished_at"], name="ledger_run_one_at_a_time", nulls_distinct=False
            ),
        ),
    ]
