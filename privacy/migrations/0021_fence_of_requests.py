from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("privacy", "0020_erasure_fence")]

    operations = [
        # Whoever is at work on a copy may still write that it is dropped.
        *fence("privacy_export", "subject_id", only=["email"]),
        *fence("privacy_notice", "subject_id"),
        # That the person was told of it is noted afterwards, too.
        *fence("privacy_authorityrequest", "subject_id", only=["asked"]),
    ]
