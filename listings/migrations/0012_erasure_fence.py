from django.db import migrations

from privacy.erasure.fence import fence


class Migration(migrations.Migration):
    dependencies = [("listings", "0011_names_for_moderators"), ("sellers", "0011_erasure_fence")]

    operations = [
        *fence("listings_favourite", "user_id", of_account=True),
        *fence("listings_savedsearch", "user_id", of_account=True),
        *fence("listings_change", "by_id", of_account=True),
    ]
