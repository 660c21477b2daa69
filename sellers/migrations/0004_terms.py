import datetime
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('sellers', '0003_invitation'),
    ]

    operations = [
        migrations.CreateModel(
            name='Payment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('prepaid', 'Bank transfer in advance'), ('postpaid', 'Bank transfer after delivery'), ('instalment', 'By instalments'), ('letter', 'Letter of credit'), ('card', 'By card'), ('cash', 'In cash'), ('leasing', 'Leasing'), ('barter', 'Exchange of goods')], max_length=10, verbose_name='method')),
                ('conditions', models.CharField(blank=True, max_length=200, verbose_name='conditions')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='payment', to='sellers.seller')),
            ],
            options={
                'verbose_name': 'payment method',
                'verbose_name_plural': 'payment methods',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('seller', 'method'), name='payment_once'), models.CheckConstraint(condition=models.Q(('method__in', ['prepaid', 'postpaid', 'instalment', 'letter', 'card', 'cash', 'leasing', 'barter'])), name='payment_method_known')],
            },
        ),
        migrations.CreateModel(
            name='Shipping',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('method', models.CharField(choices=[('pickup', 'Pick-up by the buyer'), ('seller', 'Transport of the seller'), ('carrier', 'Hired carrier'), ('rail', 'Railway wagons'), ('container', 'Containers'), ('post', 'Post or courier'), ('agreed', 'As agreed')], max_length=9, verbose_name='method')),
                ('conditions', models.CharField(blank=True, max_length=200, verbose_name='conditions')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='shipping', to='sellers.seller')),
            ],
            options={
                'verbose_name': 'shipping method',
                'verbose_name_plural': 'shipping methods',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('seller', 'method'), name='shipping_once'), models.CheckConstraint(condition=models.Q(('method__in', ['pickup', 'seller', 'carrier', 'rail', 'container', 'post', 'agreed'])), name='shipping_method_known')],
            },
        ),
        migrations.CreateModel(
            name='WorkingDay',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('weekday', models.PositiveSmallIntegerField(verbose_name='day')),
                ('opens', models.TimeField(verbose_name='opens at')),
                ('closes', models.TimeField(verbose_name='closes at')),
                ('seller', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='working_days', to='sellers.seller')),
            ],
            options={
                'verbose_name': 'working day',
                'verbose_name_plural': 'working hours',
                'ordering': ['weekday'],
                'constraints': [models.UniqueConstraint(fields=('seller', 'weekday'), name='working_day_once'), models.CheckConstraint(condition=models.Q(('weekday__lte', 6)), name='working_day_of_week'), models.CheckConstraint(condition=models.Q(('opens__lt', models.F('closes')), ('closes', datetime.time(0, 0)), _connector='OR'), name='working_day_opens_before_it_closes')],
            },
        ),
    ]
