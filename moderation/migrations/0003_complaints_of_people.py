from django.db import migrations


class Migration(migrations.Migration):
    """A report leads to its person, as those do that have only an address."""

    dependencies = [("moderation", "0002_who_hears_of_the_outcome")]

    operations = [
        migrations.RunSQL(
            "UPDATE moderation_complaint SET subject_id = account.subject_id "
            "FROM accounts_user account WHERE account.id = by_id",
            "UPDATE moderation_complaint SET by_id = account.id "
            "FROM accounts_user account WHERE account.subject_id = moderation_complaint.subject_id",
        ),
    ]
