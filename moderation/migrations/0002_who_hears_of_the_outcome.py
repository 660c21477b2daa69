import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0001_moderation"),
        ("privacy", "0007_sealed_runs"),
    ]

    operations = [
        migrations.AddField(
            model_name="complaint",
            name="subject",
            field=models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="complaints", to="privacy.subject"),
        ),
        migrations.AddField(
            model_name="complaint",
            name="email",
            field=models.EmailField(blank=True, db_default="", default="", max_length=254, verbose_name="e-mail"),
        ),
        migrations.AddField(
            model_name="complaint",
            name="language",
            field=models.CharField(blank=True, choices=[("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")], db_default="", default="", editable=False, max_length=2),
        ),
        migrations.AddField(
            model_name="complaint",
            name="network",
            field=models.CharField(blank=True, db_default="", default="", editable=False, max_length=64),
        ),
        migrations.AlterField(
            model_name="decision",
            name="act",
            field=models.CharField(choices=[("approve", "approved"), ("keep", "looked at and left as it is"), ("reject", "refused"), ("refile", "put into another category"), ("hide", "hidden after reports until a moderator has read it"), ("block", "blocked"), ("unblock", "unblocked"), ("uphold", "appeal declined"), ("grant", "appeal granted")], max_length=8, verbose_name="decision"),
        ),
    ]
