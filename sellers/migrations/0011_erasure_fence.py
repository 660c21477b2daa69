from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("sellers", "0010_invitations_by_address"), ("accounts", "0002_erasure_fence")]

    operations = [
        *fence("sellers_seller", "subject_id"),
        *fence("sellers_invitation", "subject_id"),
        *fence("sellers_authorisedperson", "subject_id"),
        *fence("sellers_member", "user_id", of_account=True),
    ]
