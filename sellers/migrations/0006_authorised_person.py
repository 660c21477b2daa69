import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('privacy', '0004_append_only'),
        ('sellers', '0005_verification'),
    ]

    operations = [
        migrations.CreateModel(
            name='AuthorisedPerson',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('full_name', models.CharField(max_length=160, verbose_name='full name')),
                ('position', models.CharField(help_text='For example: director, chief engineer.', max_length=80, verbose_name='position')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='entered at')),
                ('seller', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='authorised_person', to='sellers.seller')),
                ('subject', models.ForeignKey(editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='authorised_for', to='privacy.subject')),
            ],
            options={
                'verbose_name': 'authorised person',
                'verbose_name_plural': 'authorised persons',
            },
        ),
    ]
