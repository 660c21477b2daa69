from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("listings", "0004_photo_files")]

    operations = [
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('stem', ''), _negated=True), fields=['stem'], name='photo_files'),
        ),
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('upload', ''), _negated=True), fields=['upload'], name='photo_upload'),
        ),
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['id'], name='photo_waiting'),
        ),
        AddIndexConcurrently(
            model_name='photo',
            index=models.Index(condition=models.Q(('perceptual_hash__isnull', False)), fields=['perceptual_hash'], name='photo_alike'),
        ),
    ]
