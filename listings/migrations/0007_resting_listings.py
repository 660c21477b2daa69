from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('listings', '0007_reminded_at'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='listing',
            index=models.Index(condition=models.Q(('state__in', ['draft', 'rejected', 'expired', 'sold', 'archived'])), fields=['touched_at'], name='listing_resting'),
        ),
    ]
