from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('listings', '0006_interest'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='listing',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['category', 'deal_type', '-sort_at'], name='listing_newest'),
        ),
        AddIndexConcurrently(
            model_name='listing',
            index=models.Index(condition=models.Q(('state', 'published')), fields=['category', 'deal_type', 'region', '-sort_at'], name='listing_newest_in_region'),
        ),
    ]
