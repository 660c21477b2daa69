from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("moderation", "0006_complaints_by_address"), ("accounts", "0002_erasure_fence")]

    operations = [
        *fence("moderation_complaint", "subject_id"),
        *fence("moderation_ban", "user_id", of_account=True),
        *fence("moderation_claim", "by_id", of_account=True),
        *fence("moderation_appeal", "by_id", of_account=True),
    ]
