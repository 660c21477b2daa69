import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sellers', '0004_terms'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Verification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('saw_documents', models.BooleanField(default=False, verbose_name='registration documents seen')),
                ('checked_number', models.BooleanField(default=False, verbose_name='BIN or IIN compared with the state register')),
                ('called_phone', models.BooleanField(default=False, verbose_name='phone called')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='verified at')),
                ('ended_at', models.DateTimeField(editable=False, null=True, verbose_name='ended at')),
                ('by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='moderator')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='verifications', to='sellers.seller')),
            ],
            options={
                'verbose_name': 'verification',
                'verbose_name_plural': 'verifications',
                'ordering': ['-at'],
                'constraints': [models.CheckConstraint(condition=models.Q(('saw_documents', True), ('checked_number', True), ('called_phone', True), _connector='OR'), name='verification_checked_something'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('seller',), name='verification_in_force_once')],
            },
        ),
    ]
