from django.db import migrations

REFUSE = "EXECUTE FUNCTION privacy_refuse_change()"


class Migration(migrations.Migration):
    """Staff may have written whom it was about; what else an access says stays for ever."""

    dependencies = [("privacy", "0021_fence_of_requests")]

    operations = [
        migrations.RunSQL(
            [
                "DROP TRIGGER append_only ON privacy_staffaccess",
                "CREATE TRIGGER append_only BEFORE UPDATE OF id, subject_id, by_id, fields, about, "
                f"at OR DELETE OR TRUNCATE ON privacy_staffaccess FOR EACH STATEMENT {REFUSE}",
                "CREATE TRIGGER keep_reason BEFORE UPDATE OF reason ON privacy_staffaccess "
                "FOR EACH STATEMENT "
                "WHEN (current_setting('privacy.erasing', true) IS DISTINCT FROM 'on') "
                f"{REFUSE}",
            ],
            [
                "DROP TRIGGER keep_reason ON privacy_staffaccess",
                "DROP TRIGGER append_only ON privacy_staffaccess",
                "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE "
                f"ON privacy_staffaccess FOR EACH STATEMENT {REFUSE}",
            ],
        )
    ]
