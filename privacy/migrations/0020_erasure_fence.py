from django.db import migrations

from privacy.erasure.fence import fence

OF_PERSON = ["subjectidentifier", "consententry", "consent", "disclosure", "request"]


class Migration(migrations.Migration):
    dependencies = [("privacy", "0019_erasure"), ("accounts", "0001_user")]

    operations = [
        operation
        for table in OF_PERSON
        for operation in fence(f"privacy_{table}", "subject_id")
    ]
