from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("privacy", "0020_erasure_fence")]

    operations = [
        *fence("privacy_export", "subject_id"),
        *fence("privacy_notice", "subject_id"),
        # That the person was told of it is noted afterwards, too.
        *fence("privacy_authorityrequest", "subject_id", only=["asked"]),
    ]
